"""Headings and the table of contents of a Word file: filled in, and a field that Word can work out anew."""

from collections.abc import Sequence
from typing import Any, Final

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_LEADER
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from openbeian.dossier.documents.layout import CONTENTS, headings_of
from openbeian.dossier.documents.model import Document, Heading
from openbeian.dossier.documents.word_tables import TEXT_WIDTH
from openbeian.typesetting.word import add_field, element, field_char

__all__ = ["add_contents", "add_heading"]

_LEVELS: Final = 3


def add_heading(file: WordDocument, heading: Heading) -> None:
    """Add a heading that the table of contents can point to."""
    made = file.add_heading(heading.text, heading.level)
    number = _next_bookmark(file)
    start = element("w:bookmarkStart", id=str(number), name=_bookmark(number))
    made._p.insert(1, start)  # noqa: SLF001  python-docx offers no bookmarks
    made._p.append(element("w:bookmarkEnd", id=str(number)))  # noqa: SLF001  the same


def _bookmark(number: int) -> str:
    return f"_Toc{number:08d}"


def _next_bookmark(file: WordDocument) -> int:
    return len(file.element.body.findall(".//{*}bookmarkStart")) + 1


def add_contents(file: WordDocument, document: Document, pages: Sequence[int]) -> None:
    """Add the table of contents, on `pages` until Word counts; the headings follow later, in order."""
    _add_styles(file)
    file.add_paragraph(CONTENTS.in_(document.language), style="TOC Heading")
    headings = headings_of(document)
    line = file.add_paragraph(style="toc 1")
    _begin(line)
    for number, heading in enumerate(headings, 1):
        line = line if number == 1 else file.add_paragraph()
        line.style = file.styles[f"toc {heading.level}"]
        page = str(pages[number - 1]) if len(pages) == len(headings) else "–"
        _entry(line, heading, _bookmark(number), page)
    line.add_run()._r.append(field_char("end"))  # noqa: SLF001  python-docx offers no fields


def _begin(line: Paragraph) -> None:
    add_field(line, f'TOC \\o "1-{_LEVELS}" \\h \\z \\u', is_open=True, is_stale=True)


def _entry(line: Paragraph, heading: Heading, bookmark: str, page: str) -> None:
    line.add_run(f"{heading.text}\t")
    add_field(line, f"PAGEREF {bookmark} \\h", shown=page)


def _add_styles(file: WordDocument) -> None:
    styles: Any = file.styles
    for level in range(1, _LEVELS + 1):
        style = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        style.paragraph_format.left_indent = Cm(0.7 * (level - 1))
        style.paragraph_format.space_after = Pt(2)
        style.paragraph_format.tab_stops.add_tab_stop(
            TEXT_WIDTH, WD_ALIGN_PARAGRAPH.RIGHT, WD_TAB_LEADER.DOTS
        )
