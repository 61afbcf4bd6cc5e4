"""The editable sheets: columns, rows, and whether the keywords are enough, new and those in use."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from openbeian.assessment import Age, BankKind, Coverage, KeywordLibrary
from openbeian.banks.checking import KeywordCheck, check_keywords
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.dossier.annexes import QuestionRow
from openbeian.dossier.checks.dossier import Attached
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_whole
from openbeian.dossier.reading import Content, Remembered, plain

__all__ = ["age_said", "coverage_said"]

_COLUMNS: Final = {
    "keyword_list": ("关键词", "一级分类", "二级分类"),
    "test_questions": ("序号", "测试题", "一级分类", "二级分类", "模型回答", "研判结果"),
}
_HEADER_WITHIN: Final = 10
_CHECKED: Final[Remembered[KeywordCheck]] = Remembered(most=16)
_SHOWN: Final = 5


def _columns_missing(content: Content, wanted: tuple[str, ...]) -> list[str]:
    heads = [
        {plain(cell) for cell in row}
        for sheet in content.sheets[:1]
        for _, row in sheet.rows[:_HEADER_WITHIN]
    ]
    best = max(heads, key=lambda head: len(head & set(wanted)), default=set())
    return [name for name in wanted if name not in best]


@check(
    "S01",
    clause="filing practice",
    severity="error",
    title=Text("可编辑表格有规定的列", "The editable sheets have the columns that are asked for"),
    applies=in_whole,
)
def _columns(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for kind, wanted in _COLUMNS.items():
        for attached, content in dossier.documents(kind):
            missing = _columns_missing(content, wanted) if content.kind == "xlsx" else []
            if missing:
                yield report(
                    attached.name,
                    Text(f"缺少列：{'、'.join(missing)}", f"Columns are missing: {', '.join(missing)}"),
                    Text(f"表头写成：{'、'.join(wanted)}", f"Make the header {', '.join(wanted)}"),
                )


@check(
    "S02",
    clause="filing practice",
    severity="error",
    title=Text("表格每行可读", "Every row of the sheets can be read"),
    applies=in_whole,
)
def _rows(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, _ in _sheets(dossier):
        held = dossier.sheet(attached)
        if isinstance(held, BadInputError):
            yield report(attached.name, held.text, Text("改正该行后另存", "Correct the row and save it"))


def _sheets(dossier: Dossier) -> Iterator[tuple[Attached, Content]]:
    """Yield the sheets whose columns are right, so that what is wrong is a row."""
    for kind, wanted in _COLUMNS.items():
        for attached, content in dossier.documents(kind):
            if content.kind == "xlsx" and not _columns_missing(content, wanted):
                yield attached, content


def _library(dossier: Dossier) -> Iterator[tuple[Attached, KeywordLibrary]]:
    for attached, _ in _sheets(dossier):
        held = dossier.sheet(attached)
        if isinstance(held, KeywordLibrary):
            yield attached, held


def _checked(library: KeywordLibrary, dossier: Dossier) -> KeywordCheck:
    edition, on = dossier.edition, dossier.on or date.min
    key = (library.seal.sha256, edition.id, edition.profile_name, on)
    return _CHECKED.of(key, lambda: check_keywords(library, edition, on))


@check(
    "K01",
    clause="8.1",
    severity="warning",
    title=Text("关键词数量达到要求", "There are enough keywords, in all and for each risk"),
    applies=in_whole,
)
def _enough_keywords(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, library in _library(dossier):
        found = _checked(library, dossier)
        if found.shortfalls:
            yield report(attached.name, coverage_said(found.shortfalls), Text("补充关键词", "Add keywords"))


def coverage_said(short: list[Coverage]) -> Text:
    """Say what is too few, the total first and no more than a few risks."""
    parts = [(one.stratum or "总数", one.stratum or "all", one.found, one.needed) for one in short[:_SHOWN]]
    more = len(short) - len(parts)
    zh = "；".join(f"{name} {found}/{needed}" for name, _, found, needed in parts)
    en = "; ".join(f"{name} {found}/{needed}" for _, name, found, needed in parts)
    return Text(
        f"数量不足（现有/需要）：{zh}" + (f"；另有 {more} 项" if more else ""),
        f"Too few (held/needed): {en}" + (f"; and {more} more" if more else ""),
    )


@check(
    "K02",
    clause="8.1",
    severity="warning",
    title=Text("关键词不重复", "No keyword stands twice"),
    applies=in_whole,
)
def _no_duplicates(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, library in _library(dossier):
        doubled = _checked(library, dossier).duplicates
        if doubled:
            shown = "、".join(group[0].term for group in doubled[:_SHOWN])
            yield report(
                attached.name,
                Text(
                    f"有 {len(doubled)} 组只差空格或标点的重复词：{shown}",
                    f"{len(doubled)} keywords stand there twice but for spaces and punctuation: {shown}",
                ),
                Text("删去重复的词", "Remove the duplicates"),
            )


@check(
    "K03",
    clause="8.1",
    severity="warning",
    title=Text("关键词库每周更新", "The keyword library is updated every week"),
    applies=lambda dossier: in_whole(dossier) and dossier.on is not None,
)
def _keywords_current(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, library in _library(dossier):
        assert dossier.on is not None
        age = _checked(library, dossier).age
        if not age.is_current(dossier.on):
            yield report(
                attached.name,
                age_said(age, dossier.on),
                Text("更新后改写版本日期", "Update it and its version"),
            )


def age_said(age: Age, on: date) -> Text:
    """Say that a library or bank is too old, or that nobody can tell."""
    if age.updated_on is None:
        return Text("没有写明更新日期", "It doesn't say when it was last updated")
    if age.updated_on > on:
        return Text(f"更新日期 {age.updated_on} 在未来", f"It was updated on {age.updated_on}, in the future")
    return Text(
        f"更新于 {age.updated_on}，应于 {age.due_on} 前再次更新",
        f"It was updated on {age.updated_on}; the next update was due by {age.due_on}",
    )


@check(
    "K04",
    clause="9.3",
    severity="warning",
    title=Text("提交的关键词即评估所用的关键词", "The keywords handed in are those the assessment used"),
    applies=in_whole,
)
def _keywords_used(dossier: Dossier, report: Report) -> Iterator[Finding]:
    used = dossier.material.library
    if used is None:
        return
    wanted = {(plain(one.term), one.risk) for one in used.keywords}
    for attached, library in _library(dossier):
        held = {(plain(one.term), one.risk) for one in library.keywords}
        found = _checked(library, dossier)
        # A list that is cut short, or padded with doubles, is said to be so; the remedy is the same.
        if held != wanted and not found.shortfalls and not found.duplicates:
            missing, more = len(wanted - held), len(held - wanted)
            yield report(
                attached.name,
                Text(
                    f"与评估所用的关键词库不同：少 {missing} 个，多 {more} 个",
                    f"It is not the library of the assessment: {missing} are missing, {more} are new",
                ),
                Text(
                    "导出评估所用的关键词库，或用新库重新评估",
                    "Export the one used, or assess with the new one",
                ),
            )


def _has_no_evidence(dossier: Dossier) -> bool:
    """Say whether nothing else can tell that a row is there once too often."""
    return in_whole(dossier) and dossier.report is None


@check(
    "S03",
    clause="8.2–8.3",
    severity="warning",
    title=Text("测试题不重复", "No question stands twice in the sheet"),
    applies=_has_no_evidence,
)
def _questions_once(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, _ in _sheets(dossier):
        rows = dossier.sheet(attached)
        doubled = _doubled(rows) if isinstance(rows, list) else {}
        if doubled:
            first, line = next(iter(doubled.items()))
            yield report(
                attached.name,
                Text(
                    f"有 {len(doubled)} 题重复，如第 {line} 行「{first[:20]}」",
                    f"{len(doubled)} questions stand there twice, such as line {line}, “{first[:20]}”",
                ),
                Text("删去重复的题目", "Remove the duplicates"),
            )


def _doubled(rows: list[QuestionRow]) -> dict[str, int]:
    seen: set[tuple[BankKind | None, str]] = set()
    doubled: dict[str, int] = {}
    for row in rows:
        key = (row.bank, plain(row.prompt))
        if key in seen:
            doubled.setdefault(row.prompt, row.line)
        seen.add(key)
    return doubled
