"""How much a document may hold, and the error that one can't be read."""

from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError

__all__ = ["LIMITS", "Limits", "UnreadableError"]


class Limits(NamedTuple):
    """Where reading stops; real dossiers stay far below every one of these."""

    file_bytes: int = 64 << 20
    """The largest file that is opened."""
    part_bytes: int = 16 << 20
    """The most that one part of an office document may unpack to."""
    unpacked_bytes: int = 512 << 20
    """The most that a whole workbook may unpack to."""
    pages: int = 2_000
    cells: int = 2_000_000
    rows: int = 100_000
    blocks: int = 200_000
    """Headings, paragraphs and table rows of one document."""
    characters: int = 20_000_000
    seconds: float = 60.0
    """How long the pages of one PDF may take."""


LIMITS: Final = Limits()


class UnreadableError(BadInputError):
    """A document is damaged, locked, of another kind than it seems, or larger than the limits."""

    code = "unreadable_document"
