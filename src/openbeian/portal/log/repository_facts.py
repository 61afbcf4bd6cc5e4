"""What people want to know of the repository that gates follow: roots, fingerprints, who may sign."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from tuf.api.metadata import Metadata, Role, Root, Targets

from openbeian.core.text import Text
from openbeian.portal.signing import repository_folder
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.keys import spoken
from openbeian.trust.repository.roles import DEVELOPMENT, REGISTER_ROLE
from openbeian_gate.verify.repository_names import root_fingerprint

__all__ = ["KeyRole", "RepositoryFacts", "TrustedRoot", "current_fingerprint", "repository_facts"]

_LABELS: Final = {
    "root": (Text("根", "Root"), Text("谁可以签署", "who may sign")),
    "targets": (Text("发布", "Targets"), Text("对闸口的规则与公钥", "rules for gates, and public keys")),
    REGISTER_ROLE: (Text("登记", "Register"), Text("快照与状态表", "snapshot and status list")),
    "snapshot": (Text("快照", "Snapshot"), Text("哪些文件同属一次发布", "which files belong together")),
    "timestamp": (Text("时间戳", "Timestamp"), Text("以此为现时", "that this is the present")),
}


class TrustedRoot(NamedTuple):
    """One root file."""

    version: int
    fingerprint: str
    """Its SHA-256, in groups of four."""
    expires: datetime
    is_current: bool


class KeyRole(NamedTuple):
    """Who may sign for what."""

    name: str
    label: Text
    signs: Text
    threshold: int
    fingerprints: list[str]
    expires: datetime | None


class RepositoryFacts(NamedTuple):
    """All of it."""

    roots: list[TrustedRoot]
    roles: list[KeyRole]
    is_development: bool

    @property
    def current(self) -> TrustedRoot:
        """The root that is in force."""
        return self.roots[0]


def repository_facts() -> RepositoryFacts | None:
    """Return what there is to know; None where there is no repository.

    Raises:
        RepositoryDamagedError: Its files contradict one another.
    """
    folder = repository_folder()
    if not folder.exists:
        return None
    root = folder.root().signed
    targets = folder.targets(root).signed
    published = folder.current()
    expires: dict[str, datetime] = {"root": root.expires, "targets": targets.expires}
    if published is not None:
        expires[REGISTER_ROLE] = published.register.signed.expires
        expires["snapshot"] = published.snapshot.signed.expires
        expires["timestamp"] = published.timestamp.signed.expires
    roles = list(_roles(root, targets, expires))
    is_development = bool(root.unrecognized_fields.get(DEVELOPMENT))
    return RepositoryFacts(list(_roots(folder, root.version)), roles, is_development)


def current_fingerprint() -> str:
    """Return the fingerprint of the root in force, in groups of four; empty where there is no repository.

    Asked for by every page, so read again only when the file has changed.
    """
    file = repository_folder().path / "root.json"
    try:
        state = file.stat()
    except OSError:
        return ""
    return _fingerprint(str(file), state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=4)
def _fingerprint(file: str, _changed: int, _inode: int) -> str:
    with open(file, "rb") as root:  # noqa: PTH123  a path as text, as it is the cache's key
        return spoken(root_fingerprint(root.read()))


def _roots(folder: RepositoryFolder, newest: int) -> Iterator[TrustedRoot]:
    for version in range(newest, 0, -1):
        data = folder.root_bytes(version)
        yield TrustedRoot(version, spoken(root_fingerprint(data)), _expiry(data), version == newest)


def _expiry(data: bytes) -> datetime:
    return Metadata[Root].from_bytes(data).signed.expires


def _roles(root: Root, targets: Targets, expires: Mapping[str, datetime]) -> Iterator[KeyRole]:
    for name, (label, signs) in _LABELS.items():
        role: Role = (targets if name == REGISTER_ROLE else root).get_delegated_role(name)
        prints = [spoken(keyid) for keyid in role.keyids]
        yield KeyRole(name, label, signs, role.threshold, prints, expires.get(name))
