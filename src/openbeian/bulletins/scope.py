"""What a bulletin is about: one round, or a period, of one jurisdiction or of all."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["Period", "RoundFacts", "Scope", "parse_period"]

_WRITTEN: Final = re.compile(r"(20\d\d)(?:Q([1-4])|H([12])|-(0[1-9]|1[0-2]))?")
_QUARTERS: Final = (Text("一", "first"), Text("二", "second"), Text("三", "third"), Text("四", "fourth"))
_HALVES: Final = (Text("上", "first"), Text("下", "second"))


@dataclass(frozen=True, slots=True)
class Period:
    """A year, half, quarter or month; its days are inclusive."""

    label: str
    """As it is written: `2026`, `2026H1`, `2026Q1`, `2026-03`."""
    since: date
    until: date
    text: Text


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A published round."""

    series: int
    name: Text
    place: str
    held_on: date
    issued_on: date
    """The day of its certificates."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A round or a period, and the jurisdiction it is looked at in; all of them where none is named."""

    jurisdiction: str = ""
    round: RoundFacts | None = None
    period: Period | None = None

    @property
    def last_day(self) -> date:
        """The last day of what is new."""
        if self.round is not None:
            return self.round.issued_on
        assert self.period is not None, "a scope is a round or a period"
        return self.period.until

    @property
    def day_before(self) -> date:
        """The last day of what is compared with."""
        if self.round is not None:
            return self.round.issued_on - timedelta(days=1)
        assert self.period is not None, "a scope is a round or a period"
        return self.period.since - timedelta(days=1)

    @property
    def slug(self) -> str:
        """What the bulletin's address ends with: `round-3-gd`, `2026q1`."""
        what = f"round-{self.round.series}" if self.round else self.period.label if self.period else ""
        return "-".join(part for part in (what, self.jurisdiction) if part).lower()


def parse_period(written: str) -> Period:
    """Read a period.

    Raises:
        BadInputError: It is none.
    """
    found = _WRITTEN.fullmatch(written.strip().upper())
    if found is None:
        raise BadInputError(
            f"「{written}」不是期间；请写成 2026、2026H1、2026Q1 或 2026-03。",
            f"“{written}” is no period; write 2026, 2026H1, 2026Q1 or 2026-03.",
        )
    year, quarter, half, month = int(found[1]), found[2], found[3], found[4]
    if quarter:
        first, months, order = 3 * int(quarter) - 2, 3, _QUARTERS[int(quarter) - 1]
        text = Text(f"{year} 年第{order.zh}季度", f"the {order.en} quarter of {year}")
    elif half:
        first, months, order = 6 * int(half) - 5, 6, _HALVES[int(half) - 1]
        text = Text(f"{year} 年{order.zh}半年", f"the {order.en} half of {year}")
    elif month:
        first, months = int(month), 1
        text = Text(f"{year} 年 {first} 月", f"{calendar.month_name[first]} {year}")
    else:
        first, months, text = 1, 12, Text(f"{year} 年", f"{year}")
    last = first + months - 1
    until = date(year, last, calendar.monthrange(year, last)[1])
    return Period(found[0], date(year, first, 1), until, text)
