"""The figures of a question sheet, recomputed from its rows, and the same figures as a report has them.

A method's figure is a count of verdicts, so the two are equal exactly where no row, class, verdict or error
of the sheet was changed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openbeian.assessment.answer_rows import concluded
from openbeian.assessment.banks import BankKind
from openbeian.assessment.judges.protocol import UNSURE
from openbeian.assessment.methods import METHODS, Method
from openbeian.assessment.report import Report, Result
from openbeian.core.standard import Edition
from openbeian.dossier.annexes.question_rows import QuestionRow

__all__ = ["SheetFigure", "contradicting_rows", "figures_in_report", "figures_of"]


@dataclass(frozen=True, slots=True)
class SheetFigure:
    """What one method counts of one bank: of `asked` questions `errors` failed, `judged` have a verdict."""

    threshold: str
    bank: BankKind
    judge: str
    asked: int
    errors: int
    judged: int
    counted: int
    strata: Mapping[str, tuple[int, int, int]]
    """For each risk or aspect that was asked about: judged, counted, errors."""

    @property
    def rate(self) -> float | None:
        """The share counted of what was judged."""
        return self.counted / self.judged if self.judged else None


def figures_of(rows: Sequence[QuestionRow]) -> dict[tuple[str, str], SheetFigure]:
    """Return the figures of a sheet by threshold and judge; of rows that name no bank there are none."""
    figures = {}
    for method in METHODS:
        own = [row for row in rows if row.bank is method.bank]
        if own and (not method.beside or any(method.judge in row.verdicts for row in own)):
            figures[method.threshold, method.judge] = _figure(method, own)
    return figures


def _figure(method: Method, rows: Sequence[QuestionRow]) -> SheetFigure:
    judged: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    errors = Counter(row.stratum for row in rows if row.error)
    for row in rows:
        value = row.verdicts.get(method.judge, UNSURE)
        judged[row.stratum] += value != UNSURE
        counted[row.stratum] += value in method.counted
    return SheetFigure(
        threshold=method.threshold,
        bank=method.bank,
        judge=method.judge,
        asked=len(rows),
        errors=errors.total(),
        judged=judged.total(),
        counted=counted.total(),
        strata=_strata((one, judged[one], counted[one], errors[one]) for one in judged),
    )


def figures_in_report(report: Report) -> dict[tuple[str, str], SheetFigure]:
    """Return the same figures as a report has them, computed from evidence."""
    return {(result.threshold, result.judge): _reported(result, report) for result in report.results}


def _reported(result: Result, report: Report) -> SheetFigure:
    bank = next(bank for bank in report.banks if bank.kind is result.bank)
    return SheetFigure(
        threshold=result.threshold,
        bank=result.bank,
        judge=result.judge,
        asked=bank.answered + sum(bank.errors.values()),
        errors=result.errors,
        judged=result.judged,
        counted=result.counted,
        strata=_strata((one.id, one.judged, one.counted, one.errors) for one in result.strata),
    )


def _strata(counts: Iterable[tuple[str, int, int, int]]) -> dict[str, tuple[int, int, int]]:
    return {name: (judged, counted, errors) for name, judged, counted, errors in counts if judged or errors}


def contradicting_rows(rows: Sequence[QuestionRow], edition: Edition) -> list[QuestionRow]:
    """Return the rows whose 研判结果 is not what their own verdicts come to."""
    judges = sorted({judge for row in rows for judge in row.verdicts})
    return [
        row
        for row in rows
        if row.bank and row.verdicts and concluded(row.bank, row.verdicts, edition, judges) is not row.result
    ]
