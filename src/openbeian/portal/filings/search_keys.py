"""The keys of the register's index: they sort as the register does, by day, then by the number of the row."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

__all__ = ["Span", "Window", "day_and_id", "first_key", "key_of", "months_back", "years_back"]

_ID_BITS: Final = 36
_DAY_ZERO: Final = date(2000, 1, 1)
_DECEMBER: Final = 12


class Window(NamedTuple):
    """Which keys to look at, from `since` to before `before`."""

    since: int
    before: int


class Span(NamedTuple):
    """Months or a year, as the index names them: the tokens of which its entries have one, and its keys."""

    tokens: tuple[str, ...]
    window: Window


def key_of(day: date, pk: int) -> int:
    """Return what an entry sorts by."""
    return first_key(day) + pk


def first_key(day: date) -> int:
    """Return the key before which every earlier day lies."""
    return (day - _DAY_ZERO).days << _ID_BITS


def day_and_id(key: int) -> tuple[date, int]:
    """Return what `key_of` made a key of."""
    return _DAY_ZERO + timedelta(key >> _ID_BITS), key & ((1 << _ID_BITS) - 1)


def months_back(newest: int, oldest: int, many: int = 1) -> Iterator[Span]:
    """Yield spans back from the newest key: `many` months of its year, twice as many …, then the years."""
    day = day_and_id(newest)[0]
    month = day.month
    while month > 0:
        first = max(1, month - many + 1)
        tokens = tuple(f"month={day.year}{one:02}" for one in range(first, month + 1))
        yield Span(tokens, Window(first_key(day.replace(month=first, day=1)), _behind(day.year, month)))
        month, many = first - 1, many * 2
    before_this_year = first_key(date(day.year, 1, 1)) - 1
    if before_this_year >= oldest:
        yield from years_back(before_this_year, oldest)


def years_back(newest: int, oldest: int) -> Iterator[Span]:
    """Yield the years from the newest key's back to the oldest's."""
    for year in range(day_and_id(newest)[0].year, day_and_id(oldest)[0].year - 1, -1):
        yield Span((f"year={year}",), Window(first_key(date(year, 1, 1)), _behind(year, _DECEMBER)))


def _behind(year: int, month: int) -> int:
    """Return the first key behind a month."""
    is_last = month == _DECEMBER
    return first_key(date(year, month, 31) if is_last else date(year, month + 1, 1)) + (is_last << _ID_BITS)
