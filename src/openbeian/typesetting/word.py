"""What every Word file needs and python-docx does not offer by itself.

Styles with a font for Latin and one for Chinese letters, page numbers and other fields, tables whose
head is repeated on every page, described pictures.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from openbeian.core.text import Language

__all__ = [
    "ACCENT",
    "INK",
    "LOCALES",
    "QUIET",
    "RULE",
    "Fonts",
    "Style",
    "add_field",
    "add_picture",
    "apply_styles",
    "element",
    "field_char",
    "number_pages",
    "repeat_head",
    "rule_rows",
    "saved",
    "set_page",
    "set_properties",
    "set_widths",
]

ACCENT: Final = RGBColor(0x14, 0x50, 0x7C)
INK: Final = RGBColor(0x16, 0x19, 0x1D)
QUIET: Final = RGBColor(0x4F, 0x57, 0x5F)
RULE: Final = "C9CCD2"
LOCALES: Final[Mapping[Language, str]] = {"zh": "zh-CN", "en": "en-GB"}


@dataclass(frozen=True, slots=True)
class Fonts:
    """The two families of a document, each for Chinese and for Latin letters."""

    han_serif: str = "Noto Serif CJK SC"
    han_sans: str = "Noto Sans CJK SC"
    latin_serif: str = "Georgia"
    latin_sans: str = "Arial"


@dataclass(frozen=True, slots=True)
class Style:
    """How a named style looks; sizes and spaces in points."""

    size: float
    bold: bool = False
    color: RGBColor = field(default_factory=lambda: INK)
    sans: bool = False
    before: float = 0
    after: float = 0


def apply_styles(
    document: WordDocument, styles: Mapping[str, Style], language: Language, fonts: Fonts
) -> None:
    """Make the named styles look so, and say which language the text is in."""
    for name, look in styles.items():
        style: Any = document.styles[name]
        style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.bold, False
        style.font.color.rgb = look.color
        style.font.name = fonts.latin_sans if look.sans else fonts.latin_serif
        named = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            named.attrib.pop(qn(f"w:{theme}"), None)
        named.set(qn("w:eastAsia"), fonts.han_sans if look.sans else fonts.han_serif)
        style.paragraph_format.space_before = Pt(look.before)
        style.paragraph_format.space_after = Pt(look.after)
    spoken = document.styles["Normal"].element.get_or_add_rPr()
    spoken.append(element("w:lang", val=LOCALES[language], eastAsia="zh-CN"))


def set_page(document: WordDocument, *, side: Length, edge: Length) -> None:
    """Make the page A4 with margins of `side` left and right, of `edge` above and below."""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = side
    page.top_margin = page.bottom_margin = edge


def set_properties(
    document: WordDocument, *, title: str, author: str, subject: str, language: Language, at: datetime
) -> None:
    """Say in the file what it is, whose, in which language and as of when."""
    properties = document.core_properties
    properties.title, properties.author, properties.subject = title, author, subject
    properties.language = LOCALES[language]
    properties.created = properties.modified = at


def element(tag: str, **attributes: str) -> Any:  # noqa: ANN401  lxml's element, which has no types here
    """Return a new element such as `w:lang`; its attributes are of the same namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def number_pages(paragraph: Paragraph, beside: str, width: Length) -> None:
    """Write `beside` at the left of the paragraph and “page / pages” at its right end."""
    paragraph.paragraph_format.tab_stops.clear_all()
    paragraph.paragraph_format.tab_stops.add_tab_stop(width, WD_ALIGN_PARAGRAPH.RIGHT)
    paragraph.add_run(f"{beside}\t")
    add_field(paragraph, "PAGE")
    paragraph.add_run(" / ")
    add_field(paragraph, "NUMPAGES")


def add_field(
    paragraph: Paragraph,
    instruction: str,
    *,
    shown: str = "",
    is_open: bool = False,
    is_stale: bool = False,
) -> None:
    """Add a field; `shown` stands there until the reader's program has worked it out.

    An open field goes on over what is added next, until `field_char("end")`; a stale one is worked out
    anew when the file is opened.
    """
    written = OxmlElement("w:instrText")
    written.set(qn("xml:space"), "preserve")
    written.text = instruction
    begin = field_char("begin")
    if is_stale:
        begin.set(qn("w:dirty"), "true")
    parts = [begin, written, field_char("separate")]
    for part in parts:
        paragraph.add_run()._r.append(part)  # noqa: SLF001  python-docx offers no fields
    if shown:
        paragraph.add_run(shown)
    if not is_open:
        paragraph.add_run()._r.append(field_char("end"))  # noqa: SLF001  the same


def field_char(kind: str) -> Any:  # noqa: ANN401  lxml's element, which has no types here
    """Return the mark where a field begins, shows its result, or ends."""
    return element("w:fldChar", fldCharType=kind)


def add_picture(paragraph: Paragraph, png: bytes, *, title: str, described: str, width: Length) -> None:
    """Add a picture with the words that stand for it where it can't be seen."""
    shape = paragraph.add_run().add_picture(io.BytesIO(png), width=width)
    about = shape._inline.docPr  # noqa: SLF001  python-docx offers no description of pictures
    about.set("descr", described)
    about.set("title", title)


def set_widths(table: WordTable, shares: Sequence[float], whole: Length) -> list[int]:
    """Share `whole` out between the columns; return what each got, for its cells."""
    sizes = [int(whole * share / sum(shares)) for share in shares]
    for column, size in zip(table.columns, sizes, strict=True):
        column.width = size
    return sizes


def repeat_head(table: WordTable, *, rows: int = 1) -> None:
    """Repeat the first rows on every page the table runs over, and break no row."""
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001  python-docx offers neither of the two
        properties.append(OxmlElement("w:cantSplit"))
        if number < rows:
            properties.append(OxmlElement("w:tblHeader"))


def rule_rows(table: WordTable, sides: Iterable[str] = ("top", "bottom", "insideH")) -> None:
    """Draw hairlines: between the rows and none between the columns, unless `sides` says otherwise."""
    borders = OxmlElement("w:tblBorders")
    for side in sides:
        borders.append(element(f"w:{side}", val="single", sz="4", color=RULE))
    properties = table._tbl.tblPr  # noqa: SLF001  python-docx offers no borders
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def saved(document: WordDocument, at: datetime) -> bytes:
    """Return the file; the same document gives the same bytes, whenever it is saved."""
    draft, out = io.BytesIO(), io.BytesIO()
    document.save(draft)
    stamp = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(zipfile.ZipInfo(part.filename, stamp), source.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()
