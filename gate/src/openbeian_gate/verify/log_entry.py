"""An entry of the public log: public facts and hashes, in canonical JSON. Its bytes are the leaf."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import JSONValue, canonical, parse_json
from openbeian_gate.verify.fields import Fields, format_instant

__all__ = ["LOG_ENTRY_SCHEMA", "MAX_LEAF_BYTES", "LogEntry", "parse_log_entry"]

LOG_ENTRY_SCHEMA: Final = "openbeian.log-entry/1"
MAX_LEAF_BYTES: Final = (1 << 16) - 1
"""Tiles carry entries with a length of two bytes."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What happened, when, to what; and hashes of what is not itself public."""

    kind: str
    at: datetime
    subject: str
    facts: Mapping[str, JSONValue] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)

    def leaf(self) -> bytes:
        """Return the bytes that go into the log."""
        return canonical(
            {
                "schema": LOG_ENTRY_SCHEMA,
                "kind": self.kind,
                "at": format_instant(self.at),
                "subject": self.subject,
                "facts": dict(self.facts),
                "hashes": dict(self.hashes),
            }
        )


def parse_log_entry(leaf: bytes) -> LogEntry:
    """Read a leaf of the log.

    Raises:
        MalformedError: It is not an entry, or not written in the one canonical way.
    """
    value = parse_json(leaf, max_bytes=MAX_LEAF_BYTES)
    fields = Fields(value, "entry")
    fields.check_only("schema", "kind", "at", "subject", "facts", "hashes")
    fields.choice("schema", [LOG_ENTRY_SCHEMA])
    hashes = fields.object_("hashes")
    entry = LogEntry(
        kind=fields.text("kind"),
        at=fields.instant("at"),
        subject=fields.text("subject"),
        facts=fields.raw("facts"),
        hashes={name: hashes.sha256(name) for name in fields.raw("hashes")},
    )
    if canonical(value) != leaf:
        raise MalformedError("日志条目不是规范 JSON", "the log entry is not canonical JSON")
    return entry
