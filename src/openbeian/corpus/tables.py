"""Reading CSV: a document is a row, its offset the number of the line it ends in."""

import csv
import io
from collections.abc import Iterator
from typing import IO, Final

from openbeian.corpus.documents import Batch, Problem, ProblemKind, Reading
from openbeian.corpus.lines import LONGEST_LINE
from openbeian.corpus.streams import STREAM_ERRORS

__all__ = ["read_csv"]

_ROWS: Final = 500
_BATCH_CHARACTERS: Final = 1 << 19


def read_csv(file: IO[bytes], reading: Reading) -> Iterator[Batch]:
    """Yield the rows of a table with a heading line."""
    path, fields, note = reading
    csv.field_size_limit(LONGEST_LINE)
    # What is no UTF-8 is carried through as lone surrogates, so that only its own row is lost.
    lines = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    rows = csv.DictReader(lines)
    batch = Batch(path)
    while True:
        try:
            row = next(rows, None)
            if rows.fieldnames is None or fields.text not in rows.fieldnames:
                note(Problem(path, 0, ProblemKind.MISSING_FIELD, fields.text))
                break
        except csv.Error as error:
            note(Problem(path, rows.line_num, ProblemKind.BROKEN_ROW, str(error)))
            continue
        except STREAM_ERRORS as error:
            note(Problem(path, rows.line_num, ProblemKind.TRUNCATED, type(error).__name__))
            break
        if row is None:
            break
        _add(batch, row, rows.line_num, reading)
        if len(batch.texts) >= _ROWS or batch.size >= _BATCH_CHARACTERS:
            yield batch
            batch = Batch(path)
    lines.detach()
    yield batch


def _add(batch: Batch, row: dict[str, str | None], line: int, reading: Reading) -> None:
    path, fields, note = reading
    text = row.get(fields.text)
    if text is None:
        note(Problem(path, line, ProblemKind.MISSING_FIELD, fields.text))
    elif not text.isprintable() and (kind := _flaw(text)):
        note(Problem(path, line, kind))
    else:
        batch.size += len(text.encode("utf-8", "replace"))
        batch.add(line, row.get(fields.id) or f"{path}#{line}", row.get(fields.source) or path, text)


def _flaw(text: str) -> ProblemKind | None:
    if "\0" in text:
        return ProblemKind.NUL_BYTES
    return ProblemKind.WRONG_ENCODING if any("\ud800" <= c <= "\udfff" for c in text) else None
