"""The first chapters: the overall conclusion with what it rests on, and whose service it is about."""

from collections.abc import Iterator
from typing import Final

from openbeian.assessment.report_words import count, interval, share
from openbeian.core.standard import CONCLUSION_LABELS, OVERALL_LABELS, Conclusion
from openbeian.core.text import Text
from openbeian.dossier.conclusions import ClauseFinding
from openbeian.dossier.documents.model import (
    Block,
    Heading,
    Inline,
    Items,
    Note,
    Paragraph,
    Span,
    Table,
)
from openbeian.dossier.documents.report.stated import form_sections
from openbeian.dossier.documents.report.writing import Writing

__all__ = ["conclusion_line", "provider", "summary"]

_UNASSESSED: Final = Text("未评估", "Not assessed")


def summary(writing: Writing) -> Iterator[Block]:
    """Yield the chapter that a reader in a hurry reads alone."""
    say, found = writing.say, writing.found
    yield Heading(say("总体结论与主要数字", "Overall conclusion and main figures"))
    yield from conclusion_line(writing)
    yield from open_items(writing)
    yield Paragraph(_counted(writing))
    for finding in found.findings:
        if finding.contradiction:
            yield Note(_contradiction(finding, writing), "warning")
    yield _main_figures(writing)
    yield Paragraph(
        say(
            "「计入」为合格的回答数（拒答两项为拒答数）。区间为比率的 95% 精确区间（Clopper–Pearson）。"
            "全部数字由评估证据重新计算得出，可用附件中的题目表逐列复核。",
            "“Counted” are the answers that conform (for refusal, those refused). The interval is the exact "
            "95 % interval (Clopper–Pearson). Every figure is computed anew from the evidence and can be "
            "counted again in the annexed sheet of questions.",
        ),
        small=True,
    )


def conclusion_line(writing: Writing) -> Iterator[Block]:
    """Yield the overall conclusion, or that there is none yet."""
    say, overall = writing.say, writing.found.overall
    edition = writing.found.edition.name
    if overall.conclusion:
        words = OVERALL_LABELS[overall.conclusion].in_(writing.language)
        lead = say(
            f"依据 {edition} 逐条评估，总体结论：", f"Assessed clause by clause under {edition}, overall: "
        )
        yield Paragraph((Span(lead), Span(words, strong=True), Span(say("。", "."))))
        return
    waiting = [
        (len(overall.open_clauses), say("个条款", "clauses")),
        (len(overall.open_figures), say("项测评指标", "figures")),
    ]
    listed = writing.listed(f"{number} {what}" for number, what in waiting if number)
    yield Note(
        say(
            f"尚不能得出总体结论：依据 {edition}，还有 {listed}没有完整的结论。",
            f"There is no overall conclusion yet: under {edition}, {listed} have no complete result.",
        ),
        "warning",
    )


def open_items(writing: Writing) -> Iterator[Block]:
    """Yield what is open before there can be an overall conclusion; nothing where nothing is."""
    if writing.found.overall.conclusion is None:
        yield Items(tuple(_open(writing)))


def _open(writing: Writing) -> Iterator[Inline]:
    say, overall = writing.say, writing.found.overall
    unassessed = [one for one in overall.open_clauses if one.conclusion is None]
    lacking = [one for one in overall.open_clauses if one.conclusion is not None]
    if unassessed:
        yield say("未评估的条款：", "Clauses not assessed: ") + _named(unassessed, writing)
    if lacking:
        yield say("缺依据、理由或整改计划的条款：", "Clauses that lack evidence, reason or plan: ") + _named(
            lacking, writing
        )
    for one in overall.open_figures:
        text, said = one.text.in_(writing.language), one.said.in_(writing.language)
        yield f"{text}{say('：', ': ')}{said}"


def _named(findings: list[ClauseFinding], writing: Writing) -> str:
    return writing.listed(f"{one.clause.number} {one.clause.title.in_(writing.language)}" for one in findings)


def _counted(writing: Writing) -> str:
    say, findings = writing.say, writing.found.findings
    labels = {one: CONCLUSION_LABELS[one] for one in Conclusion} | {None: _UNASSESSED}
    numbers = {one: sum(finding.conclusion is one for finding in findings) for one in labels}
    said_zh = "，".join(f"{label.zh} {numbers[one]} 个" for one, label in labels.items())
    said_en = ", ".join(f"{label.en.lower()} {numbers[one]}" for one, label in labels.items())
    return say(
        f"须单独给出结论的条款共 {len(findings)} 个：{said_zh}。",
        f"Of the {len(findings)} clauses that take a result of their own: {said_en}.",
    )


def _contradiction(finding: ClauseFinding, writing: Writing) -> Inline:
    assert finding.contradiction is not None
    named = f"{finding.clause.number} {finding.clause.title.in_(writing.language)}{writing.say('：', ': ')}"
    return Span(named, strong=True), Span(finding.contradiction.in_(writing.language))


def _main_figures(writing: Writing) -> Table:
    heads = writing.heads(
        ("指标", "Figure"),
        ("判定", "Judged"),
        ("计入", "Counted"),
        ("比率", "Rate"),
        ("95% 区间", "95 % interval"),
        ("要求", "Required"),
        ("结论", "Conclusion"),
    )
    rows = [
        (
            result.text.in_(writing.language),
            count(result.judged),
            count(result.counted),
            share(result.rate),
            interval(result.clopper_pearson),
            writing.required(result),
            writing.concluded(result),
        )
        for result in writing.report.results
    ]
    return Table(
        writing.say("主要数字", "Main figures"),
        heads,
        tuple(rows),
        widths=(3.7, 1.5, 1.6, 1.7, 2.8, 2.0, 2.7),
        numbers=frozenset({1, 2, 3, 4, 5}),
    )


def provider(writing: Writing) -> Iterator[Block]:
    """Yield whose service was assessed, as the form has it."""
    yield Heading(writing.say("服务提供者与被评估的服务", "The provider and the service assessed"))
    yield from form_sections(writing, ("provider", "service", "model"))
