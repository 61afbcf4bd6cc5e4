"""The outbox: an entry is written in the transaction of what it tells of, and published afterwards."""

from collections.abc import Mapping
from datetime import datetime

from openbeian.portal.log.models import Entry
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.log_entry import LogEntry
from openbeian_gate.verify.merkle import leaf_hash

__all__ = ["append"]


def append(
    kind: str,
    subject: str,
    *,
    facts: Mapping[str, JSONValue],
    hashes: Mapping[str, str],
    at: datetime,
) -> Entry:
    """Put an entry into the outbox. The log is for ever: only hashes and public facts may go in."""
    leaf = LogEntry(kind=kind, at=at, subject=subject, facts=facts, hashes=hashes).leaf()
    return Entry.objects.create(
        kind=kind, at=at, subject=subject, body=leaf.decode(), leaf_hash=leaf_hash(leaf).hex()
    )
