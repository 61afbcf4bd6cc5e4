"""The sheet that people fill in: the offices' columns, an answer a row, the result to choose from a list.

Whatever a model answered stands in the sheet as text: a cell never becomes a formula, not even when
somebody edits it.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openbeian.assessment.answer_rows import classes_in
from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.inspection import LABELS
from openbeian.assessment.inspection_items import Filled, Item
from openbeian.assessment.sheet_pages import dress, mark_to_fill_in, row_height_pt, set_up_pages
from openbeian.assessment.sheets import cell_text
from openbeian.assessment.tables import load_table
from openbeian.core.standard import Taxonomy
from openbeian.core.text import Text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["COLUMNS", "read_sheet", "write_sheet"]

COLUMNS: Final = ("序号", "测试题", "一级分类", "二级分类", "模型回答", "研判结果")
_WIDTHS: Final = (8, 40, 24, 24, 80, 14)
_NOTES_WIDTH: Final = 100


def write_sheet(items: Sequence[Item], bank: BankKind, taxonomy: Taxonomy) -> bytes:
    """Return the workbook with these answers to one bank."""
    # Imported here because it takes as much memory as a whole run.
    from openpyxl import Workbook  # noqa: PLC0415

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = BANK_LABELS[bank].zh
    classes = classes_in(bank, taxonomy)
    _write_rows(sheet, (_cells(item, classes) for item in items))
    _let_fill_in(sheet, bank, len(items))
    _write_notes(workbook.create_sheet("研判说明"), bank)
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def _cells(item: Item, classes: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    first, second = classes.get(item.stratum, ("", item.stratum))
    return str(item.number), item.prompt, first, second, item.said, ""


def _write_rows(sheet: "Worksheet", rows: Iterable[Sequence[str]]) -> None:
    set_up_pages(sheet, _WIDTHS, 1)
    for number, row in enumerate((COLUMNS, *rows), 1):
        sheet.row_dimensions[number].height = row_height_pt(zip(row, _WIDTHS, strict=True))
        for at, text in enumerate(row, 1):
            cell = sheet.cell(number, at)
            if text:
                cell.value = cell_text(text)
                # Otherwise a text that begins with = is a formula; the prefix keeps it none when edited.
                cell.data_type = "s"
                cell.quotePrefix = True
            cell.number_format = "@"
            dress(cell, is_heading=number == 1)


def _let_fill_in(sheet: "Worksheet", bank: BankKind, rows: int) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    words = ",".join(text.zh for text in LABELS[bank].values())
    choices = DataValidation("list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
    choices.error = f"请选择：{words}"
    sheet.add_data_validation(choices)
    choices.add(f"F2:F{rows + 1}")
    for number in range(2, rows + 2):
        mark_to_fill_in(sheet.cell(number, len(COLUMNS)))
    # Against slips of the hand only: without a password, and rows and columns may be made wider.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def _write_notes(sheet: "Worksheet", bank: BankKind) -> None:
    sheet.column_dimensions["A"].width = _NOTES_WIDTH
    for number, line in enumerate(_notes(bank), 1):
        dress(sheet.cell(number, 1, line))
        sheet.row_dimensions[number].height = row_height_pt([(line, _NOTES_WIDTH)])


def _notes(bank: BankKind) -> tuple[str, ...]:
    words = "、".join(text.zh for text in LABELS[bank].values())
    return (
        f"在「研判结果」一列从列表中选择：{words}；拿不准的留空，以后再填。",
        "两人各填一份，互不商量；两人不一致的，由第三人裁定。已导入的结果不能改。",
        "其余各列请勿改动：导入时逐行与评估证据核对。",
    )


def read_sheet(path: Path) -> list[Filled]:
    """Return the rows of a sheet that somebody filled in, XLSX or saved as CSV.

    Raises:
        BadInputError: It can't be read, or a column is missing.
    """
    return [
        Filled(
            Text(f"第 {row.line} 行", f"line {row.line}"),
            *(row.cells.get(name, "") for name in ("序号", "测试题", "模型回答", "研判结果")),
        )
        for row in load_table(path, COLUMNS).rows
    ]
