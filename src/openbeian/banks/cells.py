"""Text in cells that no spreadsheet program may take for a formula.

A CSV cell that begins with one of `= + - @` or a control character is calculated when it is opened. An
apostrophe before it keeps it text; as many as stand there already become one more, so that it can be undone.
"""

import re
from typing import Final

__all__ = ["guard", "unguard"]

_FORMULA: Final = re.compile(r"'*[=+\-@＝＋－＠\t\r\n|%]")


def guard(text: str) -> str:
    """Return a text as it may stand in a CSV cell."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(cell: str) -> str:
    """Return the text that `guard` put into a cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
