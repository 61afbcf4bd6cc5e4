"""The hash-chained record of a run: commitments, draws, answers, verdicts, and their verification.

Signing comes in from outside as a `Signer`; nothing here holds a key.
"""

from openbeian.evidence.chain import ChainReader, ChainWriter, is_being_written
from openbeian.evidence.commitment import Commitment, Seal
from openbeian.evidence.draws import Draw, SeedSource, derive_seed, draw_sample
from openbeian.evidence.records import FIRST_PREV, Record, RecordKind, canonical_line, parse_line
from openbeian.evidence.signing import Signer
from openbeian.evidence.verification import Finding, check_redraw, verify_records

__all__ = [
    "FIRST_PREV",
    "ChainReader",
    "ChainWriter",
    "Commitment",
    "Draw",
    "Finding",
    "Record",
    "RecordKind",
    "Seal",
    "SeedSource",
    "Signer",
    "canonical_line",
    "check_redraw",
    "derive_seed",
    "draw_sample",
    "is_being_written",
    "parse_line",
    "verify_records",
]
