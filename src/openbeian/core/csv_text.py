"""Tables as CSV that spreadsheets open as they are meant."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["as_text", "csv_lines", "csv_text"]

_MARK: Final = "\ufeff"
"""Without it spreadsheets garble the Chinese."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BEHIND_A_MARK: Final = re.compile(r'[=+\-@\t](?<=[,\n"].)')
"""What begins a formula where a cell may begin, or a text goes on behind a comma or quote."""


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV, to be written as UTF-8.

    A text that a spreadsheet would run as a formula gets an apostrophe before it (`as_text`).
    """
    return _MARK + csv_lines([*rows])


def csv_lines(rows: Sequence[Sequence[object]]) -> str:
    """Return rows of a table that is written piece by piece, as `csv_text` would write them."""
    written = _written(rows)
    # To look at the whole is many times faster than to look at each cell, and nearly always enough.
    if _may_have_formula(written):
        return _written([as_text(value) for value in row] for row in rows)
    return written


def _may_have_formula(written: str) -> bool:
    # A cell that begins with a line break stands in quotes.
    return written.startswith(_FORMULA) or '"\r' in written or _BEHIND_A_MARK.search(written) is not None


def _written(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def as_text(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: such a text with an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
