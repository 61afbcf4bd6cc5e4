"""The snapshot: how every filing stands at one moment, signed by the register, with the rules of its ageing.

It is fresh for `ttl_s` after it was issued, and for `grace_s` a gate may go on serving what it knows to be
valid; the register signs these, so no gate can grant itself more. The register therefore signs a new version
at least every `ttl_s`, even when nothing has changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.envelope import Envelope, parse_envelope
from openbeian_gate.verify.fields import Fields, format_instant
from openbeian_gate.verify.index import StatusIndex
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.permits import NO_PERMITS, PermitTable

__all__ = [
    "MAX_SNAPSHOT_BYTES",
    "SNAPSHOT_SCHEMA",
    "SignedSnapshot",
    "Snapshot",
    "claims_of",
    "parse_snapshot",
    "snapshot_document",
    "verify_snapshot",
]

SNAPSHOT_SCHEMA: Final = "openbeian.snapshot/1"
MAX_SNAPSHOT_BYTES: Final = 1 << 27
_MAX_CHECKPOINT: Final = 1 << 17
_LAST_YEAR: Final = 9990
_YEAR_S: Final = 366 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How the filings stand."""

    version: int
    issued_at: datetime
    expires_at: datetime
    ttl_for: timedelta
    grace_for: timedelta
    checkpoint: str | None
    """The log's checkpoint at that moment, a signed note; None where there is no log."""
    index: StatusIndex
    digest: str
    """Names these very bytes: two snapshots of one version must not differ."""
    permits: PermitTable = NO_PERMITS
    """Who may use what is not on file; snapshots made before there were permits have none."""

    @property
    def fresh_until(self) -> datetime:
        """Up to when the snapshot is taken as the present."""
        return min(self.issued_at + self.ttl_for, self.expires_at)

    @property
    def serve_until(self) -> datetime:
        """Up to when what it calls valid may be served."""
        return min(self.issued_at + self.grace_for, self.expires_at)


@dataclass(frozen=True, slots=True)
class SignedSnapshot:
    """A snapshot as it claims to be.

    What it says is not even read before its signature holds: a small file may ask for a great deal of memory.
    """

    envelope: Envelope


def snapshot_document(
    index: StatusIndex,
    *,
    version: int,
    issued_at: datetime,
    expires_at: datetime,
    ttl_for: timedelta,
    grace_for: timedelta,
    checkpoint: str | None,
    permits: PermitTable = NO_PERMITS,
) -> dict[str, JSONValue]:
    """Return the document that is signed; `permits` is in it only where there are any."""
    document: dict[str, JSONValue] = {
        "schema": SNAPSHOT_SCHEMA,
        "version": version,
        "issued_at": format_instant(issued_at),
        "expires_at": format_instant(expires_at),
        "ttl_s": int(ttl_for.total_seconds()),
        "grace_s": int(grace_for.total_seconds()),
        "checkpoint": checkpoint,
        "entries": index.to_json(),
    }
    return document | {"permits": permits.to_json()} if len(permits) else document


def parse_snapshot(data: bytes, *, max_bytes: int = MAX_SNAPSHOT_BYTES) -> SignedSnapshot:
    """Read the envelope of a snapshot file.

    Raises:
        MalformedError: It is not one.
    """
    return SignedSnapshot(parse_envelope(data, "snapshot", SNAPSHOT_SCHEMA, max_bytes=max_bytes))


def claims_of(signed: SignedSnapshot) -> Snapshot:
    """Return what a snapshot says, whoever signed it: for who signs it, never for what comes from elsewhere.

    Raises:
        MalformedError: It is no snapshot, or its times contradict one another.
    """
    envelope = signed.envelope
    fields = Fields(envelope.document, "snapshot")
    ttl_s, grace_s = fields.integer("ttl_s", minimum=1), fields.integer("grace_s", minimum=1)
    issued_at, expires_at = fields.instant("issued_at"), fields.instant("expires_at")
    if not ttl_s <= grace_s <= _YEAR_S or issued_at.year > _LAST_YEAR or expires_at <= issued_at:
        raise MalformedError("快照的时间自相矛盾", "the snapshot's times contradict one another")
    no_checkpoint = fields.is_null("checkpoint")
    return Snapshot(
        version=fields.integer("version", minimum=1),
        issued_at=issued_at,
        expires_at=expires_at,
        ttl_for=timedelta(seconds=ttl_s),
        grace_for=timedelta(seconds=grace_s),
        checkpoint=None if no_checkpoint else fields.text("checkpoint", max_length=_MAX_CHECKPOINT),
        index=StatusIndex.parse(fields.object_("entries")),
        digest=envelope.digest,
        permits=PermitTable.parse(fields),
    )


def verify_snapshot(signed: SignedSnapshot, keys: PublicKeySet) -> Snapshot:
    """Return a snapshot that a trusted key has signed.

    Raises:
        BadSignatureError: None has, or the content was altered.
        MalformedError: It was signed, but is no snapshot, or its times contradict one another.
    """
    signed.envelope.check(keys, "snapshot")
    return claims_of(signed)
