"""Lines of a byte range: each line belongs to the unit in which it begins."""

from collections.abc import Iterator
from typing import IO, Final, NamedTuple

from openbeian.corpus.documents import Note, Problem, ProblemKind
from openbeian.corpus.streams import STREAM_ERRORS
from openbeian.corpus.units import Unit

__all__ = ["LONGEST_LINE", "Lines", "read_lines"]

LONGEST_LINE: Final = 32 << 20
"""A longer line is counted and left out: it is a broken file rather than a document."""
_BLOCK: Final = 1 << 20
_AT_ONCE: Final = 4
"""Blocks: what is done once for all that is read is done less often."""
_PIECE: Final = 1 << 14
"""Bytes of a compressed file read in one go, and lost where it breaks off within them."""
_BOM: Final = b"\xef\xbb\xbf"


class Lines(NamedTuple):
    """Whole lines that stand one after the other; the first begins at `offset` in the file.

    They are the first `size` bytes of `content`; what stands behind them may be anything.
    """

    offset: int
    content: bytes
    size: int

    @property
    def lines(self) -> list[bytes]:
        """The lines without their line feeds."""
        lines = self.content[: self.size].split(b"\n")
        if not lines[-1]:
            lines.pop()
        return lines


def read_lines(file: IO[bytes], unit: Unit, note: Note) -> Iterator[Lines]:
    """Yield the lines that begin in the unit, some at a time."""
    reader = _Reader(file, unit, note)
    if unit.start:
        # The line feed may be the very byte before the range: then the range begins with a line of its own.
        file.seek(unit.start - 1)
        reader.offset -= 1
        reader.skip_line()
    else:
        reader.skip_mark()
    yield from reader.blocks()


class _Reader:
    def __init__(self, file: IO[bytes], unit: Unit, note: Note) -> None:
        self._file = file
        self._piece = _PIECE if unit.codec else _BLOCK
        self._unit = unit
        self._note = note
        self._stop = None if unit.codec else unit.stop
        self._buffer = b""
        self._ended = False
        self.offset = unit.start

    def blocks(self) -> Iterator[Lines]:
        while not self._is_past():
            self._fill()
            cut = self._cut()
            if cut:
                block = Lines(self.offset, self._buffer, cut)
                self._drop(cut)
                yield from self._lines(block)
            elif self._ended:
                return
            elif len(self._buffer) > LONGEST_LINE:
                self._note(Problem(self._unit.path, self.offset, ProblemKind.TOO_LONG))
                self.skip_line()

    def skip_line(self) -> None:
        """Go on behind the next line feed."""
        while (end := self._buffer.find(b"\n")) < 0:
            self._drop(len(self._buffer))
            if self._ended:
                return
            self._fill()
        self._drop(end + 1)

    def skip_mark(self) -> None:
        """Go on behind a byte order mark."""
        self._fill()
        if self._buffer.startswith(_BOM):
            self._drop(len(_BOM))

    def _is_past(self) -> bool:
        return self._stop is not None and self.offset >= self._stop

    def _drop(self, count: int) -> None:
        self._buffer = self._buffer[count:]
        self.offset += count

    def _fill(self) -> None:
        """Read a block, and more until there are some, or as far as the unit goes.

        In a broken stream, what stands before the break is read.
        """
        pieces, end = [self._buffer], self.offset + len(self._buffer)
        enough = self.offset + _AT_ONCE * _BLOCK
        while not self._ended and (len(pieces) == 1 or end < enough):
            try:
                pieces.append(self._file.read(self._piece))
            except STREAM_ERRORS as error:
                self._note(Problem(self._unit.path, end, ProblemKind.TRUNCATED, type(error).__name__))
                # What stands after the last line feed is a part of a line nobody knows the rest of.
                whole = b"".join(pieces)
                pieces = [whole[: whole.rfind(b"\n") + 1], b""]
            end += len(pieces[-1])
            self._ended = not pieces[-1]
            if self._stop is not None and end >= self._stop:
                break
        self._buffer = b"".join(pieces)

    def _cut(self) -> int:
        """Return how much of the buffer is whole lines of this unit."""
        if self._stop is not None and self.offset + len(self._buffer) >= self._stop:
            end = self._buffer.find(b"\n", max(0, self._stop - 1 - self.offset))
            if end >= 0:
                return end + 1
            # The line that crosses the end of the range is not whole yet, those before it may be.
        return len(self._buffer) if self._ended else self._buffer.rfind(b"\n") + 1

    def _lines(self, block: Lines) -> Iterator[Lines]:
        if block.size <= LONGEST_LINE:
            yield block
            return
        at = block.offset
        for line in block.lines:
            if len(line) > LONGEST_LINE:
                self._note(Problem(self._unit.path, at, ProblemKind.TOO_LONG))
            else:
                yield Lines(at, line, len(line))
            at += len(line) + 1
