"""The status list: how the filings of one snapshot stand at a later moment, two bits each, signed.

A snapshot lists every filing and service, which rarely change; a measure changes two bits. A gate that holds
the snapshot fetches only this list, some 50 kB for a million filings. The statuses are packed as in the
snapshot's own index (`openbeian_gate.verify.index`), in the order of its rows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from openbeian_gate.errors import MixedError
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.envelope import Envelope, parse_envelope
from openbeian_gate.verify.fields import Fields, format_instant
from openbeian_gate.verify.index import StatusIndex
from openbeian_gate.verify.keys import PublicKeySet

__all__ = [
    "MAX_STATUS_LIST_BYTES",
    "STATUS_LIST_SCHEMA",
    "ListedSnapshot",
    "SignedStatusList",
    "StatusList",
    "parse_status_list",
    "status_list_document",
    "verify_status_list",
]

STATUS_LIST_SCHEMA: Final = "openbeian.statuses/1"
MAX_STATUS_LIST_BYTES: Final = 1 << 22
_MAX_CHECKPOINT: Final = 1 << 17


class ListedSnapshot(NamedTuple):
    """The snapshot that a list is of."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class StatusList:
    """How the filings of a snapshot stand."""

    version: int
    issued_at: datetime
    of: ListedSnapshot
    checkpoint: str | None
    """The log's checkpoint at that moment, a signed note; None where there is no log."""
    fields: Fields
    """With the members `count` and `statuses`, not looked at yet."""
    digest: str

    def over(self, index: StatusIndex, *, digest: str) -> StatusIndex:
        """Return the index of the snapshot named by `digest`, with these statuses.

        Raises:
            MixedError: The list is of another snapshot.
            MalformedError: The statuses do not fit.
        """
        if digest != self.of.digest:
            raise MixedError(
                "状态表属于另一份快照，已拒用；请检查登记册仓库是否完整。",
                "The status list is of another snapshot and is not used; check the register's repository.",
            )
        return index.with_statuses(self.fields)


@dataclass(frozen=True, slots=True)
class SignedStatusList:
    """A status list as it claims to be."""

    claims: StatusList
    envelope: Envelope


def status_list_document(
    index: StatusIndex, *, version: int, issued_at: datetime, of: ListedSnapshot, checkpoint: str | None
) -> dict[str, JSONValue]:
    """Return the document that is signed."""
    return {
        "schema": STATUS_LIST_SCHEMA,
        "version": version,
        "issued_at": format_instant(issued_at),
        "snapshot": {"version": of.version, "digest": of.digest},
        "checkpoint": checkpoint,
        **index.statuses_to_json(),
    }


def parse_status_list(data: bytes) -> SignedStatusList:
    """Read a status list file.

    Raises:
        MalformedError: It is not one.
    """
    envelope = parse_envelope(data, "statuses", STATUS_LIST_SCHEMA, max_bytes=MAX_STATUS_LIST_BYTES)
    fields = Fields(envelope.document, "statuses")
    of = fields.object_("snapshot")
    no_checkpoint = fields.is_null("checkpoint")
    claims = StatusList(
        version=fields.integer("version", minimum=1),
        issued_at=fields.instant("issued_at"),
        of=ListedSnapshot(of.integer("version", minimum=1), of.sha256("digest")),
        checkpoint=None if no_checkpoint else fields.text("checkpoint", max_length=_MAX_CHECKPOINT),
        fields=fields,
        digest=envelope.digest,
    )
    return SignedStatusList(claims, envelope)


def verify_status_list(signed: SignedStatusList, keys: PublicKeySet) -> StatusList:
    """Return a status list that a key trusted for snapshots has signed.

    Raises:
        BadSignatureError: None has, or the content was altered.
    """
    signed.envelope.check(keys, "snapshot")
    return signed.claims
