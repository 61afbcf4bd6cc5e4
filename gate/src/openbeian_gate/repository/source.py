"""A register's repository as something to follow: `SnapshotClient(RepositorySource(address, root, keep=…))`.

Two things run out independently. The repository's timestamp is valid for some minutes: past that nothing new
is taken from it (freeze). What was taken serves on for the grace that the signed rules give, counted from the
last timestamp seen: an expired timestamp neither lengthens nor shortens it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, TargetFile
from tuf.ngclient import Updater, UpdaterConfig

from openbeian_gate.errors import MalformedError, TooBigError
from openbeian_gate.following import FetchLimits, Seen
from openbeian_gate.repository.contents import Contents, read_contents
from openbeian_gate.repository.faults import as_gate_errors
from openbeian_gate.repository.fetcher import LimitedFetcher
from openbeian_gate.repository.kept import KeptRepository, Verified
from openbeian_gate.verify.repository_names import TARGET_PATHS, root_fingerprint

if TYPE_CHECKING:
    from openbeian_gate.source import Fetched

__all__ = ["RepositorySource"]

_POLL_FOR: Final = timedelta(seconds=30)
_CONFIG: Final = UpdaterConfig(
    max_root_rotations=64,
    max_delegations=4,
    root_max_length=1 << 18,
    timestamp_max_length=1 << 14,
    snapshot_max_length=1 << 18,
    targets_max_length=1 << 20,
    app_user_agent="openbeian-gate",
)


class RepositorySource:
    """The repository at an address or a path."""

    def __init__(self, address: str, root: bytes, *, keep: Path) -> None:
        """Follow the repository; nothing is fetched yet.

        Args:
            address: The http(s) address or path that `metadata/` and `targets/` lie below.
            root: The root file that the operator trusts, got by a way of its own and compared by fingerprint.
            keep: A folder of this gate alone; several processes may share it. What was seen is kept there, so
                that a restart neither forgets a newer state nor begins without one during an outage.

        Raises:
            MalformedError: `root` is no root file, or not signed as it says.
        """
        self._address = address.rstrip("/")
        self._root = root
        self._pinned = _checked_root(root)
        self._kept = KeptRepository(keep, root)
        self._marked: dict[str, Fetched] = {}
        self._read: tuple[Verified, Contents] | None = None
        self._offered: dict[str, str] = {}
        self._taken: dict[str, str] | None = None

    @property
    def poll_for(self) -> timedelta:
        """As the register's rules say, once they are known."""
        return _POLL_FOR if self._read is None else self._read[1].rules.poll_for

    def kept(self, limits: FetchLimits) -> Seen | None:
        """Return what an earlier process saw last, verified again from the trusted root."""
        seen = self._kept.last()
        if seen is None:
            return None
        try:
            return self._understood(seen, limits)
        except (RepositoryError, ValueError, KeyError) as error:
            raise MalformedError(
                "保存的仓库状态不成立", f"the kept state of the repository fails ({error})"
            ) from error

    def look(self, limits: FetchLimits) -> Seen | None:
        """Look at the repository, and fetch what has changed."""
        fetcher = LimitedFetcher(self._marked, timeout_s=limits.timeout_s)
        try:
            with as_gate_errors(self._address), self._locked():
                self._update(fetcher, limits)
                seen = self._kept.seen_now()
                if seen == self._taken:
                    return None
                self._offered = seen
                return self._understood(seen, limits)
        finally:
            fetcher.close()

    def keep(self) -> None:
        """Keep the state seen last as a good one."""
        assert self._read is not None, "kept only after a look"
        self._taken = self._offered
        with self._locked():
            self._kept.save(self._taken, self._read[0].sha256)

    def facts(self) -> dict[str, str | int | float | None]:
        """Return what is trusted."""
        facts: dict[str, str | int | float | None] = {
            "repository": self._address,
            "pinned_root": f"{self._pinned.version} sha256:{root_fingerprint(self._root)}",
        }
        if self._read is not None:
            verified, contents = self._read
            facts |= {
                "root_version": verified.root.version,
                "root_expires": verified.root.expires.isoformat().replace("+00:00", "Z"),
                "development_keys": verified.is_development,
                "poll_s": contents.rules.poll_for.total_seconds(),
            }
        return facts

    def _update(self, fetcher: LimitedFetcher, limits: FetchLimits) -> None:
        updater = Updater(
            str(self._kept.metadata),
            f"{self._address}/metadata/",
            fetcher=fetcher,
            config=_CONFIG,
            bootstrap=self._root,
        )
        updater.refresh()
        for path in TARGET_PATHS:
            info = updater.get_targetinfo(path)
            if info is None:
                raise RepositoryError(f"{path} is not there")
            self._download(updater, info, limits)

    def _download(self, updater: Updater, info: TargetFile, limits: FetchLimits) -> None:
        if info.length > limits.max_bytes:
            raise TooBigError(
                f"仓库 {self._address} 的 {info.path} 超过 {limits.max_bytes} 字节，已拒收。",
                f"{info.path} of the repository {self._address} has more than {limits.max_bytes} bytes.",
            )
        file = self._kept.target_file(info.hashes["sha256"])
        # What was read before is there whole; only what is new is worth hashing.
        known = self._read is not None and info.hashes["sha256"] == self._read[0].sha256[info.path]
        if not (known and file.exists()) and updater.find_cached_target(info, str(file)) is None:
            updater.download_target(info, str(file), f"{self._address}/targets/")

    def _understood(self, seen: dict[str, str], limits: FetchLimits) -> Seen:
        verified = self._kept.verify(seen)
        before = None if self._read is None else self._read[1]
        contents = read_contents(verified, self._kept.read_target, limits, before=before)
        self._read = (verified, contents)
        return Seen(contents.snapshot, verified.epoch)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes that share the folder out: the TUF client expects to be alone."""
        for folder in (self._kept.metadata, self._kept.targets):
            folder.mkdir(parents=True, exist_ok=True)
        with (self._kept.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _checked_root(root: bytes) -> Root:
    try:
        metadata = Metadata[Root].from_bytes(root)
        metadata.signed.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
    except RepositoryError as error:
        raise MalformedError("根文件无效", f"the root file is not one ({error})") from error
    return metadata.signed
