"""Reports as files: made from the evidence in a run's directory, and read back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.assessment.committed import edition_named
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.report import DrawReport, Report
from openbeian.assessment.report_html import render_html
from openbeian.assessment.reporting import build_report
from openbeian.assessment.tally import Tally
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.core.text import LANGUAGES
from openbeian.evidence import ChainReader, Draw, Record, RecordKind

__all__ = [
    "CountedReport",
    "SignHead",
    "counted_report",
    "draws_elsewhere",
    "load_report",
    "report_of",
    "write_reports",
]

SignHead = Callable[[str, datetime], bytes]
"""Takes the hash of the evidence's last line and the time, gives the bytes of `head.dsse.json`."""

_EVIDENCE: Final = "evidence.jsonl"


class CountedReport(NamedTuple):
    """A report with the counts and the edition it was computed from."""

    report: Report
    tally: Tally
    edition: Edition


def report_of(evidence: Path, *, others: bool = False) -> Report:
    """Return the report on an evidence file, computed anew; nothing is written.

    Args:
        evidence: the file.
        others: also look for draws over the same commitment in the runs beside this one.

    Raises:
        BadInputError: The evidence is broken or under an edition that is not known here.
    """
    return counted_report(evidence, others=others).report


def counted_report(evidence: Path, *, others: bool = False, edition: Edition | None = None) -> CountedReport:
    """Return the report as `report_of` does, and the counts it was computed from.

    Args:
        evidence: the file.
        others: as for `report_of`.
        edition: the edition that the evidence has to be under; any, where none is given.

    Raises:
        BadInputError: As `report_of`; or the evidence is under another edition.
    """
    committed = _first(evidence)
    elsewhere = tuple(draws_elsewhere(evidence, committed.string("commitment"))) if others else ()
    edition = edition or edition_named(committed.mapping("of"))
    reader = ChainReader(evidence, drop_torn=True)
    tally = Tally.count(reader)
    report = build_report(reader, edition=edition, elsewhere=elsewhere, tally=tally)
    return CountedReport(report, tally, edition)


def write_reports(directory: RunDirectory, *, at: datetime, sign_head: SignHead | None = None) -> Report:
    """Make the report of a run and write it as JSON and as pages; sign the evidence's head."""
    report = report_of(directory.evidence, others=True)
    if sign_head is not None:
        directory.put(directory.head, sign_head(report.evidence.head, at))
    for language in LANGUAGES:
        directory.put(directory.page(language), render_html(report, language).encode())
    directory.put(directory.report, report.to_bytes())
    return report


def load_report(out: Path) -> Report:
    """Return the report that was written in a run's directory.

    Raises:
        BadInputError: There is none, or it is not readable.
    """
    path = RunDirectory(out).report
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"{path} 无法读取（{error.strerror}）；请核对目录，或先完成评估。",
            f"{path} can't be read ({error.strerror}); check the directory, or finish the run first.",
        ) from error
    return Report.parse(data)


def draws_elsewhere(evidence: Path, commitment: str) -> Iterator[DrawReport]:
    """Yield the draws over a commitment in the runs beside this one: the same bank drawn again."""
    here = evidence.resolve()
    for other in sorted(here.parent.parent.glob(f"*/{_EVIDENCE}")):
        if other != here:
            yield from _draws_over(other, commitment)


def _draws_over(evidence: Path, commitment: str) -> Iterator[DrawReport]:
    try:
        for record in ChainReader(evidence, drop_torn=True):
            if record.kind not in {RecordKind.COMMITMENT, RecordKind.DRAW}:
                return
            if record.string("commitment") != commitment:
                return
            if record.kind is RecordKind.DRAW:
                draw = Draw.parse(record)
                yield DrawReport.of(draw, at=record.at, run=evidence.parent.name)
    except (BadInputError, OSError):
        # What is no evidence holds no draw; it is the business of who looks at that run.
        return


def _first(evidence: Path) -> Record:
    try:
        for record in ChainReader(evidence, drop_torn=True):
            record.string("commitment")
            return record
    except OSError as error:
        raise BadInputError(
            f"{evidence} 无法读取（{error.strerror}）；请核对路径。",
            f"{evidence} can't be read ({error.strerror}); check the path.",
        ) from error
    raise BadInputError(f"{evidence} 是空的；请重新评估。", f"{evidence} is empty; run the assessment again.")
