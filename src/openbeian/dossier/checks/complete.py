"""The set is complete: every document of the route, in every form it is asked for in, and once."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, always, check, in_whole
from openbeian.dossier.checks.twins import is_english, pairs_of
from openbeian.dossier.kinds import ATTACHMENT_KINDS, DOCUMENT_KINDS, DocumentKind, kinds_of
from openbeian.dossier.reading import Content, plain
from openbeian.dossier.stated import ROUTE_NAMES

__all__: list[str] = []

_PRACTICE: Final = "filing practice"
_NUMBER: Final = re.compile(r"(?<![A-Za-z0-9_.,])\d[\d,]*(?:\.\d+)?[%％]?(?![A-Za-z0-9_])")
_SHORT: Final = 3
"""Numbers of fewer characters are page and item numbers, of which a PDF has its own."""


_ADD_IT: Final = {
    True: Text(
        "运行 beian dossier build 生成，或把自己写的一份列入 attachments",
        "Run beian dossier build to write it, or list one of your own under attachments",
    ),
    False: Text(
        "上传这份材料；可先用 beian dossier build 生成，再整套或逐个上传",
        "Add it; beian dossier build writes it, to be uploaded whole or file by file",
    ),
}
"""What to do about a missing document, by whether a folder is handed in."""


def _asked(dossier: Dossier) -> list[DocumentKind]:
    return list(kinds_of(dossier.stated.route))


@check(
    "D01",
    clause=_PRACTICE,
    severity="error",
    title=Text("该路径要求的材料齐全", "Every document of the route is there"),
    applies=in_whole,
)
def _all_there(dossier: Dossier, report: Report) -> Iterator[Finding]:
    route = ROUTE_NAMES[dossier.stated.route]
    for kind in _asked(dossier):
        if not dossier.of_kind(kind.id):
            yield report(
                kind.name.zh,
                Text(
                    f"{route.zh}要求的「{kind.name.zh}」没有",
                    f"The {route.en} needs the {kind.name.en}; it is missing",
                ),
                _ADD_IT[dossier.is_folder],
            )


@check(
    "D02",
    clause=_PRACTICE,
    severity="error",
    title=Text(
        "每份材料的格式齐全（Word 与 PDF、可编辑表格）",
        "Every document comes as Word and PDF, sheets as XLSX",
    ),
    applies=in_whole,
)
def _all_forms(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for kind in _asked(dossier):
        held = {one.suffix.removeprefix(".") for one in dossier.of_kind(kind.id)}
        missing = [suffix for suffix in kind.suffixes if suffix not in held]
        if held and missing:
            listed = "、".join(missing).upper()
            yield report(
                kind.name.zh,
                Text(f"缺少 {listed} 格式", f"It is missing as {', '.join(missing).upper()}"),
                Text("从同一内容导出所缺的格式", "Export what is missing from the same content"),
            )


@check(
    "D11",
    clause=_PRACTICE,
    severity="error",
    title=Text("Word 与 PDF 内容一致", "The Word file and the PDF say the same"),
    applies=in_whole,
)
def _same_content(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for word, pdf in pairs_of(dossier):
        missing = _not_in(word.content, pdf.content)
        if missing:
            yield report(
                pdf.attached.name,
                Text(
                    f"Word 中的「{missing[0][:40]}」等 {len(missing)} 处在 PDF 中没有",
                    f"“{missing[0][:40]}” and {len(missing) - 1} more places of the Word file are not "
                    "in the PDF",
                ),
                Text("以定稿重新导出 PDF", "Export the PDF again from the final text"),
            )


def _not_in(word: Content, pdf: Content) -> list[str]:
    """Return the headings and numbers of the Word file that the PDF lacks."""
    printed = pdf.plain
    headings = [one.text for one in word.headings if plain(one.text) not in printed]
    numbers = Counter(number for line in word.lines() for number in _numbers(line))
    have = set(_numbers(pdf.text))
    return headings + [number for number in numbers if number not in have and plain(number) not in printed]


def _numbers(text: str) -> Iterator[str]:
    return (match[0] for match in _NUMBER.finditer(text) if len(match[0]) >= _SHORT)


@check(
    "D12",
    clause=_PRACTICE,
    severity="warning",
    title=Text("每份材料只有一个版本", "There is one version of every document"),
    applies=in_whole,
)
def _one_version(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for kind in DOCUMENT_KINDS.values():
        by_form: Mapping[tuple[str, bool], list[str]] = defaultdict(list)
        for one in dossier.of_kind(kind.id):
            by_form[one.suffix, is_english(one)].append(one.name)
        for names in by_form.values():
            if len(names) > 1:
                yield _several(report, kind, names)


def _several(report: Report, kind: DocumentKind, names: Sequence[str]) -> Finding:
    return report(
        names[1],
        Text(
            f"「{kind.name.zh}」有 {len(names)} 份：{'、'.join(names)}",
            f"There are {len(names)} of the {kind.name.en}: {', '.join(names)}",
        ),
        Text("只留定稿的一份", "Keep the final one"),
    )


def _rests_on_another(dossier: Dossier) -> bool:
    return dossier.fact("model.origin") in {"fine_tuned", "called"}


_NEEDED: Final = (("licence", always), ("base_model_proof", _rests_on_another))
"""What a provider adds of its own, and when it is needed."""


@check(
    "D14",
    clause=_PRACTICE,
    severity="warning",
    title=Text("所需佐证齐全", "The proofs that are needed are there"),
    applies=in_whole,
)
def _proofs(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for kind, is_needed in _NEEDED:
        if is_needed(dossier) and not dossier.of_kind(kind):
            name = ATTACHMENT_KINDS[kind]
            yield report(
                kind,
                Text(f"没有「{name.zh}」", f"There is no {name.en}"),
                Text(
                    f"放入文件，并在 attachments 中以 kind: {kind} 列出",
                    f"Put the file there and list it under attachments as kind: {kind}",
                )
                if dossier.is_folder
                else Text(
                    f"上传文件，类别选「{name.zh}」（kind: {kind}）",
                    f"Add the file as {name.en} (kind: {kind})",
                ),
            )


@check(
    "D15",
    clause="9.1 e)",
    severity="note",
    title=Text("签字盖章页已扫描附上", "The signed and sealed page is scanned and attached"),
    applies=in_whole,
)
def _signed_page(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if not dossier.of_kind("signed_page"):
        yield report(
            "signed_page",
            Text("还没有签字盖章页的扫描件", "There is no scan of the signed and sealed page yet"),
            Text(
                "打印、签字、盖章后扫描，以 kind: signed_page 附上；签字是否本人由人确认",
                "Print, sign, seal and scan it, add it as kind: signed_page; a person confirms who signed",
            ),
        )
