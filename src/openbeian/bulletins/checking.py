"""Recomputing a bulletin: is each of its figures found again in the open data?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from openbeian.bulletins.document import Bulletin, Chart, Figure
from openbeian.core.bulletin_figures import Query, Recount, Value, rests_on_office_days
from openbeian.core.text import Text

__all__ = ["OUTCOME_LABELS", "Checked", "Outcome", "check"]

Outcome = Literal["found", "differs", "not checked"]

OUTCOME_LABELS: Final[dict[Outcome, Text]] = {
    "found": Text("找到", "found"),
    "differs": Text("不同", "differs"),
    "not checked": Text("未核对", "not checked"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one figure, or of one chart's table."""

    name: str
    outcome: Outcome
    stated: Value
    counted: Value
    query: Query


def check(bulletin: Bulletin, recount: Recount, *, knows_office_days: bool = True) -> list[Checked]:
    """Count every figure and every chart's table anew.

    Where the days each office took are not at hand, what rests on them is `not checked`, which is no success.
    """
    results = [
        _figure(name, figure, recount)
        if knows_office_days or not rests_on_office_days(figure.query)
        else Checked(name, "not checked", figure.value, None, figure.query)
        for name, figure in bulletin.figures.items()
    ]
    for chart in bulletin.charts:
        if knows_office_days or not rests_on_office_days(chart.query):
            results.append(_table(chart, recount))
        else:
            results.append(Checked(_named(chart), "not checked", len(chart.rows), None, chart.query))
    return results


def _figure(name: str, figure: Figure, recount: Recount) -> Checked:
    counted = recount.value(figure.query)
    outcome: Outcome = "found" if _is_same(figure.value, counted) else "differs"
    return Checked(name, outcome, figure.value, counted, figure.query)


def _table(chart: Chart, recount: Recount) -> Checked:
    counted = recount.table(chart.query)
    outcome: Outcome = "found" if _are_same(chart.rows, counted) else "differs"
    return Checked(_named(chart), outcome, len(chart.rows), len(counted), chart.query)


def _named(chart: Chart) -> str:
    return f"chart:{chart.id}"


def _are_same(stated: Sequence[tuple[Value, ...]], counted: Sequence[tuple[Value, ...]]) -> bool:
    return len(stated) == len(counted) and all(
        len(one) == len(other) and all(map(_is_same, one, other))
        for one, other in zip(stated, counted, strict=True)
    )


def _is_same(stated: Value, counted: Value) -> bool:
    """Compare as JSON does, which knows one kind of number, and never takes true for 1."""
    return stated == counted and isinstance(stated, bool) == isinstance(counted, bool)
