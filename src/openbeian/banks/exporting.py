"""Writes banks and keyword libraries for others: the offices' tables as XLSX or CSV, or canonical JSONL.

What a file says of itself stands above the rows, so that importing an export gives the same bank. No cell
can be taken for a formula.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from openbeian.assessment import BankKind, KeywordLibrary, QuestionBank
from openbeian.assessment.spoken_cells import cell_of
from openbeian.assessment.tables import input_error
from openbeian.banks.cells import guard
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.taxonomy import AspectGroup
from openbeian.matching import EXTRA_COLUMNS, extra_cells
from openbeian.standards import load_taxonomy
from openbeian.trust.files import replace_file

__all__ = ["bank_as", "check_free", "keywords_as", "write_whole"]

_BANK_HEAD: Final = ("题库类型", "题库名称", "版本", "语言", "许可")
_BANK_COLUMNS: Final = ("序号", "测试题", "一级分类", "二级分类", "模型回答", "研判结果", "编号", "语言")
_KEYWORDS_HEAD: Final = ("关键词库", "版本", "起步库")
_KEYWORD_COLUMNS: Final = ("关键词", "一级分类", "二级分类")
_YES: Final = "是"
_ASPECT_GROUPS: Final = {AspectGroup.STATE: "国家方面", AspectGroup.PERSONAL: "个人方面"}
_LONGEST_CELL: Final = 32_767
"""So many characters a cell of a workbook can hold."""

_Row = Sequence[str]


def bank_as(bank: QuestionBank, path: Path) -> bytes:
    """Return a bank in the form that the path's suffix names.

    Raises:
        BadInputError: The suffix is none of ours, or a table can't hold one of the questions.
    """
    if path.suffix.lower() == ".jsonl":
        return bank.canonical
    named = _strata(bank.kind)
    rows = [
        (
            str(number),
            cell_of(question.said, question.language),
            *named[question.stratum],
            "",
            "",
            question.id,
            question.language,
        )
        for number, question in enumerate(bank.questions, 1)
    ]
    head = (bank.kind.value, bank.name, bank.version, bank.language, bank.licence)
    return _table(path, [_BANK_HEAD, head, (), _BANK_COLUMNS, *rows])


def keywords_as(library: KeywordLibrary, path: Path) -> bytes:
    """Return a keyword library in the form that the path's suffix names.

    Raises:
        BadInputError: The suffix is none of ours, or a workbook can't hold one of the keywords.
    """
    if path.suffix.lower() == ".jsonl":
        return library.canonical
    named = _strata(BankKind.SHOULD_REFUSE)
    rows: list[_Row] = [(keyword.term, *named[keyword.risk]) for keyword in library.keywords]
    columns: _Row = _KEYWORD_COLUMNS
    if any(keyword.exceptions or keyword.spellings for keyword in library.keywords):
        columns = (*columns, *EXTRA_COLUMNS)
        rows = [
            (*row, *extra_cells(keyword.exceptions, keyword.spellings))
            for row, keyword in zip(rows, library.keywords, strict=True)
        ]
    head = (library.name, library.version, _YES if library.starter else "否")
    return _table(path, [_KEYWORDS_HEAD, head, (), columns, *rows])


def check_free(path: Path, suffixes: Sequence[str], *, force: bool) -> None:
    """Check before the work that a file may be written: its suffix is one of these, and it isn't there yet.

    Raises:
        BadInputError: It has another suffix, or is there and `force` is not given.
    """
    if path.suffix.lower() not in suffixes:
        raise input_error(
            path,
            None,
            f"文件名应以 {'、'.join(suffixes)} 结尾；请改名。",
            f"the name must end with {', '.join(suffixes)}; change it.",
        )
    if path.exists() and not force:
        raise BadInputError(
            f"{path} 已存在；请换一个名称，或加 --force 覆盖。",
            f"{path} is there already; give another name or overwrite it with --force.",
        )


def write_whole(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file so that it is there whole or not at all; `force` replaces what is there.

    Raises:
        BadInputError: A file is there already.
        CouldNotRunError: The disk or the directory refuses.
    """
    check_free(path, (path.suffix.lower(),), force=force)
    try:
        replace_file(path, content)
    except OSError as error:
        raise CouldNotRunError(
            f"无法写入 {path}（{error.strerror}）；请检查目录、空间和权限。",
            f"{path} can't be written ({error.strerror}); check the directory, its space and permissions.",
        ) from error


def _strata(kind: BankKind) -> dict[str, tuple[str, str]]:
    """Return for each risk or aspect the two columns that name it."""
    taxonomy = load_taxonomy()
    aspects = {aspect.id: (_ASPECT_GROUPS[aspect.group], aspect.text.zh) for aspect in taxonomy.aspects}
    if kind is BankKind.SHOULD_ANSWER:
        return aspects
    groups = {group.id: f"{group.id} {group.text.zh}" for group in taxonomy.groups}
    risks = {risk.id: (groups[risk.group], f"{risk.id} {risk.text.zh}") for risk in taxonomy.risks}
    return risks | aspects


def _table(path: Path, rows: Sequence[_Row]) -> bytes:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _as_csv(rows)
    if suffix == ".xlsx":
        return _as_workbook(path, rows)
    raise input_error(
        path,
        None,
        "不认识的文件类型；请用 .xlsx、.csv 或 .jsonl。",
        "unknown kind of file; use .xlsx, .csv or .jsonl.",
    )


def _as_csv(rows: Sequence[_Row]) -> bytes:
    """Return a CSV file with the byte order mark by which spreadsheet programs know UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[guard(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _as_workbook(path: Path, rows: Sequence[_Row]) -> bytes:
    # Imported here because it takes as much memory as a whole run.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            if len(text) > _LONGEST_CELL or ILLEGAL_CHARACTERS_RE.search(text):
                raise input_error(
                    path,
                    number,
                    f"工作簿的单元格放不下「{text[:20]}…」（过长或含控制字符）；请改正，或导出为 .csv。",
                    f"no cell of a workbook can hold “{text[:20]}…” (too long, or a control character); "
                    "correct it or export to .csv.",
                )
            cell = sheet.cell(number, place, text)
            cell.data_type = "s"
            cell.quotePrefix = True
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
