"""The report on a scan's folder: evidence, ledger and judgements read, everything computed anew."""

from datetime import date
from pathlib import Path

from openbeian.core.standard import Edition
from openbeian.corpus.concluding import build_report
from openbeian.corpus.inspection import load_judgements
from openbeian.corpus.ledger import load_ledger
from openbeian.corpus.record import load_result
from openbeian.corpus.report import CorpusReport, Inputs
from openbeian.corpus.verdicts import Inspections

__all__ = ["report_of_scan"]


def report_of_scan(
    scan: Path, *, edition: Edition, on: date, ledger: Path | None = None, judgements: Path | None = None
) -> CorpusReport:
    """Return the report as of the day `on`; without `judgements` by what people handed in to the scan.

    Raises:
        BadInputError: The scan, the ledger or the judgements can't be read.
    """
    begun, scanned = load_result(scan)
    library = begun.commitment["keywords"]
    inspections = Inspections.read(scan)
    inputs = Inputs(
        edition=edition,
        on=on,
        ledger=load_ledger(ledger) if ledger else {},
        judgements=load_judgements(judgements) if judgements else inspections.judged(),
        agreement=inspections.agreement() if inspections.given and not judgements else None,
        keywords=f"{library['name']} {library['version']}".strip() if library else "",
    )
    return build_report(scanned, inputs)
