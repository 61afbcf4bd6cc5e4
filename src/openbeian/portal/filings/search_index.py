"""Looking things up in the register's index: newest first, a page at a time, alike on both databases.

The index holds, for each entry, its words and its facts (`place=GD`, `status=valid`) as tokens, under a key
that sorts as the register does: the day, then the number of the row. Triggers keep it in step with the
entries, whoever writes them. SQLite reads its postings in the order of keys, so the newest page is all it
reads. PostgreSQL's GIN index knows no order: there the newest entries are looked through first, which
suffices for whatever is frequent, and the index is asked for what is rare.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection

from openbeian.portal.filings.search import Token

__all__ = ["Found", "Match", "Window", "day_and_id", "find", "first_key", "key_of"]

_ID_BITS: Final = 36
_DAY_ZERO: Final = date(2000, 1, 1)
_LOOKED_THROUGH: Final = 3_000
_FREQUENT: Final = 180
"""How many of the newest have to match, about one of sixteen, for something to be frequent."""
_RARE: Final = ("number=", "name=", "provider=", "company=")

_SQLITE: Final = """
SELECT rowid FROM filings_search WHERE filings_search MATCH %s AND rowid >= %s AND rowid < %s
ORDER BY rowid DESC LIMIT %s
"""
_AMONG_NEWEST: Final = """
SELECT key FROM (
  SELECT key, tokens FROM filings_search WHERE key >= %s AND key < %s ORDER BY key DESC LIMIT %s
) AS newest WHERE tokens @@ %s::tsquery ORDER BY key DESC LIMIT %s
"""
_BY_INDEX: Final = """
WITH matching AS MATERIALIZED (
  SELECT key FROM filings_search WHERE tokens @@ %s::tsquery AND key >= %s AND key < %s
) SELECT key FROM matching ORDER BY key DESC LIMIT %s
"""
_COUNT: Final = """
SELECT count(*) FROM (
  SELECT 1 FROM filings_search WHERE tokens @@ %s::tsquery AND key >= %s AND key < %s LIMIT %s
) AS counted
"""


class Match(NamedTuple):
    """What an entry must have: all facts and words, one of each group of `any_of`, and none of `none`."""

    facts: tuple[Token, ...] = ()
    words: tuple[Token, ...] = ()
    any_of: tuple[tuple[Token, ...], ...] = ()
    none: tuple[Token, ...] = ()

    @property
    def is_something(self) -> bool:
        """Whether anything has to be looked up."""
        return bool(self.facts or self.words or self.any_of)

    @property
    def is_rare(self) -> bool:
        """Whether few entries can have it: PostgreSQL's index is asked at once."""
        return any(token.text.startswith(_RARE) for group in (self.facts, *self.any_of) for token in group)


class Window(NamedTuple):
    """Which keys to look at, from `since` to before `before`."""

    since: int
    before: int


@dataclass(frozen=True, slots=True)
class Found:
    """The newest keys that match, newest first, and how many match, counted as far as was asked."""

    keys: list[int]
    count: int


def key_of(day: date, pk: int) -> int:
    """Return what an entry sorts by."""
    return first_key(day) + pk


def first_key(day: date) -> int:
    """Return the key before which every earlier day lies."""
    return (day - _DAY_ZERO).days << _ID_BITS


def day_and_id(key: int) -> tuple[date, int]:
    """Return what `key_of` made a key of."""
    return _DAY_ZERO + timedelta(key >> _ID_BITS), key & ((1 << _ID_BITS) - 1)


def find(match: Match, window: Window, *, size: int, count_to: int) -> Found:
    """Return at least the first `size` keys that match, and how many do, but no more than `count_to`."""
    most = max(size, count_to)
    if connection.vendor == "sqlite":
        keys = _keys(_SQLITE, [_for_sqlite(match), *window, most])
        return Found(keys, len(keys))
    return _find_in_postgresql(match, window, size, most)


def _find_in_postgresql(match: Match, window: Window, size: int, most: int) -> Found:
    query = _for_postgresql(match)
    near = [] if match.is_rare else _keys(_AMONG_NEWEST, [*window, _LOOKED_THROUGH, query, most])
    if len(near) < size:
        near = _keys(_BY_INDEX, [query, *window, most])
        return Found(near, len(near))
    if _FREQUENT <= len(near) < most:
        # So many that looking on is cheaper than gathering all of them from the index.
        looked_through = _LOOKED_THROUGH * most * 3 // (len(near) * 2)
        near = _keys(_AMONG_NEWEST, [*window, looked_through, query, most])
    if len(near) < most:
        return Found(near, _keys(_COUNT, [query, *window, most])[0])
    return Found(near, len(near))


def _keys(statement: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _for_sqlite(match: Match) -> str:
    def written(token: Token) -> str:
        return f'"{token.text}"' + ("*" if token.begins else "")

    groups = [f"({' OR '.join(map(written, group))})" for group in match.any_of]
    wanted = [*map(written, (*match.facts, *match.words)), *groups]
    left_out = f" NOT ({' OR '.join(map(written, match.none))})" if match.none else ""
    return f"({' AND '.join(wanted)}){left_out}"


def _for_postgresql(match: Match) -> str:
    def written(token: Token) -> str:
        return f"'{token.text}'" + (":*" if token.begins else "")

    groups = [f"({' | '.join(map(written, group))})" for group in match.any_of]
    left_out = [f"!{written(token)}" for token in match.none]
    return " & ".join([*map(written, (*match.facts, *match.words)), *groups, *left_out])
