"""`beian keys`: what the runbook does not show. The runbook itself is executed in tests/unit/trust."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.trust.keys import Ed25519Signer, public_key_set
from tests.unit.trust.repository_made import SIGNER, Register, held


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    return held(tmp_path_factory.mktemp("ceremony") / "held")


@pytest.fixture
def register(tmp_path, ceremony) -> Register:
    return Register(tmp_path, ceremony)


@pytest.fixture
def passwords(tmp_path, monkeypatch):
    file = tmp_path / "passwords"
    names = [f"{role}-{n}" for role in ("root", "targets") for n in range(1, 5)]
    file.write_text("".join(f"{name}: long enough for {name}\n" for name in names))
    monkeypatch.setenv("BEIAN_KEY_PASSWORDS", str(file))
    return file


@pytest.fixture
def keys_file(tmp_path):
    file = tmp_path / "keys.json"
    file.write_bytes(public_key_set(SIGNER).to_bytes())
    return file


def test_every_command_tells_other_programs_in_json(beian, tmp_path, keys_file, passwords, register):
    folder = tmp_path / "made"
    made = json.loads(beian("keys", "ceremony", folder, "--public-keys", keys_file, "--json").stdout)
    assert len(made["keys"]) == 9
    again = beian("keys", "ceremony", folder, "--public-keys", keys_file)
    assert again.exit_code == 3
    assert "name another folder" in again.output
    installed = json.loads(beian("keys", "install", folder, "--home", tmp_path / "srv", "--json").stdout)
    assert installed["root_fingerprint"] == made["root_fingerprint"]
    repository = tmp_path / "srv/public/repository"
    shown = json.loads(beian("keys", "show", repository, "--json").stdout)
    assert shown["roles"]["root"]["threshold"] == 2
    assert json.loads(beian("keys", "show", folder / "root.json", "--json").stdout)["root_version"] == 1
    new = json.loads(beian("keys", "new", "root-4", "--out", tmp_path / "m/root-4.pem", "--json").stdout)
    named = json.loads(beian("keys", "show", new["public"], "--json").stdout)
    assert named["fingerprint"] == new["fingerprint"]
    request = tmp_path / "r.json"
    renamed = ("--add", new["public"], "--drop", made["keys"][0]["fingerprint"][:12])
    asked = beian(
        "keys", "rotate", "root", "--repository", repository, *renamed, "--request", request, "--json"
    )
    sha256 = json.loads(asked.stdout)["sha256"]
    signatures = []
    for name in ("root-2", "root-3"):
        signatures.append(tmp_path / f"{name}.sig")
        arguments = ("--key", folder / name / f"{name}.pem", "--out", signatures[-1], "--json")
        assert json.loads(beian("keys", "sign", request, *arguments).stdout)["sha256"] == sha256
    done = beian("keys", "publish", request, *signatures, "--repository", repository, "--json")
    assert json.loads(done.stdout)["version"] == 2
    rules = ("--ttl", 30, "--poll", 10, "--public-keys", keys_file)
    asked = beian("keys", "amend", "--repository", repository, *rules, "--request", request, "--json")
    changed = json.loads(asked.stdout)["changed_files"]
    assert json.loads(changed["policy.json"])["poll_s"] == 10
    assert json.loads(beian("keys", "show", request, "--json").stdout)["role"] == "targets"


def test_a_password_is_asked_for_and_must_be_long(beian, tmp_path, monkeypatch, passwords):
    passwords.write_text("root-9: short\n")
    refused = beian("keys", "new", "root-9", "--out", tmp_path / "root-9.pem")
    assert refused.exit_code == 2
    assert "12 characters" in refused.output
    assert not (tmp_path / "root-9.pem").exists()
    monkeypatch.delenv("BEIAN_KEY_PASSWORDS")
    assert beian("keys", "new", "root-9", "--out", tmp_path / "root-9.pem").exit_code == 1  # nobody types


def test_a_wrong_password_signs_nothing(beian, tmp_path, register, passwords):
    private = tmp_path / "root-1.pem"
    Ed25519Signer.generate().save(private, b"quite another one")
    request = tmp_path / "r.json"
    beian("keys", "rotate", "root", "--repository", register.folder.path, "--request", request)
    done = beian("keys", "sign", request, "--key", private, "--out", tmp_path / "s.sig")
    assert done.exit_code == 2
    assert "password" in done.output
    assert not (tmp_path / "s.sig").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rotate", "king", "--repository", "{repository}", "--request", "r"), "There is no role king"),
        (("rotate", "root", "--repository", "{repository}", "--request", "r", "--add", "{none}"), "*.pub"),
        (("sign", "{none}", "--key", "k", "--out", "o"), "can't be read"),
        (("sign", "{root}", "--key", "k", "--out", "o"), "no signing request"),
        (("show", "{targets}"), "no root file"),
        (("show", "{none}"), "can't be read"),
        (("publish", "{root}", "{root}", "--repository", "{repository}"), "no signing request"),
        (("publish", "{request}", "{root}", "--repository", "{repository}"), "no signature file"),
        (("ceremony", "{none}", "--public-keys", "{root}"), "schema"),
        (("ceremony", "{none}", "--public-keys", "{keys}", "--root-people", "2"), "change the numbers"),
        (("ceremony", "{none}", "--public-keys", "{keys}", "--register-signers", "3"), "One or two machines"),
    ],
)
def test_wrong_use_is_said_in_one_sentence(  # noqa: PLR0917  fixtures
    beian, tmp_path, register, keys_file, passwords, arguments, said
):
    request = tmp_path / "request.json"
    beian("keys", "rotate", "root", "--repository", register.folder.path, "--request", request)
    places = {
        "repository": register.folder.path,
        "none": tmp_path / "none",
        "root": register.home / "repository/root.json",
        "targets": register.folder.path / "metadata/1.targets.json",
        "request": request,
        "keys": keys_file,
    }
    done = beian("keys", *(argument.format(**places) for argument in arguments))
    assert done.exit_code == 2, done.output
    assert said in done.output


def test_a_disk_that_refuses_is_no_wrong_use(beian, tmp_path, register, keys_file, passwords):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    for arguments in (
        ("ceremony", blocked, "--public-keys", keys_file),
        ("new", "root-1", "--out", blocked / "x.pem"),
        ("rotate", "root", "--repository", register.folder.path, "--request", blocked / "x.json"),
        ("show", tmp_path),
    ):
        done = beian("keys", *arguments)
        assert done.exit_code == 3, (arguments, done.output)


def test_what_has_expired_is_shown_and_exits_with_1(beian, register):
    register.publish(at=register.at - timedelta(hours=1))
    done = beian("keys", "show", register.folder.path, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["expired"] == ["timestamp"]


def test_a_password_that_is_not_written_down_is_asked_for(tmp_path, register):
    request, signature = tmp_path / "r.json", tmp_path / "s.sig"
    rotate = ["keys", "rotate", "root", "--repository", str(register.folder.path), "--request", str(request)]
    assert CliRunner().invoke(app, rotate).exit_code == 0
    key = next(register.home.glob("*/root-1.pem"))
    sign = ["keys", "sign", str(request), "--key", str(key), "--out", str(signature)]
    done = CliRunner().invoke(app, sign, input="\n")
    assert done.exit_code == 0, done.output
    assert "Password of key root-1" in done.output
    assert signature.exists()
