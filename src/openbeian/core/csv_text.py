"""Tables as CSV that spreadsheets open as they are meant."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["csv_text"]

_MARK: Final = "\ufeff"
"""Without it spreadsheets garble the Chinese."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV, to be written as UTF-8.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, as people write it there.
    """
    text = io.StringIO()
    text.write(_MARK)
    csv.writer(text).writerows([_plain(value) for value in row] for row in rows)
    return text.getvalue()


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
