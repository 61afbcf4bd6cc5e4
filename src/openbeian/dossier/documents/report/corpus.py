"""The chapter on the training data: what a scan found, or what the provider states where there is none."""

from collections.abc import Iterator
from typing import Final

from openbeian.assessment.report_words import count, interval
from openbeian.core.text import Text
from openbeian.corpus.report import CONCLUSION_LABELS, Conclusion, CorpusReport, Result, SourceRow
from openbeian.dossier.documents.model import Block, Entries, Entry, Heading, Note, Paragraph, Table
from openbeian.dossier.documents.report.stated import form_sections
from openbeian.dossier.documents.report.writing import Writing

__all__ = ["corpus"]

_PROOF: Final = {True: Text("齐全", "complete"), False: Text("不全", "incomplete")}


def corpus(writing: Writing) -> Iterator[Block]:
    """Yield the chapter."""
    say, report = writing.say, writing.found.corpus
    yield Heading(say("语料安全评估", "Assessment of the training data"))
    yield from _stated(writing, is_scanned=report is not None)
    if report is None:
        return
    yield Heading(say("扫描结果：规模与构成", "The scan: size and composition"), 2)
    yield Paragraph(
        say(
            f"语料经扫描逐条检查，扫描日期之后的变动不在其内；关键词库：{report.keywords or '未使用'}；"
            f"依据 {report.edition}。",
            f"The data was scanned document by document; later changes are not in it. Keyword library: "
            f"{report.keywords or 'none'}; under {report.edition}.",
        )
    )
    if report.notice:
        yield Note(report.notice.in_(writing.language), "warning")
    yield _size(report, writing)
    yield Heading(say("各项指标", "Figures"), 2)
    yield _results(report, writing)
    yield Heading(say("各来源", "Sources"), 2)
    yield _sources(report, writing)
    yield Paragraph(
        say(
            "命中关键词不等于违法不良，是否合格以人工判定为准。个人信息只计数，不保存其内容。",
            "A keyword is not yet illegal content: people decide what conforms. Personal information is "
            "counted "
            "and never kept.",
        ),
        small=True,
    )


def _stated(writing: Writing, *, is_scanned: bool) -> Iterator[Block]:
    say = writing.say
    yield Heading(say("提供者的陈述", "What the provider states"), 2)
    if not is_scanned:
        yield Note(
            say(
                "本报告没有附语料扫描结果，本章为提供者的陈述；第 5 章各条的结论与依据见「逐条结论」。",
                "No scan of the training data is given, so this chapter is what the provider states; results "
                "and grounds of the clauses of chapter 5 stand under Results by clause.",
            )
        )
    yield from form_sections(writing, ("corpus", "annotation", "personal"))


def _size(report: CorpusReport, writing: Writing) -> Entries:
    say, total = writing.say, report.total
    languages = writing.listed(f"{name} {count(number)}" for name, number in total["languages"].items())
    entries = (
        Entry(say("文档", "Documents"), count(total["documents"])),
        Entry(say("字符", "Characters"), count(total["characters"])),
        Entry(say("词元", "Tokens"), count(total["tokens"])),
        Entry(say("字节", "Bytes"), count(total["bytes"])),
        Entry(say("命中关键词", "With a keyword"), count(total["hit_documents"])),
        Entry(say("含个人信息", "With personal data"), count(total["personal_documents"])),
        Entry(say("完全重复", "Exact duplicates"), count(report.duplicates)),
        Entry(say("无法读取", "Not read"), count(sum(report.problem_counts.values()))),
        Entry(say("各文种文档数", "Documents by script"), languages, wide=True),
    )
    return Entries(say("语料的规模与构成", "Size and composition of the data"), entries)


def _results(report: CorpusReport, writing: Writing) -> Table:
    heads = writing.heads(
        ("要求", "Requirement"),
        ("条款", "Clause"),
        ("实测", "Measured"),
        ("95% 区间", "95 % interval"),
        ("限值", "Limit"),
        ("结论", "Conclusion"),
        ("说明", "Why"),
    )
    rows = tuple(
        (
            result.text.in_(writing.language),
            result.clause,
            _measured(result),
            interval(result.interval),
            result.required.in_(writing.language) if result.required else "–",
            CONCLUSION_LABELS[result.conclusion].in_(writing.language),
            result.reason.in_(writing.language),
        )
        for result in report.results
    )
    return Table(
        writing.say("语料各项指标", "Figures of the training data"),
        heads,
        rows,
        widths=(3.6, 1.4, 1.9, 2.8, 1.9, 1.9, 2.5),
        numbers=frozenset({2, 3, 4}),
    )


def _measured(result: Result) -> str:
    if not result.measured or not result.measured.n:
        return "–"
    return f"{result.measured.k / result.measured.n * 100:.2f}%"


def _sources(report: CorpusReport, writing: Writing) -> Table:
    heads = writing.heads(
        ("来源", "Source"),
        ("文档", "Documents"),
        ("词元", "Tokens"),
        ("命中关键词", "With a keyword"),
        ("含个人信息", "Personal data"),
        ("采集前", "Before"),
        ("采集后", "After"),
        ("来源证明", "Proof"),
    )
    return Table(
        writing.say("各来源的检查结果", "What was found by source"),
        heads,
        tuple(_source(row, writing) for row in report.sources),
        widths=(2.4, 1.6, 1.8, 2.3, 2.3, 1.8, 1.8, 2.0),
        numbers=frozenset({1, 2, 3, 4}),
    )


def _source(row: SourceRow, writing: Writing) -> tuple[str, ...]:
    counts = row.counts
    return (
        row.name,
        *(count(counts[name]) for name in ("documents", "tokens", "hit_documents", "personal_documents")),
        _said(row.before.conclusion, writing),
        _said(row.after.conclusion, writing),
        _PROOF[not row.flaws].in_(writing.language),
    )


def _said(conclusion: Conclusion, writing: Writing) -> str:
    return CONCLUSION_LABELS[conclusion].in_(writing.language)
