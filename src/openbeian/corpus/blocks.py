"""Blocks of JSON lines taken in one pass over their bytes (`fused.py`), into columns for the kernel."""

import functools
from typing import Final

import numpy as np

from openbeian.corpus import fused_text as places
from openbeian.corpus.columns import Columns, sums_by
from openbeian.corpus.documents import Reading
from openbeian.corpus.fused import Names, TakeLines
from openbeian.corpus.fused_text import Space, Tables
from openbeian.corpus.json_bytes import AHEAD, Numbers
from openbeian.corpus.lines import Lines
from openbeian.corpus.personal import Marks, personal_at
from openbeian.corpus.scripts import Script, languages_of, script_table, scripts
from openbeian.matching import Indices, JoinedTexts
from openbeian.matching.folding import DROPPED, above_table, basic_table
from openbeian.matching.spots import Spots, foreign, marks, separators

__all__ = ["BlockTaker"]

_SHORTEST_LINE: Final = 8
"""No line with a document has fewer bytes."""
_SOURCES: Final = 4093
_MOST_ROOM: Final = 8 << 20
_LINE_FEED: Final = ord("\n")


class BlockTaker:
    """Takes blocks of any file; what it returns is good until it takes the next one."""

    def __init__(self, take_lines: TakeLines) -> None:
        """Take documents with `take_lines`, compiled or not."""
        self._take_lines = take_lines
        self._room = 0
        self._space = _space(0)

    def take(self, reading: Reading, block: Lines) -> tuple[Columns | None, list[Lines]]:
        """Return the documents of a block of the file, and the lines that must be read with care."""
        names = Names(*(np.frombuffer(name.encode(), dtype=np.uint8) for name in reading.fields))
        content, size = block.content, block.size
        is_ended = content[size - 1] == _LINE_FEED
        if len(content) < size + AHEAD or not is_ended:
            content = content[:size] + b"\n" * (1 - is_ended) + bytes(AHEAD)
            size += 1 - is_ended
        self._make_room(size)
        given = np.frombuffer(content, dtype=np.uint8)
        self._take_lines(given, np.uint64(size), names, _tables(), self._space)
        left = self._used(self._space.left, places.LEFT).tolist()
        lines = [
            Lines(block.offset + start, content[start:end], end - start)
            for start, end in zip(left[::2], left[1::2], strict=True)
        ]
        rows = self._used(self._space.rows, places.ROWS)
        if not len(rows):
            return None, lines
        taken = Lines(block.offset, content, size - sum(line.size + 1 for line in lines))
        return self._columns(reading.path, taken, rows), lines

    def _make_room(self, size: int) -> None:
        """Have room for that many bytes; what a very long line needed is not kept."""
        if not size <= self._room <= max(size, _MOST_ROOM):
            self._space = _space(size)
            self._room = size

    def _columns(self, path: str, taken: Lines, rows: Numbers) -> Columns:
        offsets = rows[:, places.OFFSET] + taken.offset
        names, owners = _sources(path, taken.content, rows)
        joined = self._joined(rows)
        runs = self._used(self._space.runs, places.RUNS)
        marks = Marks(runs[::2], runs[1::2], self._used(self._space.ats, places.ATS))
        return Columns(
            path=path,
            size=taken.size,
            names=names,
            owners=owners,
            offsets=offsets,
            identities=_identities(path, taken.content, rows, offsets),
            joined=joined,
            characters=joined.characters,
            tokens=sums_by(owners, rows[:, places.TOKENS], len(names)),
            sizes=sums_by(owners, rows[:, places.BYTES], len(names)),
            languages=languages_of(rows[:, places.VOTES].astype(np.uint64)),
            personal=personal_at(joined, marks),
        )

    def _used(self, array: Numbers, which: int) -> Numbers:
        return array[: int(self._space.used[which])]

    def _joined(self, rows: Numbers) -> JoinedTexts:
        space = self._space
        return JoinedTexts(
            space.raw[: int(space.used[places.RAW])],
            np.ascontiguousarray(rows[:, places.RAW_END]),
            space.units[: int(space.used[places.UNITS])],
            np.ascontiguousarray(rows[:, places.END]),
            self._used(space.dropped, places.DROPPED),
            self._used(space.pairs, places.PAIRS),
            Spots(
                self._used(space.marked, places.MARKED),
                self._used(space.between, places.BETWEEN),
                self._used(space.foreign, places.FOREIGN),
            ),
        )


def _sources(path: str, content: bytes, rows: Numbers) -> tuple[list[str], Indices]:
    """Return the names of the sources, and which of them is each document's."""
    firsts, alike = np.unique(rows[:, places.ALIKE], return_inverse=True)
    numbers: dict[bytes | None, int] = {}
    owners = [
        numbers.setdefault(content[start:end] if start >= 0 else None, len(numbers))
        for start, end in rows[firsts][:, [places.SOURCE, places.SOURCE_END]].tolist()
    ]
    names = [path if name is None else name.decode() for name in numbers]
    return names, np.array(owners, dtype=np.intp)[alike]


def _identities(path: str, content: bytes, rows: Numbers, offsets: Indices) -> list[bytes]:
    starts, ends = rows[:, places.ID].tolist(), rows[:, places.ID_END].tolist()
    file = path.encode("utf-8", "surrogateescape")
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
        rows=np.empty((size // _SHORTEST_LINE + 2, places.ALIKE + 1), dtype=np.int64),
        runs=numbers(size + 2),
        ats=numbers(size + 2),
        dropped=numbers(size + 2),
        pairs=numbers(size + 2),
        left=numbers(2 * size + 2),
        marked=numbers(size + 2),
        between=numbers(size + 2),
        foreign=numbers(size + 2),
        sources=numbers(_SOURCES),
        used=np.zeros(places.FOREIGN + 1, dtype=np.uint64),
        kept=np.zeros(places.FOREIGN + 1, dtype=np.uint64),
    )


@functools.cache
def _tables() -> Tables:
    folded = basic_table()
    found = scripts(folded)
    bits = (
        (places.ALONE, (found == Script.HAN) | (found == Script.KANA)),
        (places.WORD, found >= Script.HANGUL),
        (places.DIGIT, found == Script.DIGIT),
        (places.AT, folded == ord("@")),
        (places.SEPARATOR, separators()[folded]),
        (places.MARK, marks()[folded]),
        (places.FOREIGN_LETTER, foreign()[folded]),
    )
    basic = folded.astype(np.uint32)
    for bit, flags in bits:
        basic[flags] |= np.uint32(bit)
    # What is dropped is nothing else.
    basic[folded == DROPPED] = 0
    return Tables(basic, above_table(), script_table())
