"""The assessment behind a dossier: evidence read once, figures recomputed, signature checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openbeian.assessment.report import Report
from openbeian.assessment.reporting import build_report
from openbeian.core.errors import DomainError
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.dossier.reading.remembered import Remembered
from openbeian.evidence import ChainReader, Finding, verify_records
from openbeian_gate.errors import GateError
from openbeian_gate.verify.dsse import parse_dsse, verify_dsse
from openbeian_gate.verify.keys import parse_keys

__all__ = ["Assessed", "SignatureState", "assess_evidence", "check_signature"]

_EVIDENCE_FILE = "evidence.jsonl"
_ASSESSED: "Remembered[Assessed]" = Remembered(most=16)
SignatureState = Text | None
"""None for a good signature over this evidence's head; otherwise what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What one evidence file says: a report, or why there can be none; and what is odd about its records."""

    report: Report | None
    problem: Text | None
    findings: Sequence[Finding] = ()


def assess_evidence(path: Path, edition: Edition) -> Assessed:
    """Recompute the report from the evidence at `path` and check its records; the same evidence once."""
    try:
        return _ASSESSED.of_file(path, lambda: _assess(path, edition), edition.id, edition.profile_name)
    except OSError as error:
        return Assessed(
            None,
            Text(
                f"{path.name} 无法读取（{error.strerror}）；请检查权限",
                f"{path.name} can't be read ({error.strerror}); check its rights",
            ),
        )


def _assess(path: Path, edition: Edition) -> Assessed:
    try:
        report = build_report(ChainReader(path), edition=edition)
        return Assessed(report, None, tuple(verify_records(ChainReader(path))))
    except DomainError as error:
        return Assessed(None, error.text)


def check_signature(envelope: bytes, keys: bytes, head: str, *, file: str = _EVIDENCE_FILE) -> SignatureState:
    """Say what is wrong with the signature over an evidence file's last line, or None where nothing is."""
    try:
        statement = verify_dsse(parse_dsse(envelope), parse_keys(keys))
    except GateError as error:
        return Text(f"签名无效：{error.text.zh}", f"The signature does not hold: {error.text.en}")
    if statement.subjects.get(file) != head:
        return Text("签名对应的不是这份证据", "The signature is over other evidence")
    return None
