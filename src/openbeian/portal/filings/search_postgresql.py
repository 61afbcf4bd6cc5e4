"""Finding the newest entries that match in PostgreSQL, whose GIN index gives what matches in no order.

What is frequent is found by walking back from the newest entry. What is less frequent is asked of the index
span by span, the newest months first, until there is enough. What is rare is asked of the whole index.
Without this a word in a twentieth of a million entries would fetch fifty thousand rows to sort them.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.db import connection

from openbeian.portal.filings.search_keys import Span, Window, day_and_id, months_back, years_back

__all__ = ["newest_keys"]

_LOOKED_AT: Final = 1_000
_FREQUENT: Final = 50
"""How many of those looked at have to match for walking on to be cheaper than the index."""
_SOME: Final = 8
"""With fewer than these the whole index holds few enough, unless they are older and crowd in one year."""
_OF_A_YEAR: Final = 500
_CROWDED: Final = _OF_A_YEAR // 8
_DAYS_OF_A_MONTH: Final = 31
_CAP: Final = 3
"""Walking back stops after this many times what should suffice."""

_WALK: Final = """
SELECT key FROM (
  SELECT key, tokens FROM filings_search WHERE key >= %s AND key < %s ORDER BY key DESC LIMIT %s
) AS newest WHERE tokens @@ %s::tsquery ORDER BY key DESC LIMIT %s
"""
_BY_INDEX: Final = """
WITH matching AS MATERIALIZED (
  SELECT key FROM filings_search WHERE tokens @@ %s::tsquery AND key >= %s AND key < %s
) SELECT key FROM matching ORDER BY key DESC LIMIT %s
"""
_ENDS: Final = "SELECT max(key), min(key) FROM filings_search WHERE key >= %s AND key < %s"


class _Ends(NamedTuple):
    newest: int
    oldest: int


def newest_keys(query: str, window: Window, *, most: int, is_rare: bool) -> list[int]:
    """Return the newest keys in the window that match a `tsquery`, newest first, `most` of them at most."""
    if is_rare:
        return _by_index(query, window, most)
    near = _walk(query, window, _LOOKED_AT, most)
    if len(near) >= most:
        return near
    first = len(near)
    if first >= _FREQUENT:
        near = _walk(query, window, _LOOKED_AT * most * _CAP // first, most)
        if len(near) == most:
            return near
    ends = _ends(window)
    is_crowded = first < _SOME and _is_crowded(query, window, ends)
    if first >= _SOME or is_crowded:
        spans = _spans(ends, months=0 if is_crowded else _months_for(most, near))
        return _by_span(query, window, spans, most, may_be_frequent=is_crowded)
    return _by_index(query, window, most)


def _months_for(most: int, near: list[int]) -> int:
    """Return how many months should hold `most`, by the days that what was found so far lies in."""
    days = max(1, (day_and_id(near[0])[0] - day_and_id(near[-1])[0]).days)
    return 1 + days * most // len(near) // _DAYS_OF_A_MONTH


def _by_span(
    query: str, window: Window, spans: Iterable[Span], most: int, *, may_be_frequent: bool
) -> list[int]:
    found: list[int] = []
    for span in spans:
        missing = most - len(found)
        found += _in_span(query, span, window, missing, may_be_frequent=may_be_frequent)
        if len(found) == most:
            break
    return found


def _in_span(query: str, span: Span, window: Window, most: int, *, may_be_frequent: bool) -> list[int]:
    inside = _both(span.window, window)
    if may_be_frequent:
        near = len(_walk(query, inside, _OF_A_YEAR, _OF_A_YEAR))
        if near >= _CROWDED:
            found = _walk(query, inside, _OF_A_YEAR * most * _CAP // near, most)
            if len(found) == most:
                return found
    of_span = " | ".join(f"'{token}'" for token in span.tokens)
    return _by_index(f"({query}) & ({of_span})", inside, most)


def _is_crowded(query: str, window: Window, ends: _Ends | None) -> bool:
    """Say whether what the newest entries hardly have is frequent at the end of a year, as `2025` is."""
    years = (_both(span.window, window) for span in _spans(ends, months=0))
    return any(len(_walk(query, year, _OF_A_YEAR, _CROWDED)) == _CROWDED for year in years)


def _ends(window: Window) -> _Ends | None:
    """Return the newest and the oldest key in the window; None where it has none."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, list(window))
        newest, oldest = cursor.fetchone()
    return None if newest is None else _Ends(newest, oldest)


def _spans(ends: _Ends | None, *, months: int) -> Iterable[Span]:
    """Return spans back from the newest key, of so many months at first; of years where there are none."""
    if ends is None:
        return ()
    return months_back(*ends, months) if months else years_back(*ends)


def _both(one: Window, other: Window) -> Window:
    return Window(max(one.since, other.since), min(one.before, other.before))


def _walk(query: str, window: Window, looked_at: int, most: int) -> list[int]:
    return _keys(_WALK, [*window, looked_at, query, most])


def _by_index(query: str, window: Window, most: int) -> list[int]:
    return _keys(_BY_INDEX, [query, *window, most])


def _keys(statement: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]
