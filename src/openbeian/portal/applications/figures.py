"""The assessment's figures as a page shows them: number, interval, threshold, conclusion, and a bar."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from openbeian.assessment.plain import from_plain
from openbeian.assessment.report import CONCLUSION_LABELS, FORMAT, Conclusion, Report, Result
from openbeian.core.standard import Limit
from openbeian.core.text import Text
from openbeian.portal.applications.models import Version

__all__ = ["Figure", "figures_in", "report_from", "report_of"]

_TONES = {
    Conclusion.CONFORMS: ("ok", "check"),
    Conclusion.DOES_NOT_CONFORM: ("stop", "cross"),
    Conclusion.NOT_ASSESSED: ("off", "minus"),
}


class Figure(NamedTuple):
    """One result against its threshold; positions on the bar are percentages of its width."""

    result: Result
    label: Text
    tone: str
    icon: str
    required: str
    at: float
    low: float
    width: float
    limit: float


def report_of(version: Version | None) -> Report | None:
    """Return the report recomputed from the evidence of a version; None where there is none."""
    return None if version is None else report_from(version.report)


def report_from(kept: Mapping[str, Any] | None) -> Report | None:
    """Return a report as the database keeps it; None where there is none, or one of another format."""
    if not kept or kept.get("format") != FORMAT:
        return None
    return from_plain(Report, kept)


def figures_in(report: Report | None) -> list[Figure]:
    """Return the results in the report's order."""
    return [_figure(result) for result in report.results] if report else []


def _figure(result: Result) -> Figure:
    tone, icon = _TONES[result.conclusion]
    is_ceiling = result.limit is Limit.AT_MOST
    share = f"{result.required_rate:.0%}"
    low, high = result.wilson or (0.0, 0.0)
    return Figure(
        result=result,
        label=CONCLUSION_LABELS[result.conclusion],
        tone=tone,
        icon=icon,
        required=f"≤ {share}" if is_ceiling else f"≥ {share}",
        at=_points(result.rate or 0.0),
        low=_points(low),
        width=_points(high - low),
        limit=_points(result.required_rate),
    )


def _points(share: float) -> float:
    return round(share * 100, 2)
