"""The sample of a corpus for people to judge: a sheet, tasks for Label Studio, JSON lines; and back.

A row is known by its number in the draw and the id of its document, so nothing can be judged that was not
drawn. The sheet's other cells are locked, and no text in it becomes a formula.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from openbeian.assessment.banks import BankKind
from openbeian.assessment.inspection_items import wrong_at
from openbeian.assessment.inspection_tasks import annotated, labelling_interface
from openbeian.assessment.sheet_pages import dress, mark_to_fill_in, row_height_pt, set_up_pages
from openbeian.assessment.sheets import cell_text
from openbeian.assessment.tables import load_table, read_text
from openbeian.core.agreement import CONFORMING_LABELS, parse_label
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.corpus.tally import Picked
from openbeian.corpus.verdicts import Given

__all__ = ["COLUMNS", "Document", "interface", "match_documents", "read_judged", "write_documents"]

COLUMNS: Final = ("序号", "来源", "文档编号", "语料内容", "判定结果")
_WIDTHS: Final = (8, 20, 24, 100, 14)
_READ: Final = ("序号", "文档编号", "判定结果")
_WORDS: Final = "、".join(text.zh for text in CONFORMING_LABELS.values())
_NOTES: Final = (
    f"在「判定结果」一列从列表中选择：{_WORDS}；拿不准的留空，以后再填。",
    "两人各填一份，互不商量；两人不一致的，由第三人裁定。已导入的结果不能改。",
    "其余各列已锁定：导入时按序号与文档编号与抽样核对。",
)
_NOTES_WIDTH: Final = 100


class Document(NamedTuple):
    """A document to be judged; `number` is its place in the sample, from 1."""

    number: int
    picked: Picked
    text: str


class Judged(NamedTuple):
    """A row as it came back."""

    place: Text
    number: str
    id: str
    label: str


def write_documents(documents: Sequence[Document], suffix: str) -> bytes:
    """Return the documents in the form of `suffix`: `.xlsx`, `.json` (Label Studio) or `.jsonl`."""
    if suffix == ".xlsx":
        return _sheet(documents)
    if suffix == ".json":
        return orjson.dumps([{"data": _task(one)} for one in documents], option=orjson.OPT_INDENT_2)
    return b"".join(orjson.dumps(_line(one)) + b"\n" for one in documents)


def interface() -> str:
    """Return the labelling interface for Label Studio."""
    return labelling_interface(BankKind.GENERATED_CONTENT, headings=("来源与文档编号", "语料内容"))


def _task(one: Document) -> dict[str, str]:
    shown = f"{one.picked.source} · {one.picked.id}"
    return {"number": str(one.number), "id": one.picked.id, "question": shown, "answer": one.text}


def _line(one: Document) -> dict[str, Any]:
    return {"number": one.number, **one.picked._asdict(), "text": one.text, "label": ""}


def _sheet(documents: Sequence[Document]) -> bytes:
    # Imported here because it takes much memory.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "语料抽检"
    set_up_pages(sheet, _WIDTHS, 1)
    for number, row in enumerate((COLUMNS, *map(_cells, documents)), 1):
        sheet.row_dimensions[number].height = row_height_pt(zip(row, _WIDTHS, strict=True))
        for at, text in enumerate(row, 1):
            cell = sheet.cell(number, at)
            if text:
                cell.value = cell_text(text)
                cell.data_type = "s"
                cell.quotePrefix = True
            cell.number_format = "@"
            dress(cell, is_heading=number == 1)
        if number > 1:
            mark_to_fill_in(sheet.cell(number, len(COLUMNS)))
    words = ",".join(text.zh for text in CONFORMING_LABELS.values())
    choices = DataValidation("list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
    choices.error = f"请选择：{words}"
    sheet.add_data_validation(choices)
    choices.add(f"E2:E{len(documents) + 1}")
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    notes = workbook.create_sheet("判定说明")
    notes.column_dimensions["A"].width = _NOTES_WIDTH
    for number, line in enumerate(_NOTES, 1):
        dress(notes.cell(number, 1, line))
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def _cells(one: Document) -> tuple[str, ...]:
    return str(one.number), one.picked.source, one.picked.id, one.text, ""


def read_judged(path: Path, annotator: str = "") -> list[Judged]:
    """Return the rows that one person filled in: a sheet, Label Studio's JSON, or JSON lines.

    Raises:
        BadInputError: The file can't be read, is none of these, or has annotations of several people.
    """
    if path.suffix.lower() == ".json":
        rows = annotated(path, annotator, ("number", "id"))
        return [Judged(place, number, id_, label) for place, (number, id_), label in rows]
    if path.suffix.lower() == ".jsonl":
        return list(_lines(path))
    return [
        Judged(_line_number(row.line), *(row.cells.get(name, "").strip() for name in _READ))
        for row in load_table(path, COLUMNS).rows
    ]


def _lines(path: Path) -> Iterator[Judged]:
    for line, written in enumerate(read_text(path).split("\n"), 1):
        if written.strip():
            try:
                row = orjson.loads(written)
                yield Judged(
                    _line_number(line), *(str(row[name]).strip() for name in ("number", "id", "label"))
                )
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                told = Text(
                    "应为含 number、id 与 label 的 JSON 对象；请用导出的文件。",
                    "must be a JSON object with number, id and label; use the file that was exported.",
                )
                raise wrong_at(path, [_line_number(line)], told) from error


def _line_number(line: int) -> Text:
    return Text(f"第 {line} 行", f"line {line}")


def match_documents(path: Path, rows: Iterable[Judged], sample: Sequence[Picked]) -> Iterator[Given]:
    """Yield the verdicts in the rows; those left blank are left out.

    Raises:
        BadInputError: A row is not about a document of the sample, or its verdict is none.
    """
    for row in rows:
        number = int(row.number) if row.number.isdecimal() else 0
        if not 0 < number <= len(sample) or cell_text(sample[number - 1].id).strip() != row.id:
            raise wrong_at(
                path,
                [row.place],
                Text(
                    "序号与文档编号同抽样对不上；请用导出的表，只填「判定结果」。",
                    "number and id are not those of the sample; use the sheet exported from it and fill in "
                    "the result only.",
                ),
            )
        value = parse_label(CONFORMING_LABELS, row.label)
        if value is not None:
            yield Given(number, value, Text(f"{path.name} {row.place.zh}", f"{path.name}, {row.place.en}"))
        elif row.label:
            raise _no_label(path, row)


def _no_label(path: Path, row: Judged) -> BadInputError:
    return wrong_at(
        path,
        [row.place],
        Text(
            f"判定结果「{row.label}」不是其一：{_WORDS}；请改正。",
            f"the result “{row.label}” is none of {', '.join(CONFORMING_LABELS)}; correct it.",
        ),
    )
