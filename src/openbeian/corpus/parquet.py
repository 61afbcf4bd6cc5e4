"""Reading Parquet, a row group at a time; a document's offset is its row in the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from openbeian.corpus.documents import Batch, Problem, ProblemKind, Reading
from openbeian.corpus.optional import optional
from openbeian.corpus.streams import is_remote
from openbeian.corpus.units import Unit

__all__ = ["count_row_groups", "read_row_group"]

_ROWS: Final = 512


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    parquet = optional("pyarrow.parquet", "pyarrow")
    if is_remote(path):
        with optional("fsspec", "fsspec").open(path, "rb") as file:
            yield parquet.ParquetFile(file)
    else:
        with parquet.ParquetFile(path) as file:
            yield file


def count_row_groups(path: str) -> int:
    """Return how many row groups a file has.

    Raises:
        OSError: It is no Parquet file.
    """
    try:
        with _opened(path) as file:
            return int(file.metadata.num_row_groups)
    except optional("pyarrow", "pyarrow").ArrowInvalid as error:
        raise OSError(str(error)) from error


def read_row_group(unit: Unit, reading: Reading) -> Iterator[Batch]:
    """Yield the documents of a row group."""
    path, fields, note = reading
    arrow = optional("pyarrow", "pyarrow")
    at = 0
    try:
        with _opened(path) as file:
            at = sum(file.metadata.row_group(group).num_rows for group in range(unit.start))
            columns = [name for name in fields if name in file.schema_arrow.names]
            if fields.text not in columns:
                note(Problem(path, at, ProblemKind.MISSING_FIELD, fields.text))
                return
            for rows in file.iter_batches(_ROWS, [unit.start], columns):
                yield _batch(rows.to_pydict(), rows.num_rows, at, reading)
                at += rows.num_rows
    except (arrow.ArrowException, OSError) as error:
        note(Problem(path, at, ProblemKind.BROKEN_FILE, type(error).__name__))


def _batch(columns: dict[str, list[Any]], rows: int, at: int, reading: Reading) -> Batch:
    path, fields, note = reading
    batch = Batch(path)
    nothing: list[Any] = [None] * rows
    texts = columns[fields.text]
    sources, ids = columns.get(fields.source, nothing), columns.get(fields.id, nothing)
    for row, (text, source, identity) in enumerate(zip(texts, sources, ids, strict=True), at):
        if not isinstance(text, str):
            note(Problem(path, row, ProblemKind.MISSING_FIELD, fields.text))
            continue
        batch.size += len(text.encode())
        named = path if source is None else str(source)
        batch.add(row, f"{path}#{row}" if identity is None else str(identity), named, text)
    return batch
