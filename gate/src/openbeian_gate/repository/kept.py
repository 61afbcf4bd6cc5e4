"""What was last seen of a repository, kept on disk and verified again from the root that the operator trusts.

Expiry is not looked at here: that something is no longer current is for the snapshot's own grace to judge.
Signatures, thresholds and hashes are checked as at the first time.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets, Timestamp

from openbeian_gate.errors import MalformedError
from openbeian_gate.following import replace_file
from openbeian_gate.verify.canonical import parse_json
from openbeian_gate.verify.fields import Fields, parse_instant
from openbeian_gate.verify.repository_names import (
    DEVELOPMENT,
    ISSUED_AT,
    REGISTER_ROLE,
    SNAPSHOT,
    STATUSES,
    TARGET_PATHS,
)

__all__ = ["KeptRepository", "Verified"]

_SCHEMA: Final = "openbeian.kept/1"
_ROLES: Final = ("timestamp", "targets", REGISTER_ROLE)
_MAX_BYTES: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class Verified:
    """What the signatures of a repository say."""

    root: Root
    issued_at: datetime
    """When the register last said that this is the present."""
    sha256: Mapping[str, str]
    """Of each target, by its path."""
    epoch: str
    """Names the online keys."""

    @property
    def is_development(self) -> bool:
        """Whether all keys lie on one machine."""
        return bool(self.root.unrecognized_fields.get(DEVELOPMENT))


class KeptRepository:
    """The folder in which a gate keeps what it has seen."""

    def __init__(self, folder: Path, root: bytes) -> None:
        """Keep things in `folder`, trusting `root`."""
        self.folder = folder
        self.metadata = folder / "metadata"
        self.targets = folder / "targets"
        self._last = folder / "last.json"
        self._root = root

    def target_file(self, sha256: str) -> Path:
        """Return where a target of this hash lies."""
        return self.targets / f"{sha256}.json"

    def read_target(self, sha256: str) -> bytes:
        """Return a target.

        Raises:
            MalformedError: It is not what the hash says.
            OSError: It can't be read.
        """
        data = self.target_file(sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise MalformedError("保存的仓库文件已被改动", "a kept file of the repository was altered")
        return data

    def seen_now(self) -> dict[str, str]:
        """Return the metadata that the TUF client has just accepted, by role."""
        return {role: (self.metadata / f"{role}.json").read_text(encoding="utf-8") for role in _ROLES}

    def save(self, seen: Mapping[str, str], wanted: Mapping[str, str]) -> None:
        """Keep `seen` as the last good state, and of the targets only those in `wanted`, by their hashes.

        Raises:
            OSError: The disk refuses.
        """
        replace_file(self._last, json.dumps({"schema": _SCHEMA, **seen}).encode())
        needed = {self.target_file(sha256) for sha256 in wanted.values()}
        for file in set(self.targets.iterdir()) - needed:
            file.unlink(missing_ok=True)

    def last(self) -> dict[str, str] | None:
        """Return the last good state, not yet verified; None where there is none.

        Raises:
            MalformedError: It is damaged.
            OSError: It can't be read.
        """
        if not self._last.exists():
            return None
        fields = Fields(parse_json(self._last.read_bytes(), max_bytes=_MAX_BYTES), "kept")
        fields.choice("schema", [_SCHEMA])
        return {role: fields.text(role, max_length=_MAX_BYTES) for role in _ROLES}

    def verify(self, seen: Mapping[str, str]) -> Verified:
        """Check the signatures of `seen`, from the trusted root through every later one to the targets.

        Raises:
            RepositoryError, ValueError: They do not hold.
            MalformedError, KeyError: Something is missing in what they sign.
        """
        root = self._newest_root()
        timestamp = Metadata[Timestamp].from_bytes(seen["timestamp"].encode())
        root.verify_delegate("timestamp", timestamp.signed_bytes, timestamp.signatures)
        targets = Metadata[Targets].from_bytes(seen["targets"].encode())
        root.verify_delegate("targets", targets.signed_bytes, targets.signatures)
        register = Metadata[Targets].from_bytes(seen[REGISTER_ROLE].encode())
        targets.signed.verify_delegate(REGISTER_ROLE, register.signed_bytes, register.signatures)
        return Verified(
            root,
            _issued_at(timestamp.signed),
            _hashes(targets.signed, register.signed),
            _epoch(root, targets.signed),
        )

    def _newest_root(self) -> Root:
        """Return the root that the chain of kept roots leads to."""
        metadata = Metadata[Root].from_bytes(self._root)
        root = metadata.signed
        root.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
        while True:
            path = self.metadata / "root_history" / f"{root.version + 1}.root.json"
            try:
                following = Metadata[Root].from_bytes(path.read_bytes())
                for signer in (root, following.signed):
                    signer.verify_delegate("root", following.signed_bytes, following.signatures)
            except (OSError, RepositoryError):
                return root
            root = following.signed


def _issued_at(timestamp: Timestamp) -> datetime:
    said = timestamp.unrecognized_fields.get(ISSUED_AT)
    if not isinstance(said, str):
        raise MalformedError(
            "仓库的时间戳没有签发时间", "the repository's timestamp does not say when it was made"
        )
    return parse_instant(said)


def _hashes(targets: Targets, register: Targets) -> dict[str, str]:
    """Return the hash of every target a gate takes, each from the role that may give it.

    Raises:
        KeyError: One is not there.
    """
    roles = {path: register if path in (SNAPSHOT, STATUSES) else targets for path in TARGET_PATHS}
    return {path: role.targets[path].hashes["sha256"] for path, role in roles.items()}


def _epoch(root: Root, targets: Targets) -> str:
    roles = (root.roles["timestamp"], root.roles["snapshot"], targets.get_delegated_role(REGISTER_ROLE))
    keyids = "\n".join(",".join(sorted(role.keyids)) for role in roles)
    return hashlib.sha256(keyids.encode()).hexdigest()
