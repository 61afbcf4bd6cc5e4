"""The security assessment report of a dossier, and the two workbooks annexed to it."""

from collections.abc import Callable, Iterator
from typing import Any

from openbeian.core.text import Language
from openbeian.dossier.annexes import write_keyword_sheet, write_question_sheet
from openbeian.dossier.documents.model import Block, Document
from openbeian.dossier.documents.registry import (
    LacksMaterialError,
    Material,
    Workbook,
    document,
    workbook,
)
from openbeian.dossier.documents.report.clauses import clauses
from openbeian.dossier.documents.report.comparison import comparison
from openbeian.dossier.documents.report.corpus import corpus
from openbeian.dossier.documents.report.ending import annexes, data_tables, signing
from openbeian.dossier.documents.report.gathered import Gathered
from openbeian.dossier.documents.report.method import method
from openbeian.dossier.documents.report.model import model
from openbeian.dossier.documents.report.summary import provider, summary
from openbeian.dossier.documents.report.writing import Writing, number_headings
from openbeian.dossier.kinds import DOCUMENT_KINDS

__all__ = ["assessment_report", "keyword_workbook", "question_workbook"]

_KIND = "assessment_report"


@document(_KIND, rests_on_evidence=True)
def assessment_report(material: Material, language: Language) -> Document:
    """Return the report."""
    found = Gathered.of(material)
    writing = Writing(found, language)
    return Document(
        kind=_KIND,
        title=DOCUMENT_KINDS[_KIND].name.in_(language),
        language=language,
        provider=material.fact("provider.name"),
        service=material.fact("service.name"),
        date=material.on,
        edition=material.edition.name,
        blocks=tuple(number_headings(_chapters(writing))),
        notices=material.notices(language),
        has_cover=True,
        figures=_figures(found),
    )


def _chapters(writing: Writing) -> Iterator[Block]:
    for chapter in (
        summary,
        provider,
        method,
        corpus,
        model,
        comparison,
        clauses,
        signing,
        annexes,
        data_tables,
    ):
        yield from chapter(writing)


def _figures(found: Gathered) -> dict[str, Any]:
    overall = found.overall.conclusion
    return {
        "overall": overall.value if overall else None,
        "head": found.report.evidence.head,
        "clauses": {one.clause.key: one.conclusion and one.conclusion.value for one in found.findings},
        "results": {
            f"{one.threshold}/{one.judge}": {
                "drawn": one.drawn,
                "judged": one.judged,
                "counted": one.counted,
                "errors": one.errors,
                "rate": one.rate,
                "conclusion": one.conclusion.value,
            }
            for one in found.report.results
        },
    }


@workbook("test_questions", rests_on_evidence=True)
def question_workbook(material: Material, language: Language) -> Workbook:  # noqa: ARG001  one sheet for both
    """Return the questions with answers and verdicts."""
    found = Gathered.of(material)

    def made() -> Workbook:
        data = write_question_sheet(found.counted, found.run.evidence)
        return Workbook(data, {"questions": {bank.kind.value: bank.drawn for bank in found.report.banks}})

    return _once(material, "question_workbook", made)


@workbook("keyword_list", rests_on_evidence=True)
def keyword_workbook(material: Material, language: Language) -> Workbook:  # noqa: ARG001  one sheet for both
    """Return the keyword library committed to.

    Raises:
        LacksMaterialError: There was none, or its copy is missing.
    """
    library = Gathered.of(material).library
    if library is None:
        raise LacksMaterialError(
            "评估时没有承诺关键词库，或其副本不在证据旁；请放回副本，或在 dossier.yaml 的 attachments 中以 "
            "kind: keyword_list 附上自己的列表。",
            "The run was committed to no keyword library, or its copy is not beside the evidence; put the "
            "copy back, or attach a list of your own under attachments in dossier.yaml with "
            "kind: keyword_list.",
        )

    def made() -> Workbook:
        data = write_keyword_sheet(library, material.edition)
        return Workbook(data, {"keywords": len(library.keywords)})

    return _once(material, "keyword_workbook", made)


def _once(material: Material, name: str, make: Callable[[], Workbook]) -> Workbook:
    """Return a workbook that is the same in every language, made the first time it is asked for."""
    if name not in material.worked_out:
        material.worked_out[name] = make()
    made: Workbook = material.worked_out[name]
    return made
