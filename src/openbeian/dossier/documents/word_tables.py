"""Tables, forms and signature blocks of a Word file, and the lines in their cells."""

from collections.abc import Sequence
from typing import Any, Final

from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_LINE_SPACING
from docx.shared import Cm, Length, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from openbeian.core.text import Language
from openbeian.dossier.documents.layout import DATE, KEPT_WHOLE, NAME, POST, SEAL, SIGNATURE, paired
from openbeian.dossier.documents.model import Entries, Inline, Signatures, Span, Table
from openbeian.typesetting.word import (
    QUIET,
    add_field,
    element,
    repeat_head,
    rule_rows,
    set_widths,
)

__all__ = [
    "TEXT_WIDTH",
    "add_caption",
    "add_cover_lines",
    "add_entries",
    "add_signatures",
    "add_table",
    "write",
]

TEXT_WIDTH: Final[Length] = Cm(16)
_CELL_SIZE: Final = 9.5
_CELL_LINE: Final = Pt(13.5)
_GRID: Final = ("top", "left", "bottom", "right", "insideH", "insideV")
_PADDING: Final = 108
"""Twentieths of a point that Word puts beside the text of a cell."""
_SHADE: Final = "F1F3F5"


def write(paragraph: Paragraph, line: Inline, *, size: float | None = None) -> None:
    """Write a line into a paragraph; places still to be written are marked as with a pen."""
    for span in (Span(line),) if isinstance(line, str) else line:
        run = paragraph.add_run(span.text)
        run.bold = span.strong or None
        run.font.size = Pt(size) if size else None
        if span.blank:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def add_caption(file: WordDocument, label: str, caption: str, *, with_next: bool = True) -> None:
    """Add a numbered caption; Word can count the numbers anew and list them."""
    made = file.add_paragraph(style="Caption")
    word, _, number = label.partition(" ")
    made.add_run(f"{word} ")
    add_field(made, f"SEQ {word} \\* ARABIC", shown=number)
    made.add_run(f"  {caption}")
    made.paragraph_format.keep_with_next = with_next


def add_table(file: WordDocument, table: Table, label: str) -> None:
    """Add a table under its caption, its head repeated on every page."""
    if table.caption:
        add_caption(file, label, table.caption)
    made = _new_table(file, 1 + len(table.rows), len(table.headings))
    rule_rows(made)
    sizes = set_widths(made, table.widths or (1.0,) * len(table.headings), TEXT_WIDTH)
    lines = [*table.headings, *(cell for row in table.rows for cell in row)]
    # The head stays with what follows, and so do all rows but the last of a short table.
    kept = len(sizes) * (len(table.rows) if len(table.rows) <= KEPT_WHOLE else 1)
    for at, (cell, line) in enumerate(zip(_cells(made), lines, strict=True)):
        column = at % len(sizes)
        cell.width = sizes[column]
        is_head = at < len(sizes)
        paragraph = _fill(cell, (Span(str(line), strong=True),) if is_head else line)
        if column in table.numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if at < kept:
            paragraph.paragraph_format.keep_with_next = True
        if is_head:
            _shade(cell)
    repeat_head(made)
    _space_after(file)


def add_entries(file: WordDocument, block: Entries, label: str) -> None:
    """Add entries of a form as a grid of label and value, two entries in a row where both are short."""
    if block.caption:
        add_caption(file, label, block.caption)
    rows = paired(block.entries)
    made = _new_table(file, len(rows), 4)
    rule_rows(made, _GRID)
    sizes = set_widths(made, (3.2, 4.8, 3.2, 4.8), TEXT_WIDTH)
    cells = _cells(made)
    for number, row in enumerate(rows):
        first = cells[4 * number : 4 * number + 4]
        for cell, size in zip(first, sizes, strict=True):
            cell.width = size
        if len(row) == 1:
            first = [first[0], first[1].merge(first[3])]
            first[1].width = sum(sizes[1:])
        for at, entry in enumerate(row):
            _fill(first[2 * at], entry.label).runs[0].font.color.rgb = QUIET
            _shade(first[2 * at])
            _fill(first[2 * at + 1], entry.value)
            for cell in first[2 * at : 2 * at + 2]:
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    repeat_head(made, rows=0)
    _space_after(file)


