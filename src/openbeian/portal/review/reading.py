"""One requirement beside its evidence: entries, thresholds with recomputed and reported figures, passages."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from openbeian.core.standard import Edition, Threshold
from openbeian.dossier.checks.report_figures import reported_rows
from openbeian.dossier.form import FIELDS
from openbeian.dossier.reading import Content, Heading, Paragraph, Table
from openbeian.portal.applications.explaining import Explained, explain
from openbeian.portal.applications.figures import Figure, figures_in, report_of
from openbeian.portal.applications.models import Application, Version
from openbeian.portal.review.beside import Beside, beside_of
from openbeian.portal.review.entries import FactRow, fact_row
from openbeian.portal.review.requirements import RequirementState
from openbeian.portal.review.versions import dossier_of, earlier_version
from openbeian.standards import EDITION_IDS, load_edition

__all__ = ["Passage", "Reading", "Reported", "ThresholdRow", "read_requirement"]

_MOST_PASSAGES: Final = 8
_LONGEST: Final = 320


class Passage(NamedTuple):
    """A place in a document where words of the requirement stand: file, heading, and the line."""

    file: str
    heading: str
    text: str


class Reported(NamedTuple):
    """The row of a document that states a figure, as it is written."""

    file: str
    cells: str


class ThresholdRow(NamedTuple):
    """What the edition asks, what follows from the evidence, and what the documents say."""

    threshold: Threshold
    figures: Sequence[Figure]
    reported: Sequence[Reported]


class Reading(NamedTuple):
    """Everything that lies beside one requirement."""

    facts: Sequence[FactRow]
    thresholds: Sequence[ThresholdRow]
    findings: Sequence[Explained]
    passages: Sequence[Passage]
    unread: Sequence[str]
    """Documents that can't be read by software: a person has to open them."""


def read_requirement(application: Application, version: Version, state: RequirementState) -> Reading:
    """Lay out what belongs to a requirement in one version; reads its documents."""
    beside = beside_of(state.requirement.id)
    before = earlier_version(application, version)
    dossier = dossier_of(version)
    documents = [(attached.name, content) for attached, content in dossier.documents()]
    read = {name for name, _content in documents}
    return Reading(
        facts=[fact_row(FIELDS[name], version, before) for name in beside.fields],
        thresholds=_thresholds(application, version, beside, documents),
        findings=explain(state.findings, application),
        passages=list(_passages(documents, beside.words))[:_MOST_PASSAGES],
        unread=[
            one.name
            for one in dossier.attachments
            if one.name not in read and one.kind not in {"evidence", "head", "keys"}
        ],
    )


def _edition(application: Application) -> Edition:
    known = application.edition in EDITION_IDS
    return load_edition(application.edition if known else EDITION_IDS[-1])


def _thresholds(
    application: Application, version: Version, beside: Beside, documents: Sequence[tuple[str, Content]]
) -> list[ThresholdRow]:
    edition, report = _edition(application), report_of(version)
    figures = figures_in(report)
    rows = [
        (name, result, " | ".join(filter(None, dict.fromkeys(cells))))
        for name, content in documents
        for result, cells in reported_rows(content, report.results if report else ())
    ]
    return [
        ThresholdRow(
            edition.threshold(threshold_id),
            [one for one in figures if one.result.threshold == threshold_id],
            [Reported(name, cells) for name, result, cells in rows if result.threshold == threshold_id],
        )
        for threshold_id in beside.thresholds
    ]


def _passages(documents: Sequence[tuple[str, Content]], words: Sequence[str]) -> Iterator[Passage]:
    wanted = [word.lower() for word in words]
    for name, content in documents:
        heading = ""
        for block in content.blocks:
            if isinstance(block, Heading):
                heading = block.text
            elif isinstance(block, Paragraph | Table):
                for line in _lines(block):
                    place = _place(line, wanted)
                    if place is not None:
                        yield Passage(name, heading, _cut(line, place))


def _lines(block: Paragraph | Table) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield block.text
    else:
        yield from (" | ".join(filter(None, row)) for row in block.rows)


def _place(line: str, wanted: Sequence[str]) -> int | None:
    small = line.lower()
    places = [small.find(word) for word in wanted if word in small]
    return min(places) if places else None


def _cut(line: str, place: int) -> str:
    """Return the line around a place, not longer than is read at a glance."""
    begin = max(place - _LONGEST // 2, 0)
    shown = line[begin : begin + _LONGEST]
    return f"{'…' if begin else ''}{shown}{'…' if begin + _LONGEST < len(line) else ''}"
