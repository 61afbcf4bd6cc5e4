"""What the register role publishes: the snapshot as filings come, the status list as they change."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tuf.api.metadata import TargetFile, Targets

from openbeian.trust.keys import Signer, sign_with
from openbeian.trust.repository.drafting import target_of
from openbeian.trust.repository.roles import SNAPSHOT, STATUSES
from openbeian_gate.verify.canonical import JSONValue, canonical
from openbeian_gate.verify.envelope import build_envelope, signed_bytes
from openbeian_gate.verify.snapshot import Snapshot, claims_of, parse_snapshot
from openbeian_gate.verify.status_list import STATUS_LIST_SCHEMA, ListedSnapshot, status_list_document

__all__ = ["RegisterFiles", "register_files"]

_VOLATILE: Final = frozenset({"version", "issued_at", "expires_at", "checkpoint"})
"""What differs from one snapshot to the next although nothing is filed; the status list has it anew."""


class RegisterFiles(NamedTuple):
    """The two targets, and the content of those that are new."""

    targets: Mapping[str, TargetFile]
    new: Mapping[str, bytes]


def register_files(
    signed: bytes, signers: Sequence[Signer], *, published: Targets | None, at: datetime
) -> RegisterFiles:
    """Return what to publish for a signed snapshot, keeping of `published` what still says the same.

    Args:
        signed: The snapshot as it stands at `at`.
        signers: Who signs documents of the register; gates know their keys for snapshots.
        published: The register role's targets so far.
        at: The time.
    """
    parsed = parse_snapshot(signed)
    snapshot = claims_of(parsed)
    held = {} if published is None else published.targets
    stable = _stable_digest(parsed.envelope.document)
    new: dict[str, bytes] = {}
    base = held.get(SNAPSHOT)
    if base is None or base.custom["stable"] != stable:
        custom = {
            "stable": stable,
            "digest": snapshot.digest,
            "version": str(snapshot.version),
        }
        base = target_of(SNAPSHOT, signed, custom)
        new[SNAPSHOT] = signed
    statuses = held.get(STATUSES)
    content = _content(snapshot, base)
    if statuses is None or statuses.custom["content"] != content:
        data = _status_list(snapshot, base, signers, at=at)
        statuses = target_of(STATUSES, data, {"content": content})
        new[STATUSES] = data
    return RegisterFiles({SNAPSHOT: base, STATUSES: statuses}, new)


def _status_list(snapshot: Snapshot, base: TargetFile, signers: Sequence[Signer], *, at: datetime) -> bytes:
    document = status_list_document(
        snapshot.index,
        version=snapshot.version,
        issued_at=at,
        of=ListedSnapshot(int(base.custom["version"]), base.custom["digest"]),
        checkpoint=snapshot.checkpoint,
    )
    return build_envelope(
        "statuses", document, sign_with(signers, signed_bytes(STATUS_LIST_SCHEMA, document))
    )


def _stable_digest(document: Mapping[str, JSONValue]) -> str:
    """Return a digest of everything but what changes although nothing is filed."""
    entries = document["entries"]
    assert isinstance(entries, dict), "a parsed snapshot has entries"
    kept = {name: value for name, value in document.items() if name not in _VOLATILE}
    kept["entries"] = {name: value for name, value in entries.items() if name != "statuses"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _content(snapshot: Snapshot, base: TargetFile) -> str:
    facts = [base.custom["digest"], snapshot.index.to_json()["statuses"], snapshot.checkpoint]
    return hashlib.sha256(canonical(facts)).hexdigest()
