"""Searching the register: words and filters to a page of entries, and where the next page begins.

What was asked for by its very number or name comes first, then everything else, the newest first.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet

from openbeian.core.errors import BadInputError
from openbeian.portal.filings.models import RegisterEntry, Round
from openbeian.portal.filings.search import Token, digest, query_tokens
from openbeian.portal.filings.search_index import Match, find
from openbeian.portal.filings.search_keys import Window, day_and_id, first_key, key_of

__all__ = ["COUNTED_TO", "CURSOR", "Page", "Wanted", "called_as", "newest", "search"]

COUNTED_TO: Final = 1_000
"""Further than this, what matches isn't counted: a page says “more than 1,000”."""
CURSOR: Final = r"^=?\d{4}-\d{2}-\d{2}\.\d{1,10}$"
"""A day and the number of a row; `=` before it while what is meant exactly goes on."""
_SHOWN: Final = (
    *("key", "number", "route", "jurisdiction", "service_name", "model_name"),
    *("provider_name", "provider_name_en", "profile", "status", "issued_on", "filing"),
)
"""What lists show of an entry: reading all the rest takes longer than finding it."""
_LATEST: Final = first_key(date.max)
_EARLIEST: Final = first_key(date.min)
_CREDIT_CODE: Final = re.compile(r"[0-9A-Z]{18}")
_FACT: Final = re.compile(r"[A-Za-z0-9_]+")
_NOTHING: Final = "-"
"""What no entry has: a filter that can't be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for; what is empty filters nothing."""

    search: str = ""
    jurisdiction: str = ""
    route: str = ""
    status: str = ""
    round: str = ""
    """The number of the round in its series."""
    industry: str = ""
    service_type: str = ""
    base: str = ""
    """The number or the name of the model that is called."""
    provider: str = ""
    """The whole name of a provider, or its credit code."""
    since: date | None = None
    until: date | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing was asked for."""
        return self == Wanted()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of entries."""

    entries: list[RegisterEntry]
    cursor: str | None
    """Where the next page begins; None on the last."""
    count: int | None
    """How many match, `COUNTED_TO` at most; None on later pages, where nobody counts."""
    is_more: bool
    """Whether more match than `count` says."""


class _Place(NamedTuple):
    """Where a page begins: before this key, among what is meant exactly or behind it."""

    is_exact: bool
    before: int


def search(
    wanted: Wanted, *, cursor: str | None = None, size: int, rows: QuerySet[RegisterEntry] | None = None
) -> Page:
    """Return a page of `size` entries, read as `rows` says; as lists show them unless given.

    Raises:
        BadInputError: The cursor is none.
    """
    place = _place_of(cursor) if cursor else _Place(is_exact=True, before=_LATEST)
    most = size + 1 if cursor else max(size, COUNTED_TO) + 1
    match = _match(wanted)
    exactly = _exactly(wanted.search)
    keys: list[tuple[bool, int]] = []
    before = place.before
    if exactly and place.is_exact:
        named = Match(match.facts, any_of=(*match.any_of, exactly))
        keys = [(True, key) for key in find(named, _window(wanted, before), most=most)]
        before = _LATEST
    if len(keys) < most:
        found = _find(match._replace(none=exactly), _window(wanted, before), most=most - len(keys))
        keys += [(False, key) for key in found]
    return _page(keys, size, is_counted=not cursor, rows=rows)


def newest(match: Match, *, size: int) -> Page:
    """Return the newest `size` entries that match, and how many do."""
    found = find(match, Window(_EARLIEST, _LATEST), most=max(size, COUNTED_TO) + 1)
    return _page([(False, key) for key in found], size, is_counted=True)


def _page(
    keys: list[tuple[bool, int]],
    size: int,
    *,
    is_counted: bool,
    rows: QuerySet[RegisterEntry] | None = None,
) -> Page:
    shown = RegisterEntry.objects.only(*_SHOWN) if rows is None else rows
    ids = [day_and_id(key)[1] for _, key in keys[:size]]
    by_id = shown.in_bulk(ids)
    cursor = _cursor(*keys[size - 1]) if len(keys) > size else None
    counted = min(len(keys), COUNTED_TO) if is_counted else None
    return Page([by_id[pk] for pk in ids if pk in by_id], cursor, counted, len(keys) > COUNTED_TO)


