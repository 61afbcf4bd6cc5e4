"""Looking things up in the register's index: newest first, a page at a time, alike on both databases.

The index holds, for each entry, its words and its facts (`place=GD`, `status=valid`) as tokens, under a key
that sorts as the register does: the day, then the number of the row. Triggers keep it in step with the
entries, whoever writes them. SQLite reads its postings in the order of keys, so the newest page is all it
reads. PostgreSQL's GIN index knows no order: how it is asked is in `search_postgresql`.
"""

from typing import Final, NamedTuple

from django.db import connection

from openbeian.portal.filings.search import Token
from openbeian.portal.filings.search_keys import Window
from openbeian.portal.filings.search_postgresql import newest_keys

__all__ = ["Match", "find"]

_RARE: Final = ("number=", "name=", "provider=", "company=")

_SQLITE: Final = """
SELECT rowid FROM filings_search WHERE filings_search MATCH %s AND rowid >= %s AND rowid < %s
ORDER BY rowid DESC LIMIT %s
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


def find(match: Match, window: Window, *, most: int) -> list[int]:
    """Return the newest keys that match, newest first, `most` of them at most."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(_SQLITE, [_for_sqlite(match), *window, most])
            return [row[0] for row in cursor.fetchall()]
    return newest_keys(_for_postgresql(match), window, most=most, is_rare=match.is_rare)


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
