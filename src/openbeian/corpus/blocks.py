"""Blocks of JSON lines taken in one pass over their bytes (`fused.py`), into columns for the kernel."""

import functools
from typing import Final

import numpy as np

from openbeian.corpus import fused
from openbeian.corpus.columns import Columns, sums_by
from openbeian.corpus.documents import Fields
from openbeian.corpus.fused import Names, Space, Tables, TakeLines
from openbeian.corpus.json_bytes import AHEAD, Numbers
from openbeian.corpus.lines import Lines
from openbeian.corpus.personal import Marks, personal_at
from openbeian.corpus.scripts import Script, languages, scripts
from openbeian.matching import Indices, JoinedTexts
from openbeian.matching.folding import DROPPED, above_table, basic_table

__all__ = ["BlockTaker"]

_SHORTEST_LINE: Final = 8
"""No line with a document has fewer bytes."""
_LINE_FEED: Final = ord("\n")


class BlockTaker:
    """Takes blocks of one file; what it returns is good until it takes the next one."""

    def __init__(self, path: str, fields: Fields, take_lines: TakeLines) -> None:
        """Take documents with `take_lines`, compiled or not."""
        self._path = path
        self._take_lines = take_lines
        self._names = Names(*(np.frombuffer(name.encode(), dtype=np.uint8) for name in fields))
        self._room = 0
        self._space = _space(0)

    def take(self, block: Lines) -> tuple[Columns | None, list[Lines]]:
        """Return the documents of a block, and the lines that must be read with care."""
        content, size = block.content, block.size
        is_ended = content[size - 1] == _LINE_FEED
        if len(content) < size + AHEAD or not is_ended:
            content = content[:size] + b"\n" * (1 - is_ended) + bytes(AHEAD)
            size += 1 - is_ended
        if self._room < size:
            self._space = _space(size)
            self._room = size
        given = np.frombuffer(content, dtype=np.uint8)
        self._take_lines(given, np.uint64(size), self._names, _tables(), self._space)
        left = self._used(self._space.left, fused.LEFT).tolist()
        lines = [
            Lines(block.offset + start, content[start:end], end - start)
            for start, end in zip(left[::2], left[1::2], strict=True)
        ]
        rows = self._used(self._space.rows, fused.ROWS)
        if not len(rows):
            return None, lines
        taken = size - sum(line.size + 1 for line in lines)
        return self._columns(content, block.offset, taken, rows), lines

    def _columns(self, content: bytes, offset: int, size: int, rows: Numbers) -> Columns:
        offsets = rows[:, fused.OFFSET] + offset
        names, owners = self._sources(content, rows)
        joined = self._joined(rows)
        runs = self._used(self._space.runs, fused.RUNS)
        marks = Marks(runs[::2], runs[1::2], self._used(self._space.ats, fused.ATS))
        return Columns(
            path=self._path,
            size=size,
            names=names,
            owners=owners,
            offsets=offsets,
            identities=self._identities(content, rows, offsets),
            joined=joined,
            characters=joined.characters,
            tokens=sums_by(owners, rows[:, fused.TOKENS], len(names)),
            sizes=sums_by(owners, rows[:, fused.BYTES], len(names)),
            languages=languages(joined.units, joined.starts, joined.ends),
            personal=personal_at(joined, marks),
        )

    def _used(self, array: Numbers, which: int) -> Numbers:
        return array[: int(self._space.used[which])]

    def _joined(self, rows: Numbers) -> JoinedTexts:
        space = self._space
        return JoinedTexts(
            space.raw[: int(space.used[fused.RAW])],
            np.ascontiguousarray(rows[:, fused.RAW_END]),
            space.units[: int(space.used[fused.UNITS])],
            np.ascontiguousarray(rows[:, fused.END]),
            self._used(space.dropped, fused.DROPPED),
            self._used(space.pairs, fused.PAIRS),
        )

    def _sources(self, content: bytes, rows: Numbers) -> tuple[list[str], Indices]:
        """Return the names of the sources, and which of them is each document's."""
        starts, ends = rows[:, fused.SOURCE].tolist(), rows[:, fused.SOURCE_END].tolist()
        numbers: dict[bytes | None, int] = {}
        owners = [
            numbers.setdefault(content[start:end] if start >= 0 else None, len(numbers))
            for start, end in zip(starts, ends, strict=True)
        ]
        names = [self._path if name is None else name.decode() for name in numbers]
        return names, np.array(owners, dtype=np.intp)

    def _identities(self, content: bytes, rows: Numbers, offsets: Indices) -> list[bytes]:
        starts, ends = rows[:, fused.ID].tolist(), rows[:, fused.ID_END].tolist()
        file = self._path.encode("utf-8", "surrogateescape")
        return [
            content[start:end] if start >= 0 else b"%b#%d" % (file, at)
            for start, end, at in zip(starts, ends, offsets.tolist(), strict=True)
        ]


def _space(size: int) -> Space:
    """Return room for what may come of that many bytes; the system gives it when it is written to."""

    def numbers(count: int) -> Numbers:
        return np.empty(count, dtype=np.int64)

    return Space(
        raw=np.empty(size + AHEAD, dtype=np.uint16),
        units=np.empty(size + AHEAD, dtype=np.uint16),
        rows=np.empty((size // _SHORTEST_LINE + 2, fused.ID_END + 1), dtype=np.int64),
        runs=numbers(size + 2),
        ats=numbers(size + 2),
        dropped=numbers(size + 2),
        pairs=numbers(size + 2),
        left=numbers(2 * size + 2),
        used=np.zeros(fused.LEFT + 1, dtype=np.uint64),
        kept=np.zeros(fused.LEFT + 1, dtype=np.uint64),
    )


@functools.cache
def _tables() -> Tables:
    basic = basic_table().astype(np.uint32)
    kinds = scripts(basic_table())
    basic[(kinds == Script.HAN) | (kinds == Script.KANA)] |= np.uint32(fused.ALONE)
    basic[kinds >= Script.HANGUL] |= np.uint32(fused.WORD)
    basic[kinds == Script.DIGIT] |= np.uint32(fused.DIGIT)
    basic[basic_table() == ord("@")] |= np.uint32(fused.AT)
    # What is dropped is nothing else.
    basic[basic_table() == DROPPED] = 0
    return Tables(basic, above_table())
