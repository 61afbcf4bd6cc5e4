"""The proof that an entry is in the log, recomputed step by step so that a page can show every step."""

from typing import NamedTuple

from django.conf import settings

from openbeian.portal.log.models import Entry
from openbeian.portal.log.sequencer import open_log
from openbeian_gate.errors import GateError
from openbeian_gate.verify.keys import load_keys
from openbeian_gate.verify.merkle import check_inclusion, inclusion_steps
from openbeian_gate.verify.note import ED25519_KIND, signatures_by
from openbeian_gate.verify.proof import Proof as FileProof
from openbeian_gate.verify.proof import parse_proof
from openbeian_gate.verify.verifier_key import VerifierKey

__all__ = ["Proof", "Step", "prove"]


class Step(NamedTuple):
    """One step towards the root, in hexadecimal."""

    number: int
    """From 1."""
    sibling: str
    is_left: bool
    parent: str


class Proof(NamedTuple):
    """An entry's leaf hash, the steps that lead from it to the root, and the root that was signed."""

    size: int
    leaf_hash: str
    steps: tuple[Step, ...]
    root: str
    checkpoint: str
    file: str
    """The `.tlog-proof` file, word for word."""
    key: str
    """The verifier key that signed the checkpoint; empty where the published keys don't hold it."""


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
    file = log.proof_file(entry.index)
    parsed, leaf = parse_proof(file), bytes.fromhex(entry.leaf_hash)
    check_inclusion(entry.index, checkpoint.size, leaf, parsed.path, checkpoint.root)
    steps = inclusion_steps(entry.index, checkpoint.size, leaf, parsed.path)
    return Proof(
        size=checkpoint.size,
        leaf_hash=entry.leaf_hash,
        steps=tuple(
            Step(number, one.sibling.hex(), one.is_left, one.parent.hex())
            for number, one in enumerate(steps, 1)
        ),
        root=checkpoint.root.hex(),
        checkpoint=checkpoint.note,
        file=file.decode(),
        key=_key_of(parsed),
    )


def _key_of(proof: FileProof) -> str:
    checkpoint = proof.checkpoint
    try:
        keys = load_keys(settings.BEIAN_HOME / "public" / "keys.json")
    except (GateError, OSError):
        return ""
    for key, _ in signatures_by(checkpoint.note, checkpoint.origin, ED25519_KIND, keys, "log"):
        return str(VerifierKey(checkpoint.origin, ED25519_KIND, key))
    return ""
