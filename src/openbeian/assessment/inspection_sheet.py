"""The sheet that people fill in: the offices' columns, an answer a row, the result to choose from a list.

Whatever a model answered stands in the sheet as text: a cell never becomes a formula, not even when
somebody edits it.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.inspection import LABELS
from openbeian.assessment.inspection_items import Filled, Item
from openbeian.assessment.tables import load_table
from openbeian.core.standard import Taxonomy
from openbeian.core.text import Text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["COLUMNS", "read_sheet", "write_sheet"]

COLUMNS: Final = ("序号", "测试题", "一级分类", "二级分类", "模型回答", "研判结果")
_WIDTHS: Final = (8, 40, 24, 24, 90, 14)
# XML holds no control characters, and a spreadsheet reads _x0041_ as the letter A.
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def write_sheet(items: Sequence[Item], bank: BankKind, taxonomy: Taxonomy) -> bytes:
    """Return the workbook with these answers to one bank."""
    # Imported here because it takes as much memory as a whole run.
    from openpyxl import Workbook  # noqa: PLC0415

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = BANK_LABELS[bank].zh
    groups = _groups(taxonomy, bank)
    _write_rows(sheet, (_cells(item, groups) for item in items))
    _style(sheet, bank, len(items))
    notes = workbook.create_sheet("研判说明")
    for line in _notes(bank):
        notes.append([line])
    notes.column_dimensions["A"].width = 100
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def _groups(taxonomy: Taxonomy, bank: BankKind) -> dict[str, tuple[str, str]]:
    names = {group.id: f"{group.id} {group.text.zh}" for group in taxonomy.groups}
    risks = {risk.id: (names[risk.group], f"{risk.id} {risk.text.zh}") for risk in taxonomy.risks}
    kind = "非拒答方面" if bank is BankKind.SHOULD_ANSWER else "应拒答方面"
    return risks | {aspect.id: (kind, aspect.text.zh) for aspect in taxonomy.aspects}


def _cells(item: Item, groups: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    first, second = groups.get(item.stratum, ("", item.stratum))
    return str(item.number), item.prompt, first, second, item.said, ""


def _write_rows(sheet: "Worksheet", rows: Iterable[Sequence[str]]) -> None:
    from openpyxl.styles import Alignment  # noqa: PLC0415

    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate((COLUMNS, *rows), 1):
        for at, text in enumerate(row, 1):
            cell = sheet.cell(number, at)
            if text:
                cell.value = _ESCAPE.sub("_x005F_", _ILLEGAL.sub("\ufffd", text))
                # Otherwise a text that begins with = is a formula; the prefix keeps it none when edited.
                cell.data_type = "s"
                cell.quotePrefix = True
            cell.number_format = "@"
            cell.alignment = wrapped


def _style(sheet: "Worksheet", bank: BankKind, rows: int) -> None:
    from openpyxl.styles import Font, Protection  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    words = ",".join(text.zh for text in LABELS[bank].values())
    choices = DataValidation("list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
    choices.error = f"请选择：{words}"
    sheet.add_data_validation(choices)
    choices.add(f"F2:F{rows + 1}")
    for number in range(2, rows + 2):
        sheet.cell(number, len(COLUMNS)).protection = Protection(locked=False)
    # Against slips of the hand only: without a password, and rows and columns may be made wider.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


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
