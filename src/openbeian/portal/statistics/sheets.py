"""What a statistic looks like wherever it is shown: page, CSV, API."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from openbeian.core.text import Text

__all__ = ["Cell", "Column", "Sheet", "to_csv"]

Cell = Text | str | int | float | None
"""A word, a number, or None where the figure is kept back or does not exist."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; the one with `is_drawn` is the picture's."""

    id: str
    text: Text
    is_number: bool = True
    is_drawn: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One statistic."""

    id: str
    title: Text
    sentence: Text
    """What it shows, said with its figures."""
    definition: Text
    """What is counted, and what is not."""
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]

    @property
    def largest(self) -> float:
        """The longest bar's value; 0 where nothing is drawn."""
        at = self.drawn
        values = [row[at] for row in self.rows] if at is not None else []
        return max((value for value in values if isinstance(value, int | float)), default=0)

    @property
    def drawn(self) -> int | None:
        """The place of the column that is drawn."""
        return next((at for at, column in enumerate(self.columns) if column.is_drawn), None)


def to_csv(sheet: Sheet) -> str:
    """Return the sheet as CSV: words in both languages, what is kept back empty."""
    out = io.StringIO()
    out.write("\ufeff")  # Without this mark spreadsheets garble the Chinese.
    rows = csv.writer(out)
    bilingual = [any(isinstance(row[at], Text) for row in sheet.rows) for at in range(len(sheet.columns))]
    header: list[str] = []
    for column, is_bilingual in zip(sheet.columns, bilingual, strict=True):
        header += [f"{column.id}_zh", f"{column.id}_en"] if is_bilingual else [column.id]
    rows.writerow(header)
    for row in sheet.rows:
        cells: list[object] = []
        for cell, is_bilingual in zip(row, bilingual, strict=True):
            if is_bilingual:
                cells += [cell.zh, cell.en] if isinstance(cell, Text) else [cell, cell]
            else:
                cells.append("" if cell is None else cell)
        rows.writerow(cells)
    return out.getvalue()
