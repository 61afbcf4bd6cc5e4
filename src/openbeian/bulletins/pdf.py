"""A bulletin as PDF: typeset, tagged (PDF/UA-1) and for archives (PDF/A-3), with its JSON attached."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from importlib import resources
from pathlib import Path
from typing import Any, Final

from openbeian.bulletins.document import Bulletin
from openbeian.bulletins.drawing import chart_svg
from openbeian.bulletins.layout import LaidSection, Layout, lay_out
from openbeian.bulletins.storing import canonical_bytes
from openbeian.bulletins.tables import Table
from openbeian.bulletins.words import Run
from openbeian.core.text import Language
from openbeian.typesetting import FONT_FOLDERS, SANS, SERIF, first_family, set_pdf
from openbeian.typesetting.pictures import with_font

__all__ = ["bulletin_pdf"]

_TEMPLATE: Final = "bulletin.typ"
_LATIN: Final = "Libertinus Serif"
"""Typst brings it along: English quotes are a whole square wide in the Chinese fonts."""


def bulletin_pdf(
    bulletin: Bulletin, language: Language, *, source: bytes = b"", fonts: Sequence[Path] = FONT_FOLDERS
) -> bytes:
    """Return the PDF.

    Args:
        bulletin: The bulletin.
        language: The language it is set in.
        source: The signed file to attach; the bare document where there is none.
        fonts: Folders with fonts.

    Raises:
        MissingFontsError: The folders hold no Chinese font.
        CouldNotRunError: It can't be set.
    """
    laid = lay_out(bulletin, language)
    sans, serif = first_family(SANS, fonts), first_family((*SERIF, *SANS), fonts)
    latin = [_LATIN] if language == "en" else []
    facts = _facts(laid) | {"sans": [sans], "serif": [*latin, serif]}
    files = {
        "laid.json": json.dumps(facts, ensure_ascii=False).encode(),
        "bulletin.json": source or canonical_bytes(bulletin),
        _TEMPLATE: resources.files(__package__).joinpath(_TEMPLATE).read_bytes(),
        **{
            f"{chart.id}.svg": with_font(chart_svg(chart, bulletin, language), sans)
            for chart in bulletin.charts
        },
    }
    return set_pdf(
        files,
        _TEMPLATE,
        what=("公报", "bulletin"),
        standards=["ua-1", "a-3a"],
        at=datetime.combine(bulletin.as_of, time(), tzinfo=UTC),
        folders=fonts,
        with_latin=True,
    )


def _facts(laid: Layout) -> dict[str, Any]:
    day = laid.bulletin.as_of
    return {
        "language": laid.language,
        "issuer": laid.bulletin.issuer,
        "date": [day.year, day.month, day.day],
        "kicker": laid.kicker,
        "title": laid.title,
        "dateline": laid.dateline,
        "notices": laid.notices,
        "headlines": [{"shown": one.shown, "meaning": one.meaning} for one in laid.headlines],
        "takeaways_heading": laid.takeaways_heading,
        "takeaways": [_runs(one) for one in laid.takeaways],
        "editor_heading": laid.editor_heading,
        "editor": laid.editor,
        "list_heading": laid.list_heading,
        "lists": [{**_table(table), "widths": table.widths} for table in laid.lists],
        "list_note": laid.list_note,
        "sections": [_section(section) for section in laid.sections],
        "method_heading": laid.method_heading,
        "method": laid.method,
        "data_label": laid.data_label,
        "sources_heading": laid.sources_heading,
        "sources": _table(laid.sources),
    }


def _runs(runs: Iterable[Run]) -> list[dict[str, Any]]:
    return [{"text": run.text, "figure": bool(run.figure)} for run in runs]


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "headings": table.headings,
        "rows": table.rows,
        "numbers": sorted(table.numbers),
    }


def _section(section: LaidSection) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "sentences": [_runs(one) for one in section.sentences],
        "charts": [
            {
                "title": one.title,
                "sentence": _runs(one.sentence),
                "alt": one.plain_sentence,
                "file": f"{one.chart.id}.svg",
                "width": 92,
                "table": _table(one.table),
            }
            for one in section.charts
        ],
    }
