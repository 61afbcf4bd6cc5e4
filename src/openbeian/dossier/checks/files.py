"""Checks of the files as files: can each be read, is it what it is called, is nothing there by accident."""

from collections.abc import Iterator
from typing import Final

from openbeian.core.text import Text
from openbeian.dossier.checks.dossier import Attached
from openbeian.dossier.checks.phrases import find_placeholders
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_whole
from openbeian.dossier.checks.twins import without_twins
from openbeian.dossier.kinds import DOCUMENT_KINDS
from openbeian.dossier.reading import Content, UnreadableError

__all__: list[str] = []

_KINDS: Final = {
    ".docx": "docx",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
    ".md": "text",
    ".txt": "text",
    ".csv": "text",
}
_NAMES: Final = {
    "docx": Text("DOCX", "DOCX"),
    "pdf": Text("PDF", "PDF"),
    "xlsx": Text("XLSX", "XLSX"),
    "text": Text("文本", "text"),
    "archive": Text("压缩包", "an archive"),
    "empty": Text("空文件", "an empty file"),
    "other": Text("其他格式", "another format"),
}
_PRACTICE: Final = "filing practice"


def _problems(dossier: Dossier) -> Iterator[tuple[Attached, UnreadableError]]:
    for attached in dossier.attachments:
        problem = dossier.read.get(attached.path)
        if isinstance(problem, UnreadableError):
            yield attached, problem


@check("D03", clause=_PRACTICE, severity="error", title=Text("文件可读", "Every file can be read"))
def _readable(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, problem in _problems(dossier):
        yield report(
            attached.name,
            Text(f"无法读取：{problem.text.zh}", f"It can't be read: {problem.text.en}"),
            Text(
                "从原件重新导出，不加密码，另存为 docx、xlsx 或 pdf",
                "Export it again from the original, without a password, as docx, xlsx or pdf",
            ),
        )


@check(
    "D04",
    clause=_PRACTICE,
    severity="warning",
    title=Text("文件内容与扩展名相符", "Every file is what its name says"),
)
def _right_kind(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, content in dossier.documents():
        expected = _KINDS.get(attached.suffix)
        if content.kind == "empty" or (expected and content.kind != expected):
            yield report(
                attached.name,
                Text(f"内容是{_NAMES[content.kind].zh}", f"What is in it is {_NAMES[content.kind].en}"),
                Text(
                    "按实际格式改名，或换成正确的文件", "Rename it by its format, or put the right file there"
                ),
            )


@check(
    "D05",
    clause=_PRACTICE,
    severity="note",
    title=Text("未能读到的内容", "What could not be read"),
)
def _not_read(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, content in dossier.documents():
        for note in content.notes:
            if content.kind != "empty":
                yield report(
                    attached.name, note, Text("由人核对这部分内容", "Have a person look at this part")
                )


@check(
    "D06",
    clause=_PRACTICE,
    severity="warning",
    title=Text("没有无关的辅助文件", "No helper files lie in it"),
)
def _strays(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for name, text in dossier.listing.strays:
        yield report(name, text, Text("删除该文件", "Delete it"))
    for name in dossier.listing.not_followed:
        yield report(
            name,
            Text("是链接或特殊文件，未读取", "It is a link or special file and was not read"),
            Text("换成文件本身", "Put the file itself there"),
        )
    if dossier.listing.is_cut:
        yield report(
            "",
            Text("文件过多，只查看了一部分", "There are too many files; only some were looked at"),
            Text("移走与备案无关的文件", "Move away what doesn't belong to the filing"),
        )


@check(
    "D08",
    clause=_PRACTICE,
    severity="warning",
    title=Text("没有未填写的占位内容", "Nothing is left to be written"),
)
def _written(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, content in without_twins(dossier):
        marks = list(find_placeholders(list(content.lines()))) if _is_prose(content) else []
        if marks:
            yield report(
                attached.name,
                Text(
                    f"有 {len(marks)} 处未填写，如「{marks[0]}」",
                    f"{len(marks)} places are not filled in, such as “{marks[0]}”",
                ),
                Text("填写或删去这些内容", "Fill them in or take them out"),
            )


def _is_prose(content: Content) -> bool:
    """Say whether a person wrote it: sheets hold questions and answers, which may say anything."""
    return not content.sheets


@check(
    "D09",
    clause=_PRACTICE,
    severity="warning",
    title=Text("没有遗留的修订和批注", "No tracked changes or comments are left"),
)
def _settled(dossier: Dossier, report: Report) -> Iterator[Finding]:
    names = {"changes": Text("修订", "tracked changes"), "comments": Text("批注", "comments")}
    for attached, content in dossier.documents():
        if content.unsettled:
            left = [names[one] for one in content.unsettled]
            yield report(
                attached.name,
                Text(
                    f"还有{'和'.join(one.zh for one in left)}",
                    f"It still has {' and '.join(one.en for one in left)}",
                ),
                Text("接受或拒绝全部修订，删除批注", "Accept or reject every change and delete the comments"),
            )


@check(
    "D13",
    clause=_PRACTICE,
    severity="warning",
    title=Text("不重复提交同一文件", "No file is handed in twice"),
    applies=in_whole,
)
def _once(dossier: Dossier, report: Report) -> Iterator[Finding]:
    seen: dict[bytes, Attached] = {}
    for attached in dossier.attachments:
        if dossier.read.get(attached.path) is None:
            continue
        data = attached.path.read_bytes()
        first = seen.setdefault(data, attached)
        # The sheets of a dossier in two languages are the same.
        if first is not attached and not (first.kind == attached.kind and attached.kind in DOCUMENT_KINDS):
            yield report(
                attached.name,
                Text(f"与 {first.name} 完全相同", f"It is the same as {first.name}"),
                Text("删去一份，或换成应有的文件", "Remove one, or put there what belongs there"),
            )