def _find(match: Match, window: Window, *, most: int) -> list[int]:
    if match.is_something:
        return find(match, window, most=most)
    (since, _), (on, pk) = day_and_id(window.since), day_and_id(window.before)
    inside = RegisterEntry.objects.filter(listed_on__gte=since, listed_on__lte=on)
    rows = inside.filter(Q(listed_on__lt=on) | Q(pk__lt=pk)).values_list("listed_on", "pk")
    return [key_of(*row) for row in rows[:most]]


def _window(wanted: Wanted, before: int) -> Window:
    until = first_key(wanted.until + timedelta(1)) if wanted.until and wanted.until < date.max else _LATEST
    return Window(first_key(wanted.since) if wanted.since else _EARLIEST, min(before, until))


def _match(wanted: Wanted) -> Match:
    facts = {
        "place": wanted.jurisdiction,
        "route": wanted.route,
        "status": wanted.status,
        "industry": wanted.industry,
        "type": wanted.service_type,
        "round": _round_id(wanted.round),
    }
    tokens = [_fact(name, value) for name, value in facts.items() if value]
    if wanted.provider:
        code = wanted.provider.strip().upper()
        is_code = _CREDIT_CODE.fullmatch(code) is not None
        tokens.append(_fact("company", code) if is_code else _digest("provider", "provider", wanted.provider))
    base = (_base(wanted.base),) if wanted.base else ()
    return Match(tuple(tokens), tuple(query_tokens(wanted.search)), base)


def called_as(entry: RegisterEntry) -> tuple[Token, ...]:
    """Return what entries have that call the model of this one: its number, or a name of its own."""
    models = RegisterEntry.objects.filter(model_digest=entry.model_digest).exclude(pk=entry.pk)
    name = entry.model_digest if entry.model_digest and not models.exists() else ""
    return tuple(Token(f"base={one}") for one in (entry.number_digest, name) if one)


def _base(written: str) -> tuple[Token, ...]:
    number = digest("number", written)
    meant = RegisterEntry.objects.filter(number_digest=number, route="filing").first()
    by_either = (_digest("base", kind, written) for kind in ("number", "name"))
    return (*by_either, *(called_as(meant) if meant else ()))


def _exactly(written: str) -> tuple[Token, ...]:
    """Return what has this very number or name; nothing where there is no word to look for."""
    if not query_tokens(written):
        return ()
    return tuple(_digest(kind, kind, written) for kind in ("number", "name"))


def _digest(fact: str, kind: str, written: str) -> Token:
    return _fact(fact, digest(kind, written))


def _fact(name: str, value: str) -> Token:
    return Token(f"{name}={value.lower() if _FACT.fullmatch(value) else _NOTHING}")


def _round_id(series: str) -> str:
    if not series:
        return ""
    is_number = series.isdecimal() and len(series) < 10  # noqa: PLR2004  more than a series can have
    found = Round.objects.filter(series=int(series)).values_list("pk", flat=True) if is_number else ()
    return next((str(pk) for pk in found), _NOTHING)


def _cursor(is_exact: bool, key: int) -> str:  # noqa: FBT001  half of a key
    day, pk = day_and_id(key)
    return f"{'=' if is_exact else ''}{day.isoformat()}.{pk}"


def _place_of(cursor: str) -> _Place:
    day, _, pk = cursor.removeprefix("=").partition(".")
    try:
        before = key_of(date.fromisoformat(day), int(pk) if re.fullmatch(CURSOR, cursor) else int("x"))
    except ValueError as error:
        raise BadInputError(
            f"游标「{cursor}」不可用；请从第一页重新取。",
            f"The cursor “{cursor}” can't be used; start again at the first page.",
        ) from error
    return _Place(is_exact=cursor.startswith("="), before=before)
