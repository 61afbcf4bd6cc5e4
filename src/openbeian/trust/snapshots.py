"""Snapshots of the register: built from the filings, and signed with a version that only grows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.trust.keys import Signer, sign_with
from openbeian_gate.verify.envelope import build_envelope, signed_bytes
from openbeian_gate.verify.index import FilingRow, Status, StatusIndex, service_hash
from openbeian_gate.verify.permits import Permit, PermitTable, hash_tester
from openbeian_gate.verify.snapshot import SNAPSHOT_SCHEMA, snapshot_document

__all__ = ["FilingRow", "Permit", "SnapshotRows", "Status", "hash_tester", "service_hash", "sign_snapshot"]


class SnapshotRows(NamedTuple):
    """What a snapshot says: how filings and sandbox permits stand."""

    filings: Iterable[FilingRow]
    permits: Iterable[Permit] = ()


def sign_snapshot(
    filings: Iterable[FilingRow],
    *signers: Signer,
    version: int,
    after: int | None,
    at: datetime,
    ttl_for: timedelta,
    grace_for: timedelta,
    checkpoint: str | None = None,
    permits: Iterable[Permit] = (),
) -> bytes:
    """Return the snapshot file of `filings` as they stand at `at`.

    Args:
        filings: Every filing there has ever been; what is left out reads as never filed.
        signers: Who signs.
        version: Of this snapshot.
        after: The version published before; None for the first.
        at: When the filings stood so.
        ttl_for: How long gates may take it for the present. A new version is due by then.
        grace_for: How long they may go on serving what it calls valid while no newer one can be had.
        checkpoint: The log's checkpoint, a signed note.
        permits: The sandbox permits that hold, will hold, or ended not long ago.

    Raises:
        BadInputError: The version does not grow, or the grace is shorter than the time to live.
        MalformedError: A number is listed twice, empty, or too long.
    """
    if version <= (after or 0):
        raise BadInputError(
            f"快照版本 {version} 必须大于已发布的 {after or 0}；请取下一个版本号。",
            f"Snapshot version {version} must be above the published {after or 0}; take the next number.",
        )
    if not timedelta(seconds=1) <= ttl_for <= grace_for:
        raise BadInputError(
            "快照的有效时长须至少一秒，且不长于宽限时长；请调整这两个时长。",
            "A snapshot's time to live must be at least a second and at most its grace; change the two.",
        )
    document = snapshot_document(
        StatusIndex.build(filings),
        version=version,
        issued_at=at,
        expires_at=at + grace_for,
        ttl_for=ttl_for,
        grace_for=grace_for,
        checkpoint=checkpoint,
        permits=PermitTable(permits),
    )
    signatures = sign_with(signers, signed_bytes(SNAPSHOT_SCHEMA, document))
    return build_envelope("snapshot", document, signatures)
