"""The report on a scan's folder: evidence, ledger and judgements read, everything computed anew."""

from datetime import date
from pathlib import Path

from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.corpus.concluding import build_report
from openbeian.corpus.inspection import Judged, load_judgements
from openbeian.corpus.ledger import load_ledger
from openbeian.corpus.record import Begun, load_result
from openbeian.corpus.report import CorpusReport, Inputs, Origin
from openbeian.corpus.verdicts import Inspections

__all__ = ["report_of_scan"]


def report_of_scan(
    scan: Path, *, edition: Edition, on: date, ledger: Path | None = None, judgements: Path | None = None
) -> CorpusReport:
    """Return the report as of the day `on`; without `judgements` by what people handed in to the scan.

    Raises:
        BadInputError: The scan, the ledger or the judgements can't be read, or are of something else.
    """
    begun, scanned = load_result(scan)
    library = begun.commitment["keywords"]
    inspections = Inspections.read(scan)
    inputs = Inputs(
        edition=edition,
        on=on,
        ledger=load_ledger(ledger) if ledger else {},
        judgements=_judged(judgements, inspections) if judgements else inspections.judged(),
        agreement=inspections.agreement() if inspections.given and not judgements else None,
        keywords=f"{library['name']} {library['version']}".strip() if library else "",
        library=library,
        origin=_origin(begun, inspections),
    )
    return build_report(scanned, inputs)


def _origin(begun: Begun, inspections: Inspections) -> Origin:
    corpus = begun.commitment["corpus"]
    return Origin(
        files=corpus["files"],
        size=corpus["bytes"],
        manifest=corpus["manifest"],
        commitment=begun.digest,
        seed=begun.seed.hex(),
        seed_from=begun.source.kind,
        drawn=len(inspections.sample),
    )


def _judged(path: Path, inspections: Inspections) -> Judged:
    """Return the judgements in a file, which must be about documents that were drawn."""
    found = load_judgements(path)
    drawn = {(one.path, one.offset) for one in inspections.sample}
    others = sum(key not in drawn for key in found)
    if others:
        raise BadInputError(
            f"{path} 中有 {others} 条不在这次扫描的样本中；请核对扫描目录，或重新导出样本。",
            f"{path} has {others} documents that are not in the sample of this scan; check the scan's "
            "directory, or export the sample again.",
        )
    return found
