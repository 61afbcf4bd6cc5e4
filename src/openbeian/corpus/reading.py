"""Reading a unit: documents in batches, and a note of everything that could not be read."""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import IO, Any, Final

import orjson

from openbeian.corpus.blocks import BlockTaker
from openbeian.corpus.columns import Columns
from openbeian.corpus.documents import Batch, Fields, Note, Problem, ProblemKind, Reading
from openbeian.corpus.lines import Lines, read_lines
from openbeian.corpus.streams import STREAM_ERRORS, open_content
from openbeian.corpus.tables import read_csv
from openbeian.corpus.units import Form, Unit
from openbeian.corpus.warc import read_warc

__all__ = ["read_columns", "read_unit"]

_ANSWERS: Final = (str, int, float)
"""What may stand where a source or an id is asked for."""

_MOST_LEFT: Final = 0.5
"""As many lines may be left by the pass over a block, for each that it takes, before it is given up."""


def read_unit(unit: Unit, fields: Fields, note: Note) -> Iterator[Batch]:
    """Yield the documents of a unit, tell `note` of what is none, and go on.

    A document without a source has its file's name as source; one without an id is named by file and offset.
    """
    if unit.form == Form.PARQUET:
        from openbeian.corpus.parquet import read_row_group  # noqa: PLC0415  pyarrow is an extra

        yield from read_row_group(unit, Reading(unit.path, fields, note))
        return
    try:
        with open_content(unit.path, unit.codec) as file:
            yield from _read(file, unit, Reading(unit.path, fields, note))
    except STREAM_ERRORS as error:
        note(Problem(unit.path, unit.start, ProblemKind.BROKEN_FILE, type(error).__name__))


def read_columns(
    unit: Unit, fields: Fields, note: Note, taker: BlockTaker | None
) -> Iterator[Batch | Columns]:
    """Yield the same documents, those of JSON lines in columns as far as `taker` takes them.

    Columns are good until the next ones are asked for.
    """
    if taker is None or unit.form != Form.JSONL or len(set(fields)) < len(fields):
        yield from read_unit(unit, fields, note)
        return
    try:
        with open_content(unit.path, unit.codec) as file:
            yield from _take(read_lines(file, unit, note), Reading(unit.path, fields, note), taker)
    except STREAM_ERRORS as error:
        note(Problem(unit.path, unit.start, ProblemKind.BROKEN_FILE, type(error).__name__))


def _take(blocks: Iterator[Lines], reading: Reading, taker: BlockTaker) -> Iterator[Batch | Columns]:
    decoder = _JSONDecoder(reading)
    for block in blocks:
        columns, left = taker.take(reading, block)
        if columns:
            yield columns
        if left:
            yield decoder.decode_some(left)
        if len(left) > _MOST_LEFT * (len(columns.offsets) if columns else 0):
            break
    # Where much is left, it's quicker to read with care from the beginning.
    for block in blocks:
        yield decoder.decode(block)


def _read(file: IO[bytes], unit: Unit, reading: Reading) -> Iterator[Batch]:
    path, _, note = reading
    match unit.form:
        case Form.JSONL:
            for block in read_lines(file, unit, note):
                yield _JSONDecoder(reading).decode(block)
        case Form.TEXT:
            for block in read_lines(file, unit, note):
                yield _plain(block, path, note)
        case Form.CSV:
            yield from read_csv(file, reading)
        case _:
            yield from read_warc(file, path, note)


class _JSONDecoder:
    """Turns lines into documents: all at once while nothing is wrong, else line by line."""

    def __init__(self, reading: Reading) -> None:
        self._path, self._fields, self._note = reading

    def decode(self, block: Lines) -> Batch:
        try:
            return self._all(block)
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return self._one_by_one(block)

    def _all(self, block: Lines) -> Batch:
        lines = block.lines
        rows = [orjson.loads(line) for line in lines]
        lengths = (len(line) + 1 for line in lines)
        offsets = list(accumulate(lengths, initial=block.offset))
        size = offsets.pop() - block.offset
        text, source, identity = self._fields
        texts = [row[text] for row in rows]
        if any(type(one) is not str for one in texts):
            raise TypeError
        sources = [self._named(row.get(source)) for row in rows]
        ids = [self._identity(row.get(identity), at) for row, at in zip(rows, offsets, strict=True)]
        return Batch(self._path, offsets, ids, sources, texts, size)

    def decode_some(self, pieces: Iterable[Lines]) -> Batch:
        """Return the documents of lines that do not stand together."""
        batch = Batch(self._path)
        for piece in pieces:
            self._one(piece.content, piece.offset, batch)
            batch.size += piece.size + 1
        return batch

    def _one_by_one(self, block: Lines) -> Batch:
        batch = Batch(self._path)
        at = block.offset
        for line in block.lines:
            self._one(line, at, batch)
            at += len(line) + 1
        batch.size = at - block.offset
        return batch

    def _one(self, line: bytes, at: int, batch: Batch) -> None:
        if not line.strip():
            return
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            self._note(Problem(self._path, at, _why(line)))
            return
        text = row.get(self._fields.text) if isinstance(row, dict) else None
        if not isinstance(text, str):
            kind = ProblemKind.MISSING_FIELD if isinstance(row, dict) else ProblemKind.BROKEN_JSON
            self._note(Problem(self._path, at, kind, self._fields.text))
            return
        identity = self._identity(row.get(self._fields.id), at)
        batch.add(at, identity, self._named(row.get(self._fields.source)), text)

    def _named(self, source: Any) -> str:  # noqa: ANN401  any JSON value
        if type(source) is str:
            return source
        return str(source) if isinstance(source, _ANSWERS) else self._path

    def _identity(self, identity: Any, at: int) -> str:  # noqa: ANN401  any JSON value
        if type(identity) is str:
            return identity
        return str(identity) if isinstance(identity, _ANSWERS) else f"{self._path}#{at}"


def _why(line: bytes) -> ProblemKind:
    if b"\0" in line:
        return ProblemKind.NUL_BYTES
    try:
        line.decode()
    except UnicodeDecodeError:
        return ProblemKind.WRONG_ENCODING
    return ProblemKind.BROKEN_JSON


def _plain(block: Lines, path: str, note: Note) -> Batch:
    """Every line of a plain text is a document; empty ones are none."""
    batch = Batch(path)
    at = block.offset
    for line in block.lines:
        if stripped := line.strip():
            try:
                batch.add(at, f"{path}#{at}", path, stripped.decode())
            except UnicodeDecodeError:
                note(Problem(path, at, ProblemKind.WRONG_ENCODING))
        at += len(line) + 1
    batch.size = at - block.offset
    return batch
