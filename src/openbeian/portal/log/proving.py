"""The proof that an entry is in the log, recomputed step by step so that a page can show every step."""

from typing import NamedTuple

from openbeian.portal.log.models import Entry
from openbeian.portal.log.sequencer import open_log
from openbeian_gate.verify.merkle import check_inclusion

__all__ = ["Proof", "prove"]


class Proof(NamedTuple):
    """An entry's leaf hash, the hashes that lead from it to the root, and the root that was signed."""

    size: int
    leaf_hash: str
    path: tuple[str, ...]
    root: str
    checkpoint: str


def prove(entry: Entry) -> Proof | None:
    """Return the proof of a published entry, checked; None before the next checkpoint.

    Raises:
        CouldNotRunError: The log's files are damaged.
        BadProofError: They don't show the entry.
    """
    log = open_log()
    checkpoint = log.checkpoint
    if entry.index is None or checkpoint is None or entry.index >= checkpoint.size:
        return None
    path = log.inclusion_proof(entry.index)
    check_inclusion(entry.index, checkpoint.size, bytes.fromhex(entry.leaf_hash), path, checkpoint.root)
    return Proof(
        size=checkpoint.size,
        leaf_hash=entry.leaf_hash,
        path=tuple(one.hex() for one in path),
        root=checkpoint.root.hex(),
        checkpoint=checkpoint.note,
    )
