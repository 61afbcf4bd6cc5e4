"""A writer of the repository killed at every step: gates see what was published before, or the new."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.trust.repository_made import Register, held

from openbeian.core.errors import CouldNotRunError
from openbeian.trust.files import replace_file
from openbeian.trust.repository import folder as folder_module
from openbeian.trust.repository import installing
from openbeian.trust.repository.drafting import next_root, next_targets
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.installing import install
from openbeian.trust.repository.keys import make_key, tuf_key
from openbeian.trust.repository.requests import SigningRequest
from openbeian.trust.snapshots import Status
from openbeian_gate.refusals import RevokedError

MOST_STEPS = 40


class KilledError(BaseException):
    """The process is gone."""


class Killer:
    """Stands for the disk: lets so many steps through, then the process dies in the middle of a write."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self, path: Path, data: bytes) -> None:
        for step in (
            lambda: path.with_name(f".{path.name}.draft").write_bytes(data[: len(data) // 2]),
            lambda: replace_file(path, data),
        ):
            if self.left == 0:
                raise KilledError
            self.left -= 1
            step()


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory) -> Path:
    return held(tmp_path_factory.mktemp("ceremony") / "held")


@pytest.fixture(scope="module")
def published(tmp_path_factory, ceremony) -> Path:
    """A register that has published once, and a gate that has seen it."""
    register = Register(tmp_path_factory.mktemp("published"), ceremony)
    register.publish()
    assert register.gate("old").refresh(register.at)
    return register.home.parent


def killed_at_every_step(tmp_path, published, monkeypatch, act: Callable, check: Callable) -> int:
    """Do `act` killed after 0, 1, 2 … steps, each time on a register of its own; return how many."""
    for steps in range(MOST_STEPS):
        register = Register(tmp_path / str(steps), published / "register")
        register.version = 1
        shutil.copytree(published / "old", tmp_path / str(steps) / "old")
        old = register.gate("old")
        with monkeypatch.context() as patched:
            patched.setattr(folder_module, "replace_file", Killer(steps))
            try:
                act(register)
            except KilledError:
                was_killed = True
            else:
                was_killed = False
        for gate in (old, register.gate("new")):
            assert gate.refresh(register.at), gate.error
        if was_killed:
            act(register)
        for gate in (old, register.gate("newer")):
            assert gate.refresh(register.at), gate.error
            check(register, gate)
        shutil.rmtree(tmp_path / str(steps))
        if not was_killed:
            return steps
    raise AssertionError("it never ends")


def is_revoked(register: Register, gate) -> None:
    with pytest.raises(RevokedError):
        gate.decide("svc-001", register.at)


def test_a_publication_is_whole_or_not_at_all(tmp_path, published, monkeypatch):
    steps = killed_at_every_step(
        tmp_path,
        published,
        monkeypatch,
        lambda register: register.publish(svc_001=Status.REVOKED) and None,
        is_revoked,
    )
    assert steps == 8  # status list, register, snapshot, timestamp; each has two


def test_a_root_that_exchanges_an_online_key_is_whole_or_not_at_all(tmp_path, published, monkeypatch):
    def exchange(register: Register) -> None:
        if not (register.home / "online/timestamp-b.pem").exists():
            make_key("timestamp-b", register.home / "online/timestamp-b.pem", None)
        public = tuf_key(register.key("timestamp-b").public_key())
        old = tuf_key(register.key("timestamp").public_key()).keyid
        root = register.folder.root().signed
        if root.version == 1:
            changed = next_root(root, "timestamp", add=[public], drop=[old], at=register.at)
            register.adopt(SigningRequest("root", changed), ["root-1", "root-3"])

    def follows(register: Register, gate) -> None:
        assert gate.status(register.at)["root_version"] == 2

    assert killed_at_every_step(tmp_path, published, monkeypatch, exchange, follows) == 6


def test_targets_that_exchange_the_register_key_are_whole_or_not_at_all(tmp_path, published, monkeypatch):
    def exchange(register: Register) -> None:
        if not (register.home / "online/register-b.pem").exists():
            make_key("register-b", register.home / "online/register-b.pem", None)
        targets = register.folder.targets(register.folder.root().signed).signed
        if targets.version == 1:
            public = tuf_key(register.key("register-b").public_key())
            old = tuf_key(register.key("register").public_key()).keyid
            changed = next_targets(targets, files={}, add=[public], drop=[old], at=register.at)
            register.adopt(SigningRequest("targets", changed), ["targets-1", "targets-3"])
        else:
            register.publish()

    def follows(register: Register, gate) -> None:
        assert register.folder.current().snapshot.signed.meta["targets.json"].version == 2

    killed_at_every_step(tmp_path, published, monkeypatch, exchange, follows)


def test_installing_a_ceremony_ends_with_the_root(tmp_path, ceremony, monkeypatch):
    for steps in range(MOST_STEPS):
        place = tmp_path / str(steps)
        killer = Killer(steps)
        with monkeypatch.context() as patched:
            patched.setattr(folder_module, "replace_file", killer)
            patched.setattr(installing, "replace_file", killer)
            try:
                install(ceremony, public=place / "public", keys=place / "keys")
            except KilledError:
                pass
            else:
                break
        if RepositoryFolder(place / "public").exists:
            assert RepositoryFolder(place / "public").targets(
                RepositoryFolder(place / "public").root().signed
            )
        install(ceremony, public=place / "public", keys=place / "keys")
        assert sorted(file.name for file in (place / "keys/online").glob("*.pem")) == [
            "register.pem",
            "snapshot.pem",
            "timestamp.pem",
        ]
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in (place / "keys/online").iterdir())
    assert steps > 10


def test_a_full_disk_is_said_and_publishes_nothing(tmp_path, ceremony, monkeypatch):
    register = Register(tmp_path / "full", ceremony)
    register.publish()
    gate = register.gate()
    gate.refresh(register.at)

    def full(path, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(folder_module, "replace_file", full)
        with pytest.raises(CouldNotRunError, match="No space left"):
            register.publish(svc_001=Status.REVOKED)
    assert gate.refresh(register.at)
    assert gate.decide("svc-001", register.at)


def test_another_repository_is_not_installed_over_one(tmp_path, ceremony):
    other = held(tmp_path / "other")
    install(ceremony, public=tmp_path / "public", keys=tmp_path / "keys")
    with pytest.raises(CouldNotRunError, match="another repository"):
        install(other, public=tmp_path / "public", keys=tmp_path / "keys")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CouldNotRunError, match="folder of keys"):
        install(ceremony, public=tmp_path / "elsewhere", keys=tmp_path / "file")
