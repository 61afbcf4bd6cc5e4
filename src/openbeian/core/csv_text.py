"""Tables as CSV that spreadsheets open as they are meant."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["as_text", "csv_text"]

_MARK: Final = "\ufeff"
"""Without it spreadsheets garble the Chinese."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV, to be written as UTF-8.

    A text that a spreadsheet would run as a formula gets an apostrophe before it (`as_text`).
    """
    text = io.StringIO()
    text.write(_MARK)
    csv.writer(text).writerows([as_text(value) for value in row] for row in rows)
    return text.getvalue()


def as_text(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: such a text with an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
