"""The written runbook of the key ceremony, executed command by command as it stands."""

import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from click.testing import CliRunner

from openbeian.cli.app import app
from openbeian.clock import now
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.online import OnlineKeys
from openbeian.trust.repository.publisher import Publisher
from openbeian.trust.snapshots import FilingRow, Status, sign_snapshot
from openbeian_gate import cli as gate
from openbeian_gate.client import SnapshotClient
from openbeian_gate.repository.source import RepositorySource

RUNBOOK = Path(__file__).parents[3] / "docs" / "how-to" / "key-ceremony.md"
PEOPLE = [f"{role}-{n}" for role in ("root", "targets") for n in range(1, 5)]


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


class Rehearsal:
    """The folder in which the runbook is played, and what the portal does meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signer = Ed25519Signer.generate()
        self.version = 0
        self.beian = typer.main.get_command(app)
        (folder / "keys.json").write_bytes(public_key_set(self.signer).to_bytes())
        (folder / "passwords").write_text("".join(f"{name}: a long password of {name}\n" for name in PEOPLE))

    def portal_publishes(self, status: Status = Status.VALID) -> None:
        self.version += 1
        at = now()
        times = {"ttl_for": timedelta(minutes=1), "grace_for": timedelta(days=1)}
        rows = [FilingRow("svc-001", "GD-1", status)]
        data = sign_snapshot(rows, self.signer, version=self.version, after=None, at=at, **times)
        folder = RepositoryFolder(self.folder / "srv/public/repository")
        keys = OnlineKeys.load(self.folder / "srv/keys/repository/online")
        Publisher(folder, keys).publish(data, [self.signer], at=at)

    def run(self, name: str, *arguments: str) -> None:
        match name:
            case "beian":
                done = CliRunner().invoke(self.beian, list(arguments))
                assert done.exit_code == 0, (arguments, done.output)
            case "beian-gate":
                assert gate.main([*arguments]) == 0, arguments
            case "rm":
                for file in arguments:
                    (self.folder / file).unlink()
            case _:
                pytest.fail(f"the runbook calls {name}, which this test does not know")
        if arguments[:2] == ("keys", "install"):
            self.portal_publishes()


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory) -> Rehearsal:
    with pytest.MonkeyPatch.context() as patch:
        rehearsal = Rehearsal(tmp_path_factory.mktemp("rehearsal"))
        patch.chdir(rehearsal.folder)
        patch.setenv("BEIAN_KEY_PASSWORDS", "passwords")
        for command in commands():
            rehearsal.run(*command)
    return rehearsal


def test_every_command_of_the_runbook_works_as_it_stands(rehearsed):
    assert len(commands()) > 35
    root = RepositoryFolder(rehearsed.folder / "srv/public/repository").root().signed
    assert root.version == 6
    assert all(role.threshold == 2 for name, role in root.roles.items() if name in ("root", "targets"))


def test_a_gate_that_knows_the_first_root_alone_follows_to_the_last(rehearsed):
    rehearsed.portal_publishes(Status.REVOKED)
    root = (rehearsed.folder / "ceremony/root.json").read_bytes()
    repository = str(rehearsed.folder / "srv/public/repository")
    client = SnapshotClient(RepositorySource(repository, root, keep=rehearsed.folder / "new-gate"))
    assert client.refresh(now())
    assert client.status(now())["root_version"] == 6
    assert client.status(now())["filings"] == 1


def test_the_keys_of_people_cannot_be_read_without_their_passwords(rehearsed):
    for file in sorted((rehearsed.folder / "ceremony").glob("*/*.pem")):
        is_offline = file.stem.startswith(("root-", "targets-"))
        assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED") is is_offline
        assert file.stat().st_mode & 0o777 == 0o600


def test_the_protocols_name_every_fingerprint_in_both_languages(rehearsed):
    written = (rehearsed.folder / "ceremony/protocol.md").read_text(encoding="utf-8")
    assert "密钥仪式记录 · Protocol of the key ceremony" in written
    assert len(re.findall(r"`(?:[0-9a-f]{4} ){15}[0-9a-f]{4}`", written)) == 10
    assert "第 6 版" in (rehearsed.folder / "carried/root-6.md").read_text(encoding="utf-8")


def test_what_is_carried_holds_no_private_key(rehearsed):
    carried = [*(rehearsed.folder / "carried").iterdir(), *(rehearsed.folder / "srv/public").rglob("*.json")]
    assert not any(b"PRIVATE KEY" in file.read_bytes() for file in carried)


def test_the_installed_online_keys_are_not_those_of_people(rehearsed):
    names = {file.stem for file in (rehearsed.folder / "srv/keys").rglob("*.pem")}
    assert names == {"register-b", "snapshot-b", "timestamp-b"}
