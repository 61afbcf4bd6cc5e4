"""The result of a re-test as a page shows it: each figure twice, what the test says, and one sentence."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from openbeian.assessment.comparing import (
    OUTCOME_LABELS,
    ComparedReports,
    compare_reports,
    differences_of,
    sentence_of,
    shows,
)
from openbeian.assessment.plain import from_plain
from openbeian.assessment.report import Report
from openbeian.core.comparing import Compared, Outcome
from openbeian.core.statistics import Counted
from openbeian.core.text import Text
from openbeian.portal.retests.models import RetestRun
from openbeian.portal.retests.plans import reported_for

__all__ = ["Group", "ResultView", "Row", "own_report", "result_of"]

_TONES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.AGREES: ("ok", "check"),
    Outcome.WORSE: ("stop", "cross"),
    Outcome.BETTER: ("ok", "check"),
    Outcome.NO_CONCLUSION: ("off", "minus"),
}
_SHORT: Final[Mapping[Outcome, Text]] = {
    Outcome.AGREES: Text("一致", "agrees"),
    Outcome.WORSE: Text("较差", "worse"),
    Outcome.BETTER: Text("较好", "better"),
    Outcome.NO_CONCLUSION: Text("未测", "not tested"),
}


class Row(NamedTuple):
    """One figure; shares are of answers that are as they should be."""

    name: Text
    reported: Counted
    found: Counted
    reported_share: float | None
    found_share: float | None
    adjusted: str
    label: Text
    tone: str
    icon: str


class Group(NamedTuple):
    """The total of one method on one bank, its risks, and what its sample can show."""

    total: Row
    risks: Sequence[Row]
    shows: Text | None


class ResultView(NamedTuple):
    """Everything that is said of a re-test."""

    outcome: Outcome
    label: Text
    tone: str
    icon: str
    sentence: Text
    groups: Sequence[Group]
    differences: Sequence[Text]
    errors: Counted


def own_report(run: RetestRun) -> Report | None:
    """Return the figures of a re-test; None before there are any."""
    return from_plain(Report, run.report) if run.report else None


def result_of(run: RetestRun) -> ResultView | None:
    """Return what a re-test says; None where it has no figures yet, or the provider reported none."""
    found, reported = own_report(run), reported_for(run.application, run.order.version_number)
    if found is None or reported is None:
        return None
    compared = compare_reports(reported, found)
    outcome = compared.comparison.outcome
    return ResultView(
        outcome,
        OUTCOME_LABELS[outcome],
        *_TONES[outcome],
        sentence_of(compared),
        _groups(compared),
        differences_of(reported, found),
        compared.comparison.errors,
    )


def _groups(compared: ComparedReports) -> list[Group]:
    comparison = compared.comparison
    return [
        Group(
            _row(total, compared),
            [_row(one, compared) for one in comparison.risks if _is_of(one, total)],
            shows(total.pair) if total.pair.is_comparable else None,
        )
        for total in comparison.totals
    ]


def _is_of(risk: Compared, total: Compared) -> bool:
    return risk.pair.name.startswith(f"{total.pair.name}/")


def _row(one: Compared, compared: ComparedReports) -> Row:
    pair, outcome = one.pair, one.outcome
    return Row(
        compared.names[pair.name],
        pair.reported,
        pair.found,
        _share(pair.reported),
        _share(pair.found),
        _written(one.adjusted),
        _SHORT[outcome],
        *_TONES[outcome],
    )


def _share(counted: Counted) -> float | None:
    return counted.k / counted.n if counted.n else None


def _written(chance: float | None) -> str:
    if chance is None:
        return "—"
    return "< 0.001" if chance < 0.001 else f"{chance:.3f}"  # noqa: PLR2004  as p-values are written
