"""The chapter with the result of each clause: conclusion, and evidence, reason or plan as 9.1 b) demands."""

from collections.abc import Iterator
from typing import Final

from openbeian.core.standard import CONCLUSION_LABELS, Conclusion
from openbeian.core.text import Text
from openbeian.dossier.conclusions import ClauseFinding
from openbeian.dossier.documents.model import Block, Heading, Inline, Paragraph, Span, Table, blank
from openbeian.dossier.documents.report.stated import form_sections
from openbeian.dossier.documents.report.writing import Writing

__all__ = ["clauses"]

_MARKS: Final = {
    Conclusion.CONFORMS: "✓",
    Conclusion.DOES_NOT_CONFORM: "✗",
    Conclusion.NOT_APPLICABLE: "–",
}
_UNVERIFIED: Final = "†"
_WHAT: Final = {
    None: Text("结论及其依据", "the result and its grounds"),
    Conclusion.CONFORMS: Text("证明材料", "the evidence"),
    Conclusion.DOES_NOT_CONFORM: Text(
        "原因，以及整改计划或等效措施及其证明",
        "the reason, and a plan or an equivalent measure with its evidence",
    ),
    Conclusion.NOT_APPLICABLE: Text("不适用的理由", "the reason"),
}


def clauses(writing: Writing) -> Iterator[Block]:
    """Yield the chapter."""
    say, edition = writing.say, writing.found.edition
    yield Heading(say("安全措施与逐条结论", "Safety measures, and results by clause"))
    yield Heading(say("已采取的安全措施", "Safety measures in operation"), 2)
    yield from form_sections(writing, ("measures",))
    yield Heading(say("逐条结论", "Results by clause"), 2)
    yield Paragraph(
        say(
            "符合的附证明材料；不符合的说明原因，并附整改计划或等效措施；不适用的说明理由。"
            "实测数字能够判定的，以数字为准；提供者的陈述与数字相反的，两者并列，不改数字的结论。",
            "What conforms has its evidence; what does not has the reason with a plan or an equivalent "
            "measure; what "
            "is not applicable has the reason. Where figures decide, they do: what the provider says "
            "against them "
            "stands beside them and changes nothing.",
        )
    )
    titles = {chapter.number: chapter.title.in_(writing.language) for chapter in edition.chapters}
    chapters = dict.fromkeys(finding.clause.chapter for finding in writing.found.findings)
    for chapter in chapters:
        of_chapter = [one for one in writing.found.findings if one.clause.chapter == chapter]
        title = f"{chapter} {titles.get(chapter, '')}".strip()
        yield Table(
            title,
            writing.heads(
                ("条款", "Clause"),
                ("要求", "Requirement"),
                ("结论", "Result"),
                ("依据、理由与计划", "Grounds"),
            ),
            tuple(_row(finding, writing) for finding in of_chapter),
            widths=(1.8, 3.4, 2.4, 8.4),
        )


def _row(finding: ClauseFinding, writing: Writing) -> tuple[Inline, ...]:
    clause, lang = finding.clause, writing.language
    label = CONCLUSION_LABELS.get(finding.conclusion) if finding.conclusion else None
    said: Inline = (
        f"{_MARKS[finding.conclusion]} {label.in_(lang)}"
        if finding.conclusion and label
        else ((Span(writing.say("未评估", "Not assessed"), strong=True),))
    )
    number = clause.number.replace(" ", "\u00a0") + (_UNVERIFIED if clause.is_unverified else "")
    return number, clause.title.in_(lang), said, tuple(_grounds(finding, writing))


def _grounds(finding: ClauseFinding, writing: Writing) -> Iterator[Span]:
    say, lang = writing.say, writing.language
    end = say("。", ". ")
    if finding.contradiction:
        yield Span(say("矛盾：", "Contradiction: "), strong=True)
        yield Span(f"{finding.contradiction.in_(lang)} ")
    for label, text in _told(finding, writing):
        yield Span(label, strong=True)
        yield Span(text if text.endswith(("。", ".")) else f"{text}{end}")
    if finding.remarks:
        yield Span(say("注：", "Note: "), strong=True)
        yield Span("".join(f"{remark.in_(lang)} " for remark in finding.remarks))
    if finding.todo:
        yield blank(_WHAT[finding.conclusion], lang)


def _told(finding: ClauseFinding, writing: Writing) -> Iterator[tuple[str, str]]:
    say = writing.say
    if finding.evidence:
        yield say("证明：", "Evidence: "), writing.listed(finding.evidence)
    if finding.reason.in_(writing.language).strip() and not finding.contradiction:
        yield _reason_label(finding, writing), finding.reason.in_(writing.language).strip()
    if finding.equivalent_measure:
        yield say("等效措施：", "Equivalent measure: "), finding.equivalent_measure
    if finding.plan:
        yield say("整改计划：", "Plan: "), finding.plan


def _reason_label(finding: ClauseFinding, writing: Writing) -> str:
    if finding.conclusion is Conclusion.CONFORMS:
        return writing.say("依据：", "On: ")
    return (
        writing.say("原因：", "Reason: ")
        if finding.conclusion is Conclusion.DOES_NOT_CONFORM
        else writing.say("理由：", "Reason: ")
    )
