"""Tables as CSV files that spreadsheets open as they are meant."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["csv_bytes"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV in UTF-8; the mark at the beginning tells spreadsheets so.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, as people write it there.
    """
    text = io.StringIO()
    csv.writer(text).writerows([_plain(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
