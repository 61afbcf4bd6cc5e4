"""A document as DOCX to work on: real styles, contents, captions, repeated table heads, page numbers."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.shared import Cm, Pt

from openbeian.core.text import Text
from openbeian.dossier.documents.layout import Laid, cover_lines, lay_out
from openbeian.dossier.documents.model import (
    Document,
    Entries,
    Figure,
    Heading,
    Items,
    Note,
    PageBreak,
    Paragraph,
    Signatures,
    Table,
)
from openbeian.dossier.documents.word_contents import add_contents, add_heading
from openbeian.dossier.documents.word_tables import (
    TEXT_WIDTH,
    add_caption,
    add_cover_lines,
    add_entries,
    add_signatures,
    add_table,
    write,
)
from openbeian.typesetting.pictures import svg_png
from openbeian.typesetting.word import (
    ACCENT,
    QUIET,
    Fonts,
    Style,
    add_picture,
    apply_styles,
    element,
    number_pages,
    saved,
    set_page,
    set_properties,
)

__all__ = ["document_docx"]

_FONTS: Final = Fonts(han_serif="宋体", han_sans="黑体", latin_serif="Times New Roman", latin_sans="Arial")
"""What every office has on its machines; others put their own in the place of these."""
_STYLES: Final = {
    "Normal": Style(10.5, after=4),
    "Title": Style(22, bold=True, sans=True, before=6, after=8),
    "Subtitle": Style(10, color=QUIET, sans=True, after=4),
    "Heading 1": Style(15, bold=True, sans=True, before=18, after=6),
    "Heading 2": Style(12, bold=True, sans=True, before=12, after=4),
    "Heading 3": Style(10.5, bold=True, sans=True, before=10, after=4),
    "Caption": Style(9, color=QUIET, sans=True, before=8, after=4),
    "List Bullet": Style(10.5, after=3),
    "List Number": Style(10.5, after=3),
    "TOC Heading": Style(15, bold=True, sans=True, after=8),
    "Header": Style(8.5, color=QUIET, sans=True),
    "Footer": Style(8.5, color=QUIET, sans=True),
    "Intense Quote": Style(9.5, color=ACCENT, sans=True, before=4, after=6),
}
_LINE: Final = {"zh": Pt(17.5), "en": Pt(14.5)}
"""At least so much from line to line, so that pages don't depend on whose fonts are there."""
_KIND: Final = Text("生成式人工智能服务备案材料", "Filing of a generative-AI service")
_COVER_SPACE: Final = Pt(150)


def document_docx(document: Document, *, pages: Sequence[int] = ()) -> bytes:
    """Return the Word file.

    Args:
        document: The document.
        pages: The page of each heading in the PDF, for the table of contents until Word counts its own.
    """
    file = docx.Document()
    at = datetime.combine(document.date, time(), tzinfo=UTC)
    _set_up(file, document, at)
    if document.has_cover:
        _cover(file, document, pages)
    else:
        _head(file, document)
    for laid in lay_out(document):
        _WRITERS[type(laid.block)](file, laid, document)
    return saved(file, at)


def _set_up(file: WordDocument, document: Document, at: datetime) -> None:
    apply_styles(file, _STYLES, document.language, _FONTS)
    styles: Any = file.styles
    lines = styles["Normal"].paragraph_format
    lines.line_spacing, lines.line_spacing_rule = _LINE[document.language], WD_LINE_SPACING.AT_LEAST
    for centred in ("Title", "Subtitle"):
        styles[centred].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _without_ornaments(styles[centred].element)
    for edge in ("Header", "Footer"):
        styles[edge].paragraph_format.tab_stops.clear_all()
    set_page(file, side=Cm(2.5), edge=Cm(2.5))
    page = file.sections[0]
    page.different_first_page_header_footer = document.has_cover
    header = page.header.paragraphs[0]
    header.paragraph_format.tab_stops.clear_all()
    header.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_ALIGN_PARAGRAPH.RIGHT)
    header.text = f"{document.provider} · {document.service}\t{document.title}"
    number_pages(page.footer.paragraphs[0], f"{document.date}", TEXT_WIDTH)
    set_properties(
        file,
        title=document.title,
        author=document.provider,
        subject=f"{_KIND.in_(document.language)} · {document.service}",
        language=document.language,
        at=at,
    )


