"""A register's repository for tests: everybody's keys in one folder, published into as time goes on."""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from openbeian.clock import now
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.repository.adopting import adopt
from openbeian.trust.repository.ceremony import CeremonyPlan, hold_ceremony
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.online import OnlineKeys
from openbeian.trust.repository.publisher import Published, Publisher
from openbeian.trust.repository.requests import SigningRequest, sign_request
from openbeian.trust.snapshots import FilingRow, Permit, Status, sign_snapshot
from openbeian_gate.client import SnapshotClient
from openbeian_gate.repository.source import RepositorySource

__all__ = ["SIGNER", "Register", "held"]

SIGNER = Ed25519Signer.from_seed(bytes(32))


def held(folder: Path, *, register_signers: int = 1) -> Path:
    """Hold a ceremony without passwords and return its folder."""
    plan = CeremonyPlan(public_key_set(SIGNER), register_signers=register_signers)
    hold_ceremony(folder, plan, password=lambda _: None, at=now())
    return folder


class Register:
    """The register's side, and gates that follow it."""

    def __init__(self, folder: Path, ceremony: Path) -> None:
        self.home = folder / "register"
        shutil.copytree(ceremony, self.home)
        self.folder = RepositoryFolder(self.home / "repository")
        self.root = (self.home / "repository/root.json").read_bytes()
        self.at = now()
        self.version = 0
        self.rows = {"svc-001": Status.VALID, "svc-002": Status.VALID}
        self.permits: list[Permit] = []
        self._gates = folder

    def snapshot(self) -> bytes:
        self.version += 1
        rows = [FilingRow(service, f"GD-{service}", status) for service, status in self.rows.items()]
        times = {"ttl_for": timedelta(minutes=1), "grace_for": timedelta(days=1)}
        return sign_snapshot(
            rows, SIGNER, version=self.version, after=None, at=self.at, permits=self.permits, **times
        )

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.folder, OnlineKeys.load(self.home / "online"))

    def publish(self, at: datetime | None = None, **rows: Status) -> Published:
        self.at = at or self.at
        self.rows |= {service.replace("_", "-"): status for service, status in rows.items()}
        return self.publisher.publish(self.snapshot(), [SIGNER], at=self.at)

    def key(self, name: str) -> Ed25519Signer:
        return Ed25519Signer.load(next(self.home.glob(f"*/{name}.pem")))

    def adopt(self, request: SigningRequest, names: Sequence[str], *, online: bool = True):
        signatures = [sign_request(request, self.key(name)) for name in names]
        return adopt(
            self.folder, request, signatures, publisher=self.publisher if online else None, at=self.at
        )

    def copy(self, name: str) -> Path:
        """Return a copy of what is published now, as somebody might keep it to show later."""
        return Path(shutil.copytree(self.folder.path, self.home / name))

    def serve(self, other: Path) -> None:
        """Publish, as an attacker does, another folder in the repository's place."""
        shutil.rmtree(self.folder.path)
        shutil.copytree(other, self.folder.path)

    def gate(self, name: str = "gate", root: bytes | None = None) -> SnapshotClient:
        source = RepositorySource(str(self.folder.path), root or self.root, keep=self._gates / name)
        return SnapshotClient(source)
