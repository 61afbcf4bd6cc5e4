"""The repository on disk: static files that any web server can serve. Written whole, timestamp last.

    root.json                       the newest root, for people to download
    metadata/N.root.json …          every root there ever was: a client goes from the one it trusts on
    metadata/N.targets.json, N.register.json, N.snapshot.json
    metadata/timestamp.json         the only file that is ever written over
    targets/HASH.policy.json …      each file under the hash of its content

Whatever is not yet named by the timestamp is not published, so that a writer may be killed anywhere. What
was current within the last hour stays, for whoever is reading; older files are removed, roots never.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from openbeian.core.errors import CouldNotRunError
from openbeian.trust.files import replace_file, sync_directories
from openbeian.trust.repository.roles import ISSUED_AT, REGISTER_ROLE
from openbeian_gate.verify.fields import parse_instant

__all__ = ["KEPT_FOR", "Current", "RepositoryDamagedError", "RepositoryFolder", "verifies"]

KEPT_FOR: Final = timedelta(hours=1)
"""How long what is no longer current stays, for whoever has begun to read it."""
_T = TypeVar("_T", Root, Targets, Snapshot)
_VERSIONED: Final = re.compile(r"([1-9][0-9]{0,17})\.(root|targets|register|snapshot)\.json")


class RepositoryDamagedError(CouldNotRunError):
    """The files contradict one another."""

    code = "repository_damaged"


@dataclass(frozen=True, slots=True)
class Current:
    """What the timestamp leads to."""

    timestamp: Metadata[Timestamp]
    snapshot: Metadata[Snapshot]
    register: Metadata[Targets]


def verifies(delegator: Root | Targets, role: str, metadata: Metadata[Any]) -> bool:
    """Say whether enough of the keys that `delegator` names for `role` have signed."""
    try:
        delegator.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError):
        return False
    return True


class RepositoryFolder:
    """A repository's folder."""

    def __init__(self, path: Path) -> None:
        """Work in `path`, which need not be there."""
        self.path = path
        self._metadata = path / "metadata"
        self._targets = path / "targets"

    @property
    def exists(self) -> bool:
        """Whether there is a root, and so a repository."""
        return self.metadata_file(1, "root").exists()

    def metadata_file(self, version: int, role: str) -> Path:
        """Return where a version of a role lies."""
        return self._metadata / f"{version}.{role}.json"

    def target_file(self, name: str, sha256: str) -> Path:
        """Return where a target lies: under its hash, in the folder that its name says."""
        return (self._targets / name).with_name(f"{sha256}.{Path(name).name}")

    def read_target(self, name: str, sha256: str) -> bytes:
        """Return a target that is published.

        Raises:
            RepositoryDamagedError: It is not there.
        """
        with self._guarded():
            return self.target_file(name, sha256).read_bytes()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other writer out, of whatever process.

        Raises:
            CouldNotRunError: The folder can't be written.
        """
        with self._guarded():
            for folder in (self._metadata, self._targets / "register"):
                folder.mkdir(parents=True, exist_ok=True)
            with (self.path / ".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    def root(self) -> Metadata[Root]:
        """Return the newest root, checked along the whole chain from the first.

        Raises:
            RepositoryDamagedError: There is none, or the chain breaks.
        """
        with self._guarded():
            newest = self._read(Metadata[Root], 1, "root")
            if not verifies(newest.signed, "root", newest):
                raise self._damaged("第 1 版根文件签名不成立", "the signatures of its first root do not hold")
            while self.metadata_file(newest.signed.version + 1, "root").exists():
                following = self._read(Metadata[Root], newest.signed.version + 1, "root")
                if not all(verifies(one, "root", following) for one in (newest.signed, following.signed)):
                    raise self._damaged("根文件链断裂", f"root {following.signed.version} does not follow")
                newest = following
            return newest

    def root_bytes(self, version: int | None = None) -> bytes:
        """Return the file of a root; of the newest, where no version is named."""
        number = self.root().signed.version if version is None else version
        with self._guarded():
            return self.metadata_file(number, "root").read_bytes()

    def targets(self, root: Root) -> Metadata[Targets]:
        """Return the newest targets that enough people have signed.

        Raises:
            RepositoryDamagedError: There are none.
        """
        with self._guarded():
            for version in sorted(self._versions("targets"), reverse=True):
                found = self._read(Metadata[Targets], version, "targets")
                if verifies(root, "targets", found):
                    return found
        raise self._damaged("没有有效的 targets", "it has no targets that enough people have signed")

    def current(self) -> Current | None:
        """Return what is published; None before the first publication.

        Raises:
            RepositoryDamagedError: The timestamp leads to files that are not there.
        """
        path = self._metadata / "timestamp.json"
        with self._guarded():
            if not path.exists():
                return None
            timestamp = Metadata[Timestamp].from_bytes(path.read_bytes())
            snapshot = self._read(Metadata[Snapshot], timestamp.signed.snapshot_meta.version, "snapshot")
            register = self._read(
                Metadata[Targets], snapshot.signed.meta[f"{REGISTER_ROLE}.json"].version, REGISTER_ROLE
            )
            return Current(timestamp, snapshot, register)

    def write(self, files: Mapping[Path, bytes]) -> None:
        """Write files, each whole or not at all, in the order given, and force them to disk.

        Raises:
            CouldNotRunError: The disk refuses; what was written counts for nothing till a timestamp names it.
        """
        with self._guarded():
            for path, data in files.items():
                replace_file(path, data)
            sync_directories(self.path, files)

    def write_root(self, root: Metadata[Root]) -> None:
        """Put a root in place, and then its copy for people to download."""
        data = root.to_bytes()
        self.write({self.metadata_file(root.signed.version, "root"): data})
        self.write({self.path / "root.json": data})

    def write_timestamp(self, timestamp: bytes) -> None:
        """Publish: from here on, this is the present.

        Web servers tell by size and second whether a file has changed, and this one keeps its size: so that
        no gate is told that it has not, its time moves on by a second at least.
        """
        path = self._metadata / "timestamp.json"
        with self._guarded():
            before = int(path.stat().st_mtime) if path.exists() else 0
            self.write({path: timestamp})
            seen_at = max(path.stat().st_mtime, before + 1)
            os.utime(path, (seen_at, seen_at))

    def prune(self, *, at: datetime) -> int:
        """Remove what has not been current for an hour; return how many files that were."""
        with self._guarded():
            current = self.current()
            if current is None:
                return 0
            wanted = self._wanted(current, at)
            removed = 0
            for path in [*self._metadata.glob("*.json"), *self._targets.rglob("*.json")]:
                if path not in wanted and not path.name.endswith((".root.json", "timestamp.json")):
                    path.unlink()
                    removed += 1
            return removed

    def _wanted(self, current: Current, at: datetime) -> set[Path]:
        wanted = self._newer_targets(current.snapshot.signed)
        version, until = current.snapshot.signed.version, at
        while until > at - KEPT_FOR and self.metadata_file(version, "snapshot").exists():
            snapshot = self._read(Metadata[Snapshot], version, "snapshot")
            wanted |= {self.metadata_file(version, "snapshot"), *self._led_to(snapshot.signed)}
            # It was current from when it was signed; the one before, until then.
            until, version = _issued_at(snapshot.signed), version - 1
        return wanted

    def _newer_targets(self, snapshot: Snapshot) -> set[Path]:
        """Return what people have signed and a publication is yet to take up, with its files."""
        newer: set[Path] = set()
        for version in self._versions("targets"):
            if version > snapshot.meta["targets.json"].version:
                newer |= {self.metadata_file(version, "targets"), *self._files_of(version, "targets")}
        return newer

    def _led_to(self, snapshot: Snapshot) -> set[Path]:
        paths: set[Path] = set()
        for role in ("targets", REGISTER_ROLE):
            version = snapshot.meta[f"{role}.json"].version
            if self.metadata_file(version, role).exists():
                paths |= {self.metadata_file(version, role), *self._files_of(version, role)}
        return paths

    def _files_of(self, version: int, role: str) -> set[Path]:
        targets = self._read(Metadata[Targets], version, role).signed.targets
        return {self.target_file(name, target.hashes["sha256"]) for name, target in targets.items()}

    def _versions(self, role: str) -> list[int]:
        matches = (_VERSIONED.fullmatch(path.name) for path in self._metadata.glob(f"*.{role}.json"))
        return [int(match[1]) for match in matches if match is not None]

    def _read(self, kind: type[Metadata[_T]], version: int, role: str) -> Metadata[_T]:
        return kind.from_bytes(self.metadata_file(version, role).read_bytes())

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn what goes wrong with the files into one of two errors."""
        try:
            yield
        except (RepositoryError, KeyError) as error:
            raise self._damaged("元数据无法读取", f"its metadata cannot be read: {error}") from error
        except FileNotFoundError as error:
            raise self._damaged(f"缺少 {error.filename}", f"{error.filename} is missing") from error
        except OSError as error:
            raise CouldNotRunError(
                f"无法读写仓库目录 {self.path}；请检查磁盘与权限。",
                f"The repository's folder {self.path} fails ({error}); check disk and permissions.",
            ) from error

    def _damaged(self, zh: str, en: str) -> RepositoryDamagedError:
        return RepositoryDamagedError(
            f"仓库 {self.path} 已损坏（{zh}）；请停止发布，从副本恢复。",
            f"The repository {self.path} is damaged ({en}); stop publishing, and restore it from a copy.",
        )


def _issued_at(snapshot: Snapshot) -> datetime:
    return parse_instant(snapshot.unrecognized_fields[ISSUED_AT])
