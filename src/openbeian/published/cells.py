"""The text of single cells: what is dropped from it, and dates in all the ways they are written."""

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["Cleaned", "ReadDate", "cleaned", "narrowed", "read_date", "read_sequence"]

_KEPT_SPACE: Final = " \t\u00a0\u3000\u2002\u2003\u2009"
_STRAY: Final = "'\"`*＊＇＂"
_BROKEN: Final = re.compile("[\ufffd\ue000-\uf8ff]")
_HAN_GAP: Final = re.compile(r"(?<=[\u3400-\u9fff，。、（）])\n+(?=[\u3400-\u9fff，。、（）])")
_WIDE: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_DAY: Final = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)(?: 00:00(?::00)?)?"
)
_DIGITS: Final = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_SERIAL: Final = re.compile(r"[4-5]\d{4}")
_SERIAL_ZERO: Final = date(1899, 12, 30)
_SEQUENCE: Final = re.compile(r"(?:No\.?|第)?\s*(\d{1,7})\s*[.、号]?", re.IGNORECASE)


class Cleaned(NamedTuple):
    """The text of a cell, with `oddities`: codes of what was odd about it."""

    text: str
    oddities: tuple[str, ...] = ()


class ReadDate(NamedTuple):
    """A date, how it was written (`2023/8/31` is `y/m/d`), and the code of what was odd about it."""

    day: date | None
    form: str
    oddity: str = ""


def cleaned(cell: str) -> Cleaned:
    """Return what a cell says, without white space around it and without characters nobody sees.

    Line breaks inside a Chinese name are a matter of layout and go; single spaces stay. A character that
    can't be made out stays, marked.
    """
    text = cell.strip(" ")
    if text.isprintable() and not (text and (text[0] in _STRAY or text[-1] in _STRAY or "\ufffd" in text)):
        return Cleaned(" ".join(text.split(" ")) if "  " in text else text)
    spaced = "".join(" " if c in _KEPT_SPACE else "\n" if c in "\r\n\v\f\u2028\u2029" else c for c in text)
    seen = "".join(c for c in spaced if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Cn"})
    inner = seen.strip().strip(_STRAY).strip()
    joined = " ".join(_HAN_GAP.sub("", inner).split())
    is_stray = len(seen) != len(spaced) or len(inner) != len(seen.strip()) or "\n" in inner
    oddities = ("stray_characters",) if is_stray else ()
    return Cleaned(joined, (*oddities, "broken_character") if _BROKEN.search(joined) else oddities)


def narrowed(text: str) -> Cleaned:
    """Return a text of digits and Latin letters in half width."""
    if text.isascii() or not _WIDE.search(text):
        return Cleaned(text)
    return Cleaned(unicodedata.normalize("NFKC", text), ("full_width",))


@lru_cache(maxsize=1 << 14)
def read_date(written: str) -> ReadDate:
    """Return the day that a cell names if it can mean one only, by year, month and day in this order."""
    text = written.strip()
    if match := _DAY.fullmatch(text.replace(" ", "") if "年" in text else text):
        parts = match[1], match[3] or match[5], match[4] or match[6]
        form = f"y{match[2]}m{match[2]}d" if match[2] else "y年m月d日"
        return _checked(parts, form)
    if match := _DIGITS.fullmatch(text):
        return _checked((match[1], match[2], match[3]), "ymd", "date_without_separators")
    if _SERIAL.fullmatch(text):
        return ReadDate(_SERIAL_ZERO + timedelta(days=int(text)), "serial", "excel_serial")
    return ReadDate(None, "?", "date_unreadable")


def _checked(parts: tuple[str, str, str], form: str, oddity: str = "") -> ReadDate:
    try:
        return ReadDate(date(int(parts[0]), int(parts[1]), int(parts[2])), form, oddity)
    except ValueError:
        return ReadDate(None, "?", "date_unreadable")


def read_sequence(written: str) -> int | None:
    """Return the number of a row in its list; None where it is none."""
    match = _SEQUENCE.fullmatch(written)
    return int(match[1]) or None if match else None
