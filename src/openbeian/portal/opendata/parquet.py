"""Writing Parquet, a row group at a time; the library for it comes with the extra `parquet`."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from openbeian.core.errors import CouldNotRunError
from openbeian.portal.opendata.fields import FIELDS, Kind
from openbeian.portal.opendata.rows import Row

__all__ = ["ParquetWriter", "has_arrow"]

_GROUP: Final = 20_000
"""Rows of one group: held in memory, as columns, until it is written."""


def has_arrow() -> bool:
    """Say whether Parquet can be written here."""
    return find_spec("pyarrow") is not None


class ParquetWriter:
    """Columns with types: dates are dates, instants are instants in UTC, numbers are numbers."""

    def __init__(self, path: Path) -> None:
        """Begin the file.

        Raises:
            CouldNotRunError: The library is not installed.
        """
        self._arrow = _library("pyarrow")
        types = {
            Kind.TEXT: self._arrow.string(),
            Kind.DATE: self._arrow.date32(),
            Kind.INSTANT: self._arrow.timestamp("us", tz="UTC"),
            Kind.NUMBER: self._arrow.int32(),
        }
        self._schema = self._arrow.schema([(field.name, types[field.kind]) for field in FIELDS])
        self._file = _library("pyarrow.parquet").ParquetWriter(path, self._schema, compression="zstd")
        self._group: list[Any] = []

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows."""
        columns = [
            self._arrow.array(values).cast(column.type)  # days and instants come as text
            for values, column in zip(zip(*rows, strict=True), self._schema, strict=True)
        ]
        self._group.append(self._arrow.record_batch(columns, schema=self._schema))
        if sum(one.num_rows for one in self._group) >= _GROUP:
            self._write_group()

    def close(self) -> None:
        """Finish the file."""
        if self._group:
            self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        group = self._arrow.Table.from_batches(self._group)
        self._file.write_table(group, row_group_size=group.num_rows)
        self._group = []


def _library(name: str) -> Any:  # noqa: ANN401  a module has no narrower type
    try:
        return import_module(name)
    except ImportError as error:
        raise CouldNotRunError(
            "写 Parquet 文件需要 pyarrow；请执行 pip install 'openbeian[parquet]'，或只选其他格式。",
            "Writing Parquet needs pyarrow; run: pip install 'openbeian[parquet]', or choose other formats.",
        ) from error