def _without_ornaments(style: Any) -> None:  # noqa: ANN401  lxml's element, which has no types here
    """Take out the rule under titles and the wide letters that python-docx's template brings along."""
    for found in style.xpath(".//w:pPr/w:pBdr | .//w:rPr/w:spacing"):
        found.getparent().remove(found)


def _head(file: WordDocument, document: Document) -> None:
    file.add_paragraph(document.title, style="Title")
    told = (document.provider, document.service, document.edition, f"{document.date}")
    file.add_paragraph(" · ".join(one for one in told if one), style="Subtitle")
    for notice in document.notices:
        _frame(file.add_paragraph(notice, style="Intense Quote"), strong=True)


def _cover(file: WordDocument, document: Document, pages: Sequence[int]) -> None:
    file.add_paragraph(
        _KIND.in_(document.language), style="Subtitle"
    ).paragraph_format.space_before = _COVER_SPACE
    file.add_paragraph(document.title, style="Title").paragraph_format.space_after = Pt(60)
    add_cover_lines(file, cover_lines(document))
    for notice in document.notices:
        _frame(file.add_paragraph(notice, style="Intense Quote"), strong=True)
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    add_contents(file, document, pages)
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _heading(file: WordDocument, laid: Laid, _document: Document) -> None:
    assert isinstance(laid.block, Heading)
    add_heading(file, laid.block)


def _paragraph(file: WordDocument, laid: Laid, _document: Document) -> None:
    assert isinstance(laid.block, Paragraph)
    write(file.add_paragraph(), laid.block.text, size=9 if laid.block.small else None)


def _items(file: WordDocument, laid: Laid, _document: Document) -> None:
    assert isinstance(laid.block, Items)
    for number, item in enumerate(laid.block.items, 1):
        if laid.block.numbered:
            line = file.add_paragraph()
            line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Cm(0.8), Cm(-0.8)
            line.add_run(f"{number}.\t")
            line.paragraph_format.tab_stops.add_tab_stop(Cm(0.8))
            line.paragraph_format.space_after = Pt(3)
        else:
            line = file.add_paragraph(style="List Bullet")
        write(line, item)


def _table(file: WordDocument, laid: Laid, _document: Document) -> None:
    assert isinstance(laid.block, Table)
    add_table(file, laid.block, laid.label)


def _entries(file: WordDocument, laid: Laid, _document: Document) -> None:
    assert isinstance(laid.block, Entries)
    add_entries(file, laid.block, laid.label)


def _figure(file: WordDocument, laid: Laid, _document: Document) -> None:
    block = laid.block
    assert isinstance(block, Figure)
    picture = file.add_paragraph()
    picture.paragraph_format.keep_with_next = True
    add_picture(
        picture,
        svg_png(block.svg),
        title=block.caption,
        described=block.described,
        width=Cm(16 * block.width),
    )
    add_caption(file, laid.label, block.caption, with_next=False)
    file.add_paragraph(block.described)
    if block.table:
        add_table(file, block.table, laid.table_label)


def _note(file: WordDocument, laid: Laid, _document: Document) -> None:
    assert isinstance(laid.block, Note)
    framed = file.add_paragraph(style="Intense Quote")
    write(framed, laid.block.text)
    _frame(framed, strong=laid.block.kind == "warning")


def _frame(paragraph: Any, *, strong: bool) -> None:  # noqa: ANN401  python-docx's paragraph, untyped inside
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm(0.2)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001  python-docx offers no borders
    borders = element("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        color = "B3261E" if strong else "14507C"
        borders.append(element(f"w:{side}", val="single", sz="8" if strong else "4", space="4", color=color))
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _signatures(file: WordDocument, laid: Laid, document: Document) -> None:
    assert isinstance(laid.block, Signatures)
    add_signatures(file, laid.block, document.language)


def _page_break(file: WordDocument, _laid: Laid, _document: Document) -> None:
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


_WRITERS: Final[dict[type, Callable[[WordDocument, Laid, Document], None]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Items: _items,
    Table: _table,
    Entries: _entries,
    Figure: _figure,
    Note: _note,
    Signatures: _signatures,
    PageBreak: _page_break,
}
