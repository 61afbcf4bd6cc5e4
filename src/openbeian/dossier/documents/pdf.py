"""A document as PDF: typeset, tagged (PDF/UA-1) and for archives (PDF/A-3), its fonts embedded."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time
from importlib import resources
from pathlib import Path
from typing import Any, Final

import pypdf

from openbeian.dossier.documents.layout import (
    CONTENTS,
    DATE,
    KEPT_WHOLE,
    NAME,
    POST,
    SEAL,
    SIGNATURE,
    Laid,
    cover_lines,
    lay_out,
    paired,
)
from openbeian.dossier.documents.model import (
    Document,
    Entries,
    Figure,
    Heading,
    Inline,
    Items,
    Note,
    PageBreak,
    Paragraph,
    Signatures,
    Span,
    Table,
)
from openbeian.typesetting import FONT_FOLDERS, SANS, SERIF, first_family, set_pdf
from openbeian.typesetting.pictures import with_font

__all__ = ["document_pdf", "pages_of_headings"]

_TEMPLATE: Final = "document.typ"
_LATIN: Final = "Libertinus Serif"
"""Typst brings it along: English quotes are a whole square wide in the Chinese fonts."""


def document_pdf(document: Document, *, fonts: Sequence[Path] = FONT_FOLDERS) -> bytes:
    """Return the PDF.

    Raises:
        MissingFontsError: The folders hold no Chinese font.
        CouldNotRunError: It can't be set.
    """
    sans, serif = first_family(SANS, fonts), first_family((*SERIF, *SANS), fonts)
    laid = tuple(lay_out(document))
    latin = [_LATIN] if document.language == "en" else []
    facts = _facts(document, laid) | {"sans": [sans], "serif": [*latin, serif]}
    return set_pdf(
        {
            "laid.json": json.dumps(facts, ensure_ascii=False).encode(),
            _TEMPLATE: resources.files(__package__).joinpath(_TEMPLATE).read_bytes(),
            **{
                f"{_file(one)}": with_font(one.block.svg, sans)
                for one in laid
                if isinstance(one.block, Figure)
            },
        },
        _TEMPLATE,
        what=(document.title, document.title),
        standards=["ua-1", "a-3a"],
        at=datetime.combine(document.date, time(), tzinfo=UTC),
        folders=fonts,
        with_latin=True,
    )


def pages_of_headings(pdf: bytes) -> tuple[int, ...]:
    """Return the page of each heading of a document set by `document_pdf`, in their order."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return tuple((reader.get_destination_page_number(one) or 0) + 1 for one in _flat(reader.outline))


def _flat(outline: Any) -> Iterator[Any]:  # noqa: ANN401  pypdf nests lists of destinations
    for one in outline:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def _file(laid: Laid) -> str:
    return f"figure-{laid.label.split()[-1]}.svg"


def _facts(document: Document, laid: Sequence[Laid]) -> dict[str, Any]:
    day, language = document.date, document.language
    return {
        "language": language,
        "title": document.title,
        "provider": document.provider,
        "service": document.service,
        "edition": document.edition,
        "date": [day.year, day.month, day.day],
        "day": f"{day}",
        "notices": document.notices,
        "has_cover": document.has_cover,
        "cover": cover_lines(document),
        "contents": CONTENTS.in_(language),
        "sign_heads": [text.in_(language) for text in (POST, NAME, SIGNATURE, DATE)],
        "seal_here": SEAL.in_(language),
        "kept_whole": KEPT_WHOLE,
        "blocks": [_block(one) for one in laid],
    }


def _line(line: Inline) -> list[dict[str, Any]]:
    spans = (Span(line),) if isinstance(line, str) else line
    return [{"text": span.text, "strong": span.strong, "blank": span.blank} for span in spans]


def _block(laid: Laid) -> dict[str, Any]:
    return {"kind": type(laid.block).__name__, **_BLOCKS[type(laid.block)](laid, laid.block)}


def _table(table: Table, label: str) -> dict[str, Any]:
    return {
        "label": label,
        "caption": table.caption,
        "headings": table.headings,
        "rows": [[_line(cell) for cell in row] for row in table.rows],
        "widths": table.widths or [1] * len(table.headings),
        "numbers": sorted(table.numbers),
    }


def _entries(laid: Laid, block: Entries) -> dict[str, Any]:
    rows = [
        [{"label": entry.label, "value": _line(entry.value)} for entry in row]
        for row in paired(block.entries)
    ]
    return {"label": laid.label, "caption": block.caption, "rows": rows}


def _figure(laid: Laid, block: Figure) -> dict[str, Any]:
    return {
        "label": laid.label,
        "caption": block.caption,
        "file": _file(laid),
        "described": block.described,
        "width": block.width,
        "table": _table(block.table, laid.table_label) if block.table else None,
    }


def _signatures(_laid: Laid, block: Signatures) -> dict[str, Any]:
    entries = [{"post": one.post, "name": one.name, "note": one.note} for one in block.entries]
    return {"entries": entries, "seal": block.seal}


_BLOCKS: Final[dict[type, Callable[[Laid, Any], dict[str, Any]]]] = {
    Heading: lambda _, one: {"text": one.text, "level": one.level},
    Paragraph: lambda _, one: {"text": _line(one.text), "small": one.small},
    Items: lambda _, one: {"items": [_line(item) for item in one.items], "numbered": one.numbered},
    Table: lambda laid, one: _table(one, laid.label),
    Entries: _entries,
    Figure: _figure,
    Note: lambda _, one: {"text": _line(one.text), "warning": one.kind == "warning"},
    Signatures: _signatures,
    PageBreak: lambda *_: {},
}
