"""What a statistic looks like wherever it is shown: page, CSV, API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from openbeian.core.csv_text import csv_text
from openbeian.core.text import Text

__all__ = ["COUNT", "NONE_YET", "RANK", "SERIES", "AsOf", "Cell", "Column", "Sheet", "to_csv"]

Cell = Text | str | int | float | None
"""A word, a number, None where the figure is kept back, an empty text where there is none."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; the one with `is_drawn` is the picture's."""

    id: str
    text: Text
    is_number: bool = True
    is_drawn: bool = False


SERIES: Final = {
    "filing": Text("备案", "Filings"),
    "registration": Text("登记", "Registrations"),
}
COUNT: Final = Column("count", Text("数量", "Number"), is_drawn=True)
RANK: Final = Column("rank", Text("名次", "Rank"))
NONE_YET: Final = Text("还没有可统计的条目。", "There is nothing to count yet.")


@dataclass(frozen=True, slots=True)
class AsOf:
    """At which state of the public log figures were taken, and when."""

    log_size: int
    checkpoint: str
    """The root of the newest checkpoint, in hex; empty before the first."""
    made_at: datetime


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
    is_crossed: bool = False
    """Whether its columns are two things and how many there are of both: shown as a table of shaded cells."""

    @property
    def largest(self) -> float:
        """The longest bar's value, of all columns that are drawn; 0 where nothing is."""
        drawn = [at for at, column in enumerate(self.columns) if column.is_drawn]
        values = [row[at] for row in self.rows for at in drawn]
        return max((value for value in values if isinstance(value, int | float)), default=0)


def to_csv(sheet: Sheet, as_of: AsOf) -> str:
    """Return the sheet as CSV: words in both languages, what is kept back empty.

    As of when stands in the last columns of every row: a line above the headings would be taken for a heading
    by spreadsheets and readers of CSV, and lost by sorting.
    """
    bilingual = [any(isinstance(row[at], Text) for row in sheet.rows) for at in range(len(sheet.columns))]
    header: list[str] = []
    for column, is_bilingual in zip(sheet.columns, bilingual, strict=True):
        header += [f"{column.id}_zh", f"{column.id}_en"] if is_bilingual else [column.id]
    state = (as_of.log_size, as_of.checkpoint, as_of.made_at.isoformat(timespec="seconds"))
    rows = ((*_cells(row, bilingual), *state) for row in sheet.rows)
    return csv_text([(*header, "as_of_log_size", "as_of_checkpoint", "made_at"), *rows])


def _cells(row: Sequence[Cell], bilingual: Sequence[bool]) -> list[object]:
    cells: list[object] = []
    for cell, is_bilingual in zip(row, bilingual, strict=True):
        if is_bilingual:
            cells += [cell.zh, cell.en] if isinstance(cell, Text) else [cell, cell]
        else:
            cells.append("" if cell is None else cell)
    return cells
