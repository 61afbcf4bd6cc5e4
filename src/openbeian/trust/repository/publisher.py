"""The online half: publishes how the register stands, and again and again that this is the present.

Everything is written before the timestamp that names it, so a kill at any moment leaves what was published
before, whole. Nothing is published that a client would refuse.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from securesystemslib.signer import Signature
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from openbeian.core.errors import CouldNotRunError, NotNowError
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.repository.folder import Current, RepositoryFolder, verifies
from openbeian.trust.repository.keys import add_signatures, tuf_key
from openbeian.trust.repository.online import OnlineKeys
from openbeian.trust.repository.register_files import RegisterFiles, register_files
from openbeian.trust.repository.roles import (
    ISSUED_AT,
    LIFETIMES,
    REGISTER_ROLE,
    Lifetimes,
    Role,
    is_half_over,
    whole_second,
)
from openbeian_gate.verify.fields import format_instant

__all__ = ["Countersigner", "NotEnoughSignaturesError", "Published", "Publisher"]

_PRUNE_EVERY_FOR: Final = timedelta(minutes=5)


class NotEnoughSignaturesError(NotNowError):
    """Gates would refuse what the keys at hand can sign."""

    code = "not_enough_signatures"


class Published(NamedTuple):
    """The versions that are the present."""

    root: int
    targets: int
    register: int
    snapshot: int
    timestamp: int


class Countersigner(Protocol):
    """A second signer for the register role, which makes up its own mind."""

    def countersign(
        self, register: Metadata[Targets], files: RegisterFiles, *, at: datetime
    ) -> Sequence[Signature]:
        """Return signatures of `register`, after working out by itself what it should say.

        Raises:
            NotNowError: It comes to another result, and does not sign.
        """


class Publisher:
    """Publishes into one folder."""

    def __init__(
        self,
        folder: RepositoryFolder,
        keys: OnlineKeys,
        *,
        second: Countersigner | None = None,
        lifetimes: Lifetimes = LIFETIMES,
    ) -> None:
        """Publish into `folder` with the online `keys`, and `second` where two must sign for the register."""
        self._folder = folder
        self._keys = keys
        self._second = second
        self._lifetimes = lifetimes
        self._published_at: datetime | None = None
        self._pruned_at: datetime | None = None

    def is_due(self, *, at: datetime) -> bool:
        """Say whether the timestamp is to be signed anew, long before it runs out."""
        renew_for = self._lifetimes.of["timestamp"] / 3
        return self._published_at is None or not timedelta(0) <= at - self._published_at < renew_for

    def publish(self, signed: bytes, signers: Sequence[Ed25519Signer], *, at: datetime) -> Published:
        """Publish a signed snapshot; `signers` sign the status list that goes with it.

        Raises:
            NotEnoughSignaturesError: The keys at hand are too few; nothing was published.
            NotNowError: The second signer comes to another result; nothing was published.
            RepositoryDamagedError: The files contradict one another.
            CouldNotRunError: The disk refuses; nothing was published.
        """
        with self._folder.locked():
            current = self._folder.current()
            published = None if current is None else current.register.signed
            return self._publish(register_files(signed, signers, published=published, at=at), current, at)

    def renew(self, *, at: datetime, under: Metadata[Root] | None = None) -> Published | None:
        """Say that what is published is the present still; None where nothing is published yet.

        Args:
            at: The time.
            under: A root about to be published, which must be satisfied as well as the present one.

        Raises:
            NotEnoughSignaturesError, NotNowError, RepositoryDamagedError, CouldNotRunError: See `publish`.
        """
        with self._folder.locked():
            current = self._folder.current()
            if current is None:
                return None
            files = RegisterFiles(current.register.signed.targets, {})
            return self._publish(files, current, at, also=None if under is None else under.signed)

    def check_can_sign(self, targets: Targets) -> None:
        """Check that the first signer's keys are among those that `targets` names for the register.

        Raises:
            NotEnoughSignaturesError: None is.
        """
        named = set(targets.get_delegated_role(REGISTER_ROLE).keyids)
        if not named & {tuf_key(signer.public_key()).keyid for signer in self._keys.register}:
            raise _too_few(REGISTER_ROLE)

    def _publish(
        self, files: RegisterFiles, current: Current | None, at: datetime, also: Root | None = None
    ) -> Published:
        roots = [self._folder.root().signed, *([] if also is None else [also])]
        targets = self._folder.targets(roots[0])
        register = self._register(files, current, targets.signed, at)
        snapshot = self._snapshot(targets, register, current, roots, at)
        timestamp = self._timestamp(snapshot, current, at)
        _check(roots, targets, register, snapshot, timestamp)
        self._write(files, register, snapshot, current)
        self._folder.write_timestamp(timestamp.to_bytes())
        self._published_at = at
        self._prune(at)
        return Published(
            roots[0].version,
            targets.signed.version,
            register.signed.version,
            snapshot.signed.version,
            timestamp.signed.version,
        )

    def _write(
        self,
        files: RegisterFiles,
        register: Metadata[Targets],
        snapshot: Metadata[Snapshot],
        current: Current | None,
    ) -> None:
        """Write what is new, and what it leads to before it."""
        folder = self._folder
        new = {
            folder.target_file(name, files.targets[name].hashes["sha256"]): data
            for name, data in files.new.items()
        }
        if current is None or register is not current.register:
            new[folder.metadata_file(register.signed.version, REGISTER_ROLE)] = register.to_bytes()
        if current is None or snapshot is not current.snapshot:
            new[folder.metadata_file(snapshot.signed.version, "snapshot")] = snapshot.to_bytes()
        folder.write(new)

    def _register(
        self, files: RegisterFiles, current: Current | None, targets: Targets, at: datetime
    ) -> Metadata[Targets]:
        held = None if current is None else current.register
        if held is not None and self._stands(held, "register", targets, at) and not files.new:
            return held
        made = Targets(
            version=1 if held is None else held.signed.version + 1,
            expires=self._lifetimes.expiry("register", at),
            targets=dict(files.targets),
            unrecognized_fields=_issued(at),
        )
        register = add_signatures(Metadata(made), *self._keys.register)
        if self._second is not None:
            for signature in self._second.countersign(register, files, at=at):
                register.signatures[signature.keyid] = signature
        return register

    def _snapshot(
        self,
        targets: Metadata[Targets],
        register: Metadata[Targets],
        current: Current | None,
        roots: Sequence[Root],
        at: datetime,
    ) -> Metadata[Snapshot]:
        meta = {f"{role}.json": _meta(md) for role, md in (("targets", targets), (REGISTER_ROLE, register))}
        held = None if current is None else current.snapshot
        if (
            held is not None
            and held.signed.meta == meta
            and all(self._stands(held, "snapshot", root, at) for root in roots)
        ):
            return held
        made = Snapshot(
            version=1 if held is None else held.signed.version + 1,
            expires=self._lifetimes.expiry("snapshot", at),
            meta=meta,
            unrecognized_fields=_issued(at),
        )
        return add_signatures(Metadata(made), *self._keys.snapshot)

    def _timestamp(
        self, snapshot: Metadata[Snapshot], current: Current | None, at: datetime
    ) -> Metadata[Timestamp]:
        made = Timestamp(
            version=1 if current is None else current.timestamp.signed.version + 1,
            expires=self._lifetimes.expiry("timestamp", at),
            snapshot_meta=_meta(snapshot),
            unrecognized_fields=_issued(at),
        )
        return add_signatures(Metadata(made), *self._keys.timestamp)

    def _stands(
        self,
        metadata: Metadata[Targets] | Metadata[Snapshot],
        role: Role,
        under: Root | Targets,
        at: datetime,
    ) -> bool:
        is_due = is_half_over(role, metadata.signed.expires, at=at, lifetimes=self._lifetimes)
        return not is_due and verifies(under, role, metadata)

    def _prune(self, at: datetime) -> None:
        if self._pruned_at is None or not timedelta(0) <= at - self._pruned_at < _PRUNE_EVERY_FOR:
            with suppress(CouldNotRunError):  # what is published is published; the next time removes more
                self._folder.prune(at=at)
            self._pruned_at = at


def _check(
    roots: Sequence[Root],
    targets: Metadata[Targets],
    register: Metadata[Targets],
    snapshot: Metadata[Snapshot],
    timestamp: Metadata[Timestamp],
) -> None:
    """Check, as a client will, that every role is signed for.

    Raises:
        NotEnoughSignaturesError: One is not.
    """
    for root in roots:
        for role, metadata in (("targets", targets), ("snapshot", snapshot), ("timestamp", timestamp)):
            if not verifies(root, role, metadata):
                raise _too_few(role)
    if not verifies(targets.signed, REGISTER_ROLE, register):
        raise _too_few(REGISTER_ROLE)


def _too_few(role: str) -> NotEnoughSignaturesError:
    return NotEnoughSignaturesError(
        f"角色 {role} 的签名未达到要求的数量，未作任何发布；请先放入（或请人使用）根文件所列的密钥。",
        f"Role {role} is not signed by as many keys as the root asks for, and nothing was published; "
        "first put the key that the root names into the folder of online keys, or have it sign.",
    )


def _meta(metadata: Metadata[Targets] | Metadata[Snapshot]) -> MetaFile:
    return MetaFile.from_data(metadata.signed.version, metadata.to_bytes(), ["sha256"])


def _issued(at: datetime) -> dict[str, str]:
    return {ISSUED_AT: format_instant(whole_second(at))}
