"""The keyword sheet of a dossier: term, class and risk, with the counts that 8.1 asks for beside it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from openbeian.assessment.answer_rows import classes_in
from openbeian.assessment.banks import BankKind
from openbeian.assessment.coverage import keyword_age, keyword_coverage
from openbeian.assessment.keywords import KeywordLibrary, load_keywords
from openbeian.assessment.sheets import Column, Sheet, Value, render_workbook
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.dossier.annexes.layout import KEYWORD_COLUMNS, NOTES_COLUMNS

__all__ = ["read_keyword_sheet", "write_keyword_sheet"]

_COUNTS: Final = (
    Column(Text("风险", "Risk"), 60),
    Column.number("关键词数", "Keywords"),
    Column.number("要求", "Required"),
    Column(Text("是否达到", "Reached"), 12),
)


def write_keyword_sheet(library: KeywordLibrary, edition: Edition) -> bytes:
    """Return the workbook of a keyword library, with what the edition asks of it."""
    classes = classes_in(BankKind.SHOULD_REFUSE, edition.taxonomy)
    rows = ((one.term, *classes[one.risk], library.version) for one in library.keywords)
    return render_workbook(
        [
            Sheet("拦截关键词列表", KEYWORD_COLUMNS, rows, len(library.keywords), headings=("zh",)),
            Sheet("各风险数量 Counts", _COUNTS, list(_counts(library, edition))),
            Sheet("说明 Notes", NOTES_COLUMNS, list(_notes(library, edition))),
        ]
    )


def _counts(library: KeywordLibrary, edition: Edition) -> Iterator[Sequence[Value]]:
    risks = {risk.id: risk.text for risk in edition.taxonomy.risks}
    for one in keyword_coverage(library, edition):
        name = risks.get(one.stratum, Text("总数", "All"))
        titled = Text(f"{one.stratum} {name.zh}".strip(), f"{one.stratum} {name.en}".strip())
        yield titled, one.found, one.needed, Text("否", "no") if one.is_short else Text("是", "yes")


def _notes(library: KeywordLibrary, edition: Edition) -> Iterator[Sequence[Value]]:
    age = keyword_age(library, edition)
    yield Text("关键词库", "Library"), f"{library.name} {library.version}".strip()
    yield Text("SHA-256", "SHA-256"), library.seal.sha256
    yield (
        Text("更新日期", "Updated"),
        age.updated_on.isoformat() if age.updated_on else Text("未注明", "not said"),
    )
    if library.starter:
        yield (
            Text("起步库", "Starter library"),
            Text(
                "随软件附带的起步库，不满足 8.1 的数量要求；请换用本单位维护的关键词库。",
                "The starter library that comes with the software; it doesn't hold what 8.1 asks for, so use "
                "your own.",
            ),
        )


def read_keyword_sheet(path: Path) -> KeywordLibrary:
    """Return the library in a keyword sheet.

    Raises:
        BadInputError: It can't be read, or a row is wrong; it names the line.
    """
    return load_keywords(path)
