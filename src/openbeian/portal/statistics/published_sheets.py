"""Totals that others have published: each source in a row of its own, never averaged or added to ours."""

import calendar
from collections.abc import Sequence
from datetime import date

from openbeian.core.text import Text
from openbeian.portal.statistics.sheets import Column, Sheet
from openbeian.published import SERIES_LABELS, PublishedTotal, load_qualities
from openbeian.standards import load_jurisdictions

__all__ = ["disagreeing", "published_totals"]

_NATION = Text("全国", "The nation")


def published_totals(totals: Sequence[PublishedTotal]) -> Sheet:
    """List the totals by place, series and date, and say which disagree."""
    order = ["CN", *load_jurisdictions()]
    rows = sorted(totals, key=lambda one: (order.index(one.scope), one.series.value, _span(one.on)))
    at_odds = disagreeing(rows)
    return Sheet(
        "published-totals",
        Text("他处公布的总数", "Totals published by others"),
        Text(
            f"{len(rows)} 个总数来自 {len({one.source.id for one in rows})} 个来源；"
            f"其中 {len(at_odds)} 个与另一来源不一致，并列示出。",
            f"{len(rows)} totals from {len({one.source.id for one in rows})} sources; {len(at_odds)} of them "
            "disagree with another source and stand side by side.",
        ),
        Text(
            "照录各来源，不取平均，不与本登记册的计数合并。同一范围、同一序列，同期而数目不同，或较晚的反而较少，"
            "即标为不一致；累计数一般只增不减。",
            "As each source states it, never averaged and never merged with the counts of this "
            "register. Two totals "
            "of one place and series disagree where they are of the same time and differ, or the "
            "later one is the "
            "smaller: what is added up over years hardly ever falls.",
        ),
        (
            Column("scope", Text("范围", "Scope"), is_number=False),
            Column("series", Text("序列", "Series"), is_number=False),
            Column("on", Text("截至", "As of"), is_number=False),
            Column("total", Text("总数", "Total"), is_drawn=True),
            Column("new", Text("其中新增", "Of them new")),
            Column("source", Text("来源", "Source"), is_number=False),
            Column("quality", Text("说明", "How well known"), is_number=False),
            Column("disagrees", Text("一致与否", "Agreement"), is_number=False),
        ),
        [_line(one, is_at_odds=one in at_odds) for one in rows],
    )


def _line(one: PublishedTotal, *, is_at_odds: bool) -> tuple[Text | str | int, ...]:
    scope = _NATION if one.scope == "CN" else load_jurisdictions()[one.scope].short
    return (
        scope,
        SERIES_LABELS[one.series],
        one.on,
        one.total,
        "" if one.added is None else one.added,
        one.source.text,
        load_qualities()[one.quality],
        Text("与另一来源不一致", "disagrees with another source") if is_at_odds else Text("—", "—"),
    )


def disagreeing(totals: Sequence[PublishedTotal]) -> list[PublishedTotal]:
    """Return the totals that another one of the same place and series contradicts, in the order given."""
    return [one for one in totals if any(_contradict(one, other) for other in totals)]


def _contradict(one: PublishedTotal, other: PublishedTotal) -> bool:
    if (one.scope, one.series) != (other.scope, other.series) or one.total == other.total:
        return False
    earlier, later = sorted((one, other), key=lambda total: _span(total.on))
    (_, ends), (begins, _) = _span(earlier.on), _span(later.on)
    return later.total < earlier.total or (begins <= ends and "at_least" not in {one.quality, other.quality})


def _span(on: str) -> tuple[date, date]:
    """Return the first and last day that a day or a month means."""
    year, month, *day = map(int, on.split("-"))
    if day:
        return date(year, month, day[0]), date(year, month, day[0])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