def add_cover_lines(file: WordDocument, lines: Sequence[tuple[str, str]]) -> None:
    """Add the lines under the title of a cover: label and value, in the middle of the page."""
    made = _new_table(file, len(lines), 2)
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    rule_rows(made, ("bottom", "insideH"))
    sizes = set_widths(made, (3, 9), Cm(12))
    for at, (cell, line) in enumerate(
        zip(_cells(made), [one for pair in lines for one in pair], strict=True)
    ):
        cell.width = sizes[at % 2]
        _fill(cell, line, size=11)
    _space_after(file)


def add_signatures(file: WordDocument, block: Signatures, language: Language) -> None:
    """Add places to sign as a grid that is not broken over pages, and one for the seal."""
    made = _new_table(file, 1 + len(block.entries), 4)
    rule_rows(made, _GRID)
    sizes = set_widths(made, (4.2, 3.4, 5.2, 3.2), TEXT_WIDTH)
    heads = [text.in_(language) for text in (POST, NAME, SIGNATURE, DATE)]
    lines = [
        *heads,
        *(line for one in block.entries for line in (_with_note(one.post, one.note), one.name, "", "")),
    ]
    for at, (cell, line) in enumerate(zip(_cells(made), lines, strict=True)):
        cell.width = sizes[at % 4]
        _fill(cell, line).paragraph_format.keep_with_next = True
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        if at < 4:  # noqa: PLR2004  the four columns
            _shade(cell)
    for row in list(made.rows)[1:]:
        row.height, row.height_rule = Cm(1.6), WD_ROW_HEIGHT_RULE.AT_LEAST
    repeat_head(made, rows=0)
    if block.seal:
        _space_after(file)
        seal = file.add_paragraph(f"{block.seal}\n{SEAL.in_(language)}")
        seal.paragraph_format.space_before = Pt(24)
        seal.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _with_note(post: str, note: str) -> str:
    return f"{post}\n{note}" if note else post


def _new_table(file: WordDocument, rows: int, columns: int) -> WordTable:
    made: WordTable = file.add_table(rows=rows, cols=columns)
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    made.autofit = False
    # Word hangs a table's cells out by their padding; this puts its edge where the text begins.
    indent = element("w:tblInd", w=str(_PADDING), type="dxa")
    made._tbl.tblPr.insert_element_before(  # noqa: SLF001  python-docx offers no indent
        indent, "w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
    )
    return made


def _cells(table: WordTable) -> list[Any]:
    # Cells are found by place once: asking a row for its cells counts the whole table each time.
    return table._cells  # noqa: SLF001  python-docx's own list, which its slow accessors are made of


def _fill(cell: Any, line: Inline, *, size: float = _CELL_SIZE) -> Paragraph:  # noqa: ANN401  python-docx's cell
    paragraph: Paragraph = cell.paragraphs[0]
    write(paragraph, line, size=size)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    lines = paragraph.paragraph_format
    lines.line_spacing, lines.line_spacing_rule = _CELL_LINE, WD_LINE_SPACING.AT_LEAST
    return paragraph


def _shade(cell: Any) -> None:  # noqa: ANN401  the same
    shade = element("w:shd", val="clear", color="auto", fill=_SHADE)
    cell._tc.get_or_add_tcPr().insert_element_before(  # noqa: SLF001  python-docx offers no shading
        shade, "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign", "w:hideMark"
    )


def _space_after(file: WordDocument) -> None:
    """Add the paragraph Word wants after a table, hardly to be seen."""
    line = file.add_paragraph()
    line.paragraph_format.space_after, line.paragraph_format.line_spacing = Pt(0), Pt(8)
