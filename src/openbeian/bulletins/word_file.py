"""A bulletin as DOCX to work on: real styles, headings, captions, repeated table heads, page numbers."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any, Final

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from openbeian.bulletins.document import Bulletin
from openbeian.bulletins.drawing import chart_png
from openbeian.bulletins.layout import LaidChart, Layout, lay_out
from openbeian.bulletins.tables import Table
from openbeian.bulletins.words import Run
from openbeian.core.text import Language

__all__ = ["bulletin_docx"]

_ACCENT: Final = RGBColor(0x14, 0x50, 0x7C)
_INK: Final = RGBColor(0x16, 0x19, 0x1D)
_QUIET: Final = RGBColor(0x4F, 0x57, 0x5F)
_HAN_SERIF: Final = "Noto Serif CJK SC"
_HAN_SANS: Final = "Noto Sans CJK SC"
_LATIN_SERIF: Final = "Georgia"
_LATIN_SANS: Final = "Arial"
_LANGUAGES: Final = {"zh": "zh-CN", "en": "en-GB"}
_TEXT_WIDTH: Final = Cm(16.2)
_STYLES: Final = {
    # size in points, bold, colour, sans, space before, space after
    "Normal": (10.5, False, _INK, False, 0, 6),
    "Title": (20, True, _INK, True, 4, 6),
    "Subtitle": (9, False, _QUIET, True, 0, 6),
    "Heading 1": (14, True, _INK, True, 18, 6),
    "Heading 2": (11, True, _INK, True, 12, 4),
    "Caption": (8.5, False, _QUIET, True, 8, 3),
    "List Bullet": (10.5, False, _INK, False, 0, 4),
    "Header": (8, False, _QUIET, True, 0, 0),
    "Footer": (8, False, _QUIET, True, 0, 0),
    "Intense Quote": (9, True, _ACCENT, True, 4, 4),
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
    for name, (size, bold, color, sans, before, after) in _STYLES.items():
        style: Any = document.styles[name]
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = color
        style.font.name = _LATIN_SANS if sans else _LATIN_SERIF
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), _HAN_SANS if sans else _HAN_SERIF)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    spoken = document.styles["Normal"].element.get_or_add_rPr()
    spoken.append(_element("w:lang", val=_LANGUAGES[laid.language], eastAsia="zh-CN"))
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.4)
    page.top_margin = page.bottom_margin = Cm(2.5)
    page.different_first_page_header_footer = True
    page.header.paragraphs[0].text = laid.title
    for footer in (page.footer, page.first_page_footer):
        _page_numbers(footer.paragraphs[0], laid)
    properties = document.core_properties
    properties.title, properties.author, properties.subject = laid.title, laid.bulletin.issuer, laid.kicker
    properties.language = _LANGUAGES[laid.language]
    made = datetime.combine(laid.bulletin.as_of, time(), tzinfo=UTC)
    properties.created = properties.modified = made


def _element(tag: str, **attributes: str) -> Any:  # noqa: ANN401  lxml's element, which has no types here
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _page_numbers(paragraph: Paragraph, laid: Layout) -> None:
    paragraph.paragraph_format.tab_stops.clear_all()
    paragraph.paragraph_format.tab_stops.add_tab_stop(_TEXT_WIDTH, WD_ALIGN_PARAGRAPH.RIGHT)
    paragraph.add_run(f"{laid.dateline}\t")
    _field(paragraph, "PAGE")
    paragraph.add_run(" / ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    for kind in ("begin", None, "separate", "end"):
        run = paragraph.add_run()
        if kind is None:
            instruction = OxmlElement("w:instrText")
            instruction.text = name
            run._r.append(instruction)  # noqa: SLF001  python-docx offers no fields
        else:
            run._r.append(_element("w:fldChar", fldCharType=kind))  # noqa: SLF001  the same


def _head(document: WordDocument, laid: Layout) -> None:
    document.add_paragraph(laid.kicker, style="Subtitle")
    document.add_paragraph(laid.title, style="Title")
    document.add_paragraph(laid.dateline, style="Subtitle")
    for notice in laid.notices:
        document.add_paragraph(notice, style="Intense Quote")
    line = document.add_paragraph()
    for at, one in enumerate(laid.headlines):
        large = line.add_run(("      " if at else "") + one.shown)
        large.bold, large.font.size, large.font.color.rgb = True, Pt(24), _ACCENT
        line.add_run(f" {one.meaning}").font.color.rgb = _QUIET


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
    picture = document.add_paragraph()
    shape = picture.add_run().add_picture(
        io.BytesIO(chart_png(one.chart, laid.bulletin, laid.language)), width=Cm(15)
    )
    described = shape._inline.docPr  # noqa: SLF001  python-docx offers no description of pictures
    described.set("descr", one.plain_sentence)
    described.set("title", one.title)
    _table(document, one.table)


def _table(document: WordDocument, table: Table, widths: tuple[float, ...] = ()) -> None:
    caption = document.add_paragraph(table.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.headings))
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    made.autofit = False
    _rule(made)
    shares = widths or (1.0,) * len(table.headings)
    sizes = [int(_TEXT_WIDTH * share / sum(shares)) for share in shares]
    for column, size in zip(made.columns, sizes, strict=True):
        column.width = size
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
            run.font.color.rgb = _QUIET
    for number, row in enumerate(made.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001  python-docx offers neither of the two
        properties.append(OxmlElement("w:cantSplit"))
        if not number:
            properties.append(OxmlElement("w:tblHeader"))
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _rule(table: WordTable) -> None:
    """Draw hairlines between the rows, none between the columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(_element(f"w:{side}", val="single", sz="4", color="C9CCD2"))
    properties = table._tbl.tblPr  # noqa: SLF001  python-docx offers no borders
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
