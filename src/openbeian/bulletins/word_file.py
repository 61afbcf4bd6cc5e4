"""A bulletin as DOCX to work on: real styles, headings, captions, repeated table heads, page numbers."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Final

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from openbeian.bulletins.document import Bulletin
from openbeian.bulletins.drawing import chart_png
from openbeian.bulletins.layout import LaidChart, Layout, lay_out
from openbeian.bulletins.tables import Table
from openbeian.bulletins.words import Run
from openbeian.core.text import Language
from openbeian.typesetting.word import (
    ACCENT,
    QUIET,
    Fonts,
    Style,
    add_picture,
    apply_styles,
    number_pages,
    repeat_head,
    rule_rows,
    set_page,
    set_properties,
    set_widths,
)

__all__ = ["bulletin_docx"]

_TEXT_WIDTH: Final = Cm(16.2)
_STYLES: Final = {
    "Normal": Style(10.5, after=6),
    "Title": Style(20, bold=True, sans=True, before=4, after=6),
    "Subtitle": Style(9, color=QUIET, sans=True, after=6),
    "Heading 1": Style(14, bold=True, sans=True, before=18, after=6),
    "Heading 2": Style(11, bold=True, sans=True, before=12, after=4),
    "Caption": Style(8.5, color=QUIET, sans=True, before=8, after=3),
    "List Bullet": Style(10.5, after=4),
    "Header": Style(8, color=QUIET, sans=True),
    "Footer": Style(8, color=QUIET, sans=True),
    "Intense Quote": Style(9, bold=True, color=ACCENT, sans=True, before=4, after=4),
}


def bulletin_docx(bulletin: Bulletin, language: Language) -> bytes:
    """Return the Word file."""
    laid = lay_out(bulletin, language)
    document = Document()
    _set_up(document, laid)
    _head(document, laid)
    document.add_heading(laid.takeaways_heading, 1)
    for takeaway in laid.takeaways:
        _write(document.add_paragraph(style="List Bullet"), takeaway)
    _editor_and_lists(document, laid)
    for section in laid.sections:
        document.add_heading(section.heading, 1)
        for sentence in section.sentences:
            _write(document.add_paragraph(), sentence)
        for chart in section.charts:
            _chart(document, chart, laid)
    document.add_heading(laid.method_heading, 1)
    for note in laid.method:
        document.add_paragraph(note, style="List Bullet")
    document.add_heading(laid.sources_heading, 1)
    _table(document, laid.sources, widths=(1.0, 5.0))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: WordDocument, laid: Layout) -> None:
    apply_styles(document, _STYLES, laid.language, Fonts())
    set_page(document, side=Cm(2.4), edge=Cm(2.5))
    page = document.sections[0]
    page.different_first_page_header_footer = True
    page.header.paragraphs[0].text = laid.title
    for footer in (page.footer, page.first_page_footer):
        number_pages(footer.paragraphs[0], laid.dateline, _TEXT_WIDTH)
    set_properties(
        document,
        title=laid.title,
        author=laid.bulletin.issuer,
        subject=laid.kicker,
        language=laid.language,
        at=datetime.combine(laid.bulletin.as_of, time(), tzinfo=UTC),
    )


def _head(document: WordDocument, laid: Layout) -> None:
    document.add_paragraph(laid.kicker, style="Subtitle")
    document.add_paragraph(laid.title, style="Title")
    document.add_paragraph(laid.dateline, style="Subtitle")
    for notice in laid.notices:
        document.add_paragraph(notice, style="Intense Quote")
    line = document.add_paragraph()
    for at, one in enumerate(laid.headlines):
        large = line.add_run(("      " if at else "") + one.shown)
        large.bold, large.font.size, large.font.color.rgb = True, Pt(24), ACCENT
        line.add_run(f" {one.meaning}").font.color.rgb = QUIET


def _write(paragraph: Paragraph, runs: Iterable[Run]) -> None:
    for run in runs:
        paragraph.add_run(run.text).bold = bool(run.figure) or None


def _editor_and_lists(document: WordDocument, laid: Layout) -> None:
    if laid.editor:
        document.add_heading(laid.editor_heading, 1)
        for paragraph in laid.editor:
            document.add_paragraph(paragraph)
    if laid.lists:
        document.add_heading(laid.list_heading, 1)
        for table in laid.lists:
            _table(document, table, widths=table.widths)
        if laid.list_note:
            document.add_paragraph(laid.list_note)


def _chart(document: WordDocument, one: LaidChart, laid: Layout) -> None:
    document.add_heading(one.title, 2)
    sentence = document.add_paragraph()
    _write(sentence, one.sentence)
    sentence.paragraph_format.keep_with_next = True
    png = chart_png(one.chart, laid.bulletin, laid.language)
    add_picture(document.add_paragraph(), png, title=one.title, described=one.plain_sentence, width=Cm(15))
    _table(document, one.table)


def _table(document: WordDocument, table: Table, widths: tuple[float, ...] = ()) -> None:
    caption = document.add_paragraph(table.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.headings))
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    made.autofit = False
    rule_rows(made)
    sizes = set_widths(made, widths or (1.0,) * len(table.headings), _TEXT_WIDTH)
    # Cells are found by place once: asking a row for its cells counts the whole table each time.
    cells = made._cells  # noqa: SLF001  python-docx's own list, which its slow accessors are made of
    texts = [*table.headings, *(cell for row in table.rows for cell in row)]
    for at, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        column = at % len(sizes)
        cell.width = sizes[column]
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(text)
        run.font.size = Pt(8.5)
        paragraph.paragraph_format.space_after = Pt(1)
        if column in table.numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if at < len(sizes):
            run.font.color.rgb = QUIET
    repeat_head(made)
    document.add_paragraph().paragraph_format.space_after = Pt(2)
