"""From the cells of one row to an entry: cleaned, read, and with every oddity named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import FilingNumber, RegistrationNumber, check_uscc
from openbeian.published.cells import cleaned, narrowed, read_date, read_sequence
from openbeian.published.jurisdictions import read_place
from openbeian.published.names import read_number
from openbeian.published.oddities import LeftOut, Oddity
from openbeian.published.places import Place, Series, Source
from openbeian.published.raw import LIMITS
from openbeian.published.rows import PublishedRow
from openbeian.standards import load_jurisdictions

__all__ = ["read_row"]

_IN_FORCE: Final = date(2023, 8, 15)
"""When the Interim Measures took effect: nothing was on file before."""
_NARROW: Final = ("number", "filed_on", "sequence", "uscc", "base_number")
_LONGEST_PLACE: Final = 30
_TYPED: Final = ("number", "filed_on", "jurisdiction")
_SWAPPED: Final = ("service", "provider", *_TYPED)
_COMPANY: Final = re.compile(r".{2,}(?:有限公司|有限责任公司|股份公司|集团公司)")
_ORGANISATION: Final = re.compile(r".*(?:公司|中心|集团|[院所大学校社局部会厂店行馆台站办])")
_FORMER: Final = re.compile(r"[、;；,，/]+")
_FORMER_MARK: Final = re.compile(r"^(?:曾用名|原名称?|原)[:：]?\s*")


@dataclass(slots=True)
class _Row:
    """A row in the making."""

    place: Place
    texts: dict[str, str] = field(default_factory=dict)
    oddities: list[Oddity] = field(default_factory=list)

    def odd(self, code: str, found: str, taken: str = "") -> None:
        self.oddities.append(Oddity(code, self.place, found, taken))

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    def clean(self, name: str, cell: str) -> None:
        if cell.isalnum() and (name not in _NARROW or cell.isascii()):
            self.texts[name] = cell
            return  # most cells: nothing in them can be odd
        text, codes = cleaned(cell)
        for code in codes:
            self.odd(code, " ".join(cell.split()), text)
        if name in _NARROW:
            wide, (text, codes) = text, narrowed(text)
            for code in codes:
                self.odd(code, wide, text)
        self.texts[name] = text


def read_row(
    cells: Mapping[str, str], series: Series, source: Source, *, as_of: date | None = None
) -> PublishedRow | LeftOut:
    """Return the entry that `cells` (by field) describe, or why they describe none.

    `as_of` is the day of the import, by which a date in the future is noticed.
    """
    place = source.place
    if any(len(cell) > LIMITS.cell for cell in cells.values()):
        return LeftOut(place, "too_long", _shown(cells))
    row = _Row(place)
    for name, cell in cells.items():
        row.clean(name, cell)
    _swap(row)
    if not row.text("service"):
        return LeftOut(place, "no_name", _shown(cells))
    if not row.text("provider") and not row.text("number"):
        return LeftOut(place, "nothing_to_know_it_by", _shown(cells))
    return _entry(row, series, source, as_of)


def _shown(cells: Mapping[str, str]) -> str:
    return " | ".join(" ".join(cell.split()) for cell in cells.values() if cell.strip())[:200]


def _entry(row: _Row, series: Series, source: Source, as_of: date | None) -> PublishedRow:
    filed_on = _filed_on(row, as_of)
    number, parsed = _number(row, series)
    jurisdiction = _jurisdiction(row, parsed)
    if parsed is not None and filed_on is not None and parsed.on != filed_on:
        row.odd("number_date_differs", f"{parsed.on} / {filed_on}", str(filed_on))
    _check_name(row)
    return PublishedRow(
        series=series,
        service=row.text("service"),
        source=source,
        provider=row.text("provider"),
        number=number,
        sequence=_sequence(row),
        jurisdiction=jurisdiction,
        printed_place=row.text("jurisdiction"),
        filed_on=filed_on,
        uscc=_uscc(row),
        former_names=_former_names(row.text("former_names")),
        base_model=row.text("base_model"),
        base_number=row.text("base_number"),
        oddities=tuple(row.oddities),
    )


def _swap(row: _Row) -> None:
    """Exchange two cells where one can only be what the other should be."""
    for name in _TYPED:
        held = row.text(name)
        if (not held and name != "number") or _fits(name, held) or _is_some_place(name, held):
            continue
        for other in _SWAPPED:
            text = row.text(other)
            is_astray = other != name and not (other in _TYPED and _fits(other, text))
            if is_astray and text and _fits(name, text):
                row.texts[name], row.texts[other] = text, held
                row.odd("swapped_columns", text, f"{name} ⇄ {other}")
                break


def _fits(name: str, text: str) -> bool:
    if name == "number":
        return read_number(narrowed(text).text) is not None
    if name == "filed_on":
        read = read_date(narrowed(text).text)
        return read.day is not None and read.oddity != "excel_serial"
    code, oddity = read_place(text) if len(text) <= _LONGEST_PLACE else ("", "")
    return bool(code) and not oddity


def _is_some_place(name: str, held: str) -> bool:
    return name == "jurisdiction" and read_place(held).oddity != "jurisdiction_unknown"


def _filed_on(row: _Row, as_of: date | None) -> date | None:
    text = row.text("filed_on")
    if not text:
        return None
    read = read_date(text)
    if read.oddity:
        row.odd(read.oddity, text, str(read.day or ""))
    if read.day is not None and read.day < _IN_FORCE:
        row.odd("date_before_rules", str(read.day))
    if read.day is not None and as_of is not None and read.day > as_of:
        row.odd("date_in_future", str(read.day), str(as_of))
    return read.day


def _number(row: _Row, series: Series) -> tuple[str, FilingNumber | RegistrationNumber | None]:
    """Return the number in its usual spelling, and its parts if it has the known form.

    The form of registration numbers is not published, so whatever stands there is taken.
    """
    text = row.text("number")
    parsed = read_number(text) if text else None
    if parsed is None:
        if text and series is Series.FILING:
            row.odd("number_form", text)
        return text, None
    usual = str(parsed)
    if parsed.jurisdiction not in _usual_places():
        usual = text[: len(parsed.jurisdiction)] + usual[len(parsed.jurisdiction) :]
    if usual != text:
        row.odd("number_spelling", text, usual)
    return usual, parsed


@lru_cache
def _usual_places() -> frozenset[str]:
    """Return the places whose spelling in numbers is settled; another keeps its capitals: ZhongYangQiYe."""
    return frozenset(one.pinyin for one in load_jurisdictions().values() if not one.is_unverified)


def _jurisdiction(row: _Row, number: FilingNumber | RegistrationNumber | None) -> str:
    printed = row.text("jurisdiction")
    code, oddity = read_place(printed)
    if oddity:
        row.odd(oddity, printed, code)
    if number is None:
        return code
    named = read_place(number.jurisdiction).code
    if not named:
        row.odd("number_place_unknown", number.jurisdiction)
    elif not printed:
        row.odd("jurisdiction_from_number", number.jurisdiction, named)
        return named
    elif code and named != code:
        row.odd("number_place_differs", f"{number.jurisdiction} / {printed}", code)
    return code


def _sequence(row: _Row) -> int | None:
    text = row.text("sequence")
    sequence = read_sequence(text)
    if text and sequence is None:
        row.odd("sequence_unreadable", text)
    return sequence


def _uscc(row: _Row) -> str:
    code = "".join(row.text("uscc").split()).upper()
    if not code:
        return ""
    try:
        check_uscc(code)
    except BadInputError:
        row.odd("uscc_invalid", code)
        return ""
    return code


def _former_names(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    parts = (_FORMER_MARK.sub("", part.strip()) for part in _FORMER.split(text))
    return tuple(dict.fromkeys(part for part in parts if part and part not in {"无", "-", "—"}))


def _check_name(row: _Row) -> None:
    service, provider = row.text("service"), row.text("provider")
    if provider and _COMPANY.fullmatch(service) and not _ORGANISATION.fullmatch(provider):
        row.odd("provider_in_name", service, provider)
