"""Which function makes which document, and what they are all made from.

A new document is one function with `@document(kind)` or `@workbook(kind)` over it, in a module that
`openbeian.dossier.documents` imports; its name and number stand in `openbeian.dossier.kinds`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from openbeian.assessment.report import Report
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.core.text import Language, Text
from openbeian.dossier.checks.registry import Dossier
from openbeian.dossier.documents.model import Document
from openbeian.dossier.folder import Folder
from openbeian.dossier.form import FIELDS, Facts
from openbeian.dossier.kinds import DOCUMENT_KINDS

__all__ = [
    "BUILDERS",
    "Builder",
    "LacksMaterialError",
    "Material",
    "Rendered",
    "Workbook",
    "document",
    "workbook",
]

_DEMO: Final = Text(
    "演示：按缩减样本评估，不具效力。", "DEMO: assessed with a reduced sample; it has no effect."
)


class LacksMaterialError(BadInputError):
    """A document can't be made of what the folder holds; the others can."""

    code = "lacks_material"


@dataclass(frozen=True)
class Material:
    """What documents are made from: the folder, the day they are made up, and what follows from both."""

    folder: Folder
    on: date
    worked_out: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What several documents rest on and one of them has worked out, by name."""

    @property
    def facts(self) -> Facts:
        """The entries of the form."""
        return self.folder.facts

    @property
    def edition(self) -> Edition:
        """The edition the dossier rests on, under its profile."""
        return self.folder.edition

    @cached_property
    def dossier(self) -> Dossier:
        """The dossier as checks see it; its report is worked out once for all documents."""
        return self.folder.dossier()

    @property
    def report(self) -> Report | None:
        """The report recomputed from the evidence; None where there is none, or it is broken."""
        return self.dossier.report

    def fact(self, field_id: str) -> str:
        """Return an entry that is one value; empty where it is not filled in."""
        value = self.facts.get(field_id, "")
        return value if isinstance(value, str) else "、".join(value)

    def chosen(self, field_id: str) -> tuple[str, ...]:
        """Return the ids chosen in an entry with choices."""
        value = self.facts.get(field_id, ())
        return (value,) if isinstance(value, str) and value else tuple(value)

    def worded(self, field_id: str, language: Language) -> str:
        """Return an entry in words: choices by their labels, everything else as it was written."""
        labels = {choice.id: choice.label.in_(language) for choice in FIELDS[field_id].choices}
        if not labels:
            return self.fact(field_id)
        between = Text("、", ", ").in_(language)
        return between.join(labels.get(one, one) for one in self.chosen(field_id))

    def notices(self, language: Language) -> tuple[str, ...]:
        """Return what every document of this dossier must say first."""
        return (_DEMO.in_(language),) if self.folder.profile else ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """An XLSX file and the figures in it."""

    data: bytes
    figures: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document's files by their endings, and the figures it prints."""

    files: Mapping[str, bytes]
    figures: Mapping[str, Any]


_Make = Callable[[Material, Language], Rendered]


@dataclass(frozen=True, slots=True)
class Builder:
    """How one kind of document is made."""

    kind: str
    render: _Make = field(repr=False)
    rests_on_evidence: bool = False
    """Whether it can't be made without an assessment run."""


BUILDERS: dict[str, Builder] = {}


def document(
    kind: str, *, rests_on_evidence: bool = False
) -> Callable[[Callable[[Material, Language], Document]], Callable[[Material, Language], Document]]:
    """Register the decorated function as the maker of this kind, as Word file and PDF."""

    def register(make: Callable[[Material, Language], Document]) -> Callable[[Material, Language], Document]:
        def render(material: Material, language: Language) -> Rendered:
            made = make(material, language)
            return Rendered(_word_and_pdf(made), made.figures)

        _register(kind, render, rests_on_evidence=rests_on_evidence)
        return make

    return register


def _word_and_pdf(made: Document) -> dict[str, bytes]:
    from openbeian.dossier.documents.pdf import document_pdf, pages_of_headings  # noqa: PLC0415  load slowly
    from openbeian.dossier.documents.word import document_docx  # noqa: PLC0415  the same

    pdf = document_pdf(made)
    pages = pages_of_headings(pdf) if made.has_cover else ()
    return {"docx": document_docx(made, pages=pages), "pdf": pdf}


def workbook(
    kind: str, *, rests_on_evidence: bool = False
) -> Callable[[Callable[[Material, Language], Workbook]], Callable[[Material, Language], Workbook]]:
    """Register the decorated function as the maker of this kind, as XLSX."""

    def register(make: Callable[[Material, Language], Workbook]) -> Callable[[Material, Language], Workbook]:
        def render(material: Material, language: Language) -> Rendered:
            made = make(material, language)
            return Rendered({"xlsx": made.data}, made.figures)

        _register(kind, render, rests_on_evidence=rests_on_evidence)
        return make

    return register


def _register(kind: str, render: _Make, *, rests_on_evidence: bool) -> None:
    assert kind in DOCUMENT_KINDS, f"{kind} is no kind of document"
    assert kind not in BUILDERS, f"{kind} is made twice"
    BUILDERS[kind] = Builder(kind, render, rests_on_evidence)
