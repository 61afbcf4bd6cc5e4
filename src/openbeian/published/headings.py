"""What the columns of a list mean, by their headings."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from openbeian.matching import fold
from openbeian.published.places import Series
from openbeian.standards.reading import read_file

__all__ = ["Headings", "find_headings", "title_series"]

_BETWEEN: Final = re.compile(r"[\s()\[\]（）【】<>《》/、,，:：.。*_-]+")
_DIGIT: Final = re.compile(r"\d")
_ENOUGH: Final = 2
_LONGEST: Final = 40
_NAMED: Final = frozenset({"service", "number"})
_CALLED: Final = {"service": "base_model", "number": "base_number"}
_TITLES: Final = {
    Series.FILING: re.compile(r"备案|filing|filed", re.IGNORECASE),
    Series.REGISTRATION: re.compile(r"登记|上线|registration|registered", re.IGNORECASE),
}


class Headings(NamedTuple):
    """Which column holds which field, the series that the headings name if they do, and what was odd."""

    columns: Mapping[str, int]
    series: Series | None
    unknown: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    """Headings of the model that a registered application calls, though they are worded like filings'."""


def find_headings(cells: Sequence[str]) -> Headings | None:
    """Return what a row says of its columns; None where it is no row of headings."""
    if _has_digits(cells):
        return None  # headings have none, and rows of a list have several
    known = _known()
    found = [(at, written, known.get(_plain(written))) for at, written in enumerate(cells)]
    meant = [(at, written, told) for at, written, told in found if told is not None]
    if len(meant) < _ENOUGH or not any(told[0] in _NAMED for _, _, told in meant):
        return None
    series = _series([told[1] for _, _, told in meant if told[1] is not None])
    columns: dict[str, int] = {}
    called: list[str] = []
    for at, written, (field, names) in meant:
        if series is Series.REGISTRATION and names is Series.FILING and field in _CALLED:
            columns.setdefault(_CALLED[field], at)
            called.append(written.strip())
        else:
            columns.setdefault(field, at)
    if "service" not in columns and called and "base_model" in columns:
        # Nothing else names the entries, so what is worded like a model is what is registered.
        columns["service"] = columns.pop("base_model")
    taken = set(columns.values())
    unknown = [written.strip() for at, written, _ in found if written.strip() and at not in taken]
    if "service" not in columns:
        return None
    return Headings(columns, series, tuple(one for one in unknown if not _is_ignored(one)), tuple(called))


def _has_digits(cells: Sequence[str]) -> bool:
    """Say whether several cells have digits; the last come first: there lists have number and day."""
    having = (True for cell in reversed(cells) if _DIGIT.search(cell))
    return next(having, False) and next(having, False)


def title_series(*titles: str) -> Series | None:
    """Return the one series that titles name; None where they name both or neither."""
    named = {series for series, words in _TITLES.items() if any(words.search(title) for title in titles)}
    return named.pop() if len(named) == 1 else None


def _series(named: Sequence[Series]) -> Series | None:
    """Return the series that headings name: registration wherever one of its own words stands.

    A list of registrations may have columns for the filed model that is called, the other way round not.
    """
    counts = Counter(named)
    if counts[Series.REGISTRATION]:
        return Series.REGISTRATION
    return Series.FILING if counts[Series.FILING] else None


def _is_ignored(written: str) -> bool:
    told = _known().get(_plain(written))
    return told is not None and told[0] == "ignored"


def _plain(written: str) -> str:
    return "" if len(written) > _LONGEST else _BETWEEN.sub("", fold(written))


@lru_cache
def _known() -> Mapping[str, tuple[str, Series | None]]:
    file = read_file(Path(__file__).parent / "data" / "headings.yaml")
    known: dict[str, tuple[str, Series | None]] = {}
    for field, entry in file.named():
        for group in entry.fields:
            series = None if group == "any" else Series(group)
            known |= {_plain(word): (field, series) for word in entry.strings(group)}
    known.pop("", None)
    return MappingProxyType(known)
