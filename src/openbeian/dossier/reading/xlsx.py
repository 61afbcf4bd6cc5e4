"""Workbooks: the visible sheets as rows of text."""

import io
import zipfile
from collections.abc import Iterator
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.dossier.reading.blocks import Content, Sheet
from openbeian.dossier.reading.limits import Limits, UnreadableError
from openbeian.dossier.reading.xml_events import text_of_elements
from openbeian.published.raw import Limits as ListLimits
from openbeian.published.raw import RawTable, counted
from openbeian.published.xlsx_lists import xlsx_tables

__all__ = ["read_xlsx"]

_PROPERTIES: Final = "docProps/core.xml"
_NAMED: Final = ("title", "creator", "lastModifiedBy", "subject", "description", "keywords")
_LONGEST_CELL: Final = 32_767


def read_xlsx(data: bytes, limits: Limits) -> Content:
    """Return what a workbook holds.

    Raises:
        UnreadableError: It is damaged, locked, or larger than the limits.
    """
    bounds = ListLimits(
        file_bytes=limits.file_bytes,
        unpacked_bytes=limits.unpacked_bytes,
        rows=limits.rows,
        cell=_LONGEST_CELL,
    )
    try:
        sheets = tuple(_sheets(xlsx_tables("", data, bounds), bounds, limits))
    except UnreadableError:
        raise
    except BadInputError as error:
        raise UnreadableError(error.text.zh.lstrip("："), error.text.en.removeprefix(": ")) from error
    return Content("xlsx", sheets=sheets, properties=_properties(data))


def _sheets(tables: Iterator[RawTable], bounds: ListLimits, limits: Limits) -> Iterator[Sheet]:
    cells = 0
    for table in tables:
        rows = []
        for row in counted("", table.rows, bounds):
            cells += len(row.cells)
            if cells > limits.cells:
                raise UnreadableError(
                    f"单元格超过 {limits.cells} 个的上限；请核对文件，或分成几份",
                    f"it has more than {limits.cells} cells; check it, or split it",
                )
            rows.append((row.row, tuple(row.cells)))
        yield Sheet(table.name, tuple(rows))


def _properties(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if _PROPERTIES not in archive.namelist():
            return {}
        return text_of_elements(archive.read(_PROPERTIES), _NAMED)
