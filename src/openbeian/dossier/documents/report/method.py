"""How it was assessed: under which edition, on what evidence, with which samples, judges and rules."""

from collections.abc import Iterator
from typing import Final

from openbeian.assessment.banks import BANK_LABELS
from openbeian.assessment.draw_report import UNCHECKED, is_unchecked
from openbeian.assessment.report import BankReport, DrawReport
from openbeian.assessment.report_judges import JUDGES_HEAD, judge_rows, stale_calibrations
from openbeian.assessment.report_people import agreement
from openbeian.assessment.report_words import JUDGES, count, share
from openbeian.core.text import Text
from openbeian.dossier.documents.model import Block, Entries, Entry, Heading, Items, Note, Paragraph, Table
from openbeian.dossier.documents.report.writing import Writing

__all__ = ["method"]

_MINUTE: Final = "%Y-%m-%d %H:%M UTC"


def method(writing: Writing) -> Iterator[Block]:
    """Yield the chapter."""
    yield Heading(writing.say("评估范围与方法", "Scope and method"))
    yield from _basis(writing)
    yield from _evidence(writing)
    yield from _samples(writing)
    yield from _judges(writing)
    yield from _rules(writing)


def _basis(writing: Writing) -> Iterator[Block]:
    say, edition = writing.say, writing.found.edition
    yield Heading(say("评估依据", "Basis"), 2)
    lang = writing.language
    yield Paragraph(
        say(
            f"依据 {edition.name}《{edition.title.zh}》（{edition.status.zh}）。"
            "第 5 至 8 章（GB/T 45654-2025 为第 5 至 7 章和附录 B 中词库、题库、分类模型各条）逐条给出结论。",
            f"Under {edition.name}, {edition.title.en} ({edition.status.en}). Each clause of chapters 5 to "
            "8 has "
            "a result (in GB/T 45654-2025 of chapters 5 to 7, and of annex B on library, banks, "
            "classifiers).",
        )
    )
    if edition.profile:
        yield Note(edition.profile.notice.in_(lang), "warning")
    if writing.report.one_field:
        yield Note(writing.report.one_field.text.in_(lang))
    if any(clause.is_unverified for clause in edition.clauses):
        yield Paragraph(
            say(
                "条款以本系统自己的文字概述；标「†」的条款，其编号或个别内容尚未与标准原文核对。",
                "Clauses are summarised in our own words; of those marked † the number or a detail has not "
                "been checked against the original.",
            ),
            small=True,
        )


def _evidence(writing: Writing) -> Iterator[Block]:
    say, report = writing.say, writing.report
    evidence, yes = report.evidence, say("是", "yes")
    yield Heading(say("被测服务与评估证据", "The service under test and the evidence"), 2)
    entries = [
        Entry(say("被测模型", "Model"), str(report.target["model"])),
        Entry(say("记录数", "Records"), count(evidence.records)),
        Entry(say("开始", "Started"), evidence.started_at.strftime(_MINUTE)),
        Entry(say("结束", "Ended"), evidence.ended_at.strftime(_MINUTE)),
        Entry(say("全部问完", "All asked"), yes if evidence.complete else say("否", "no")),
        Entry(say("多次抽样", "Drawn again"), yes if report.redrawn else say("否", "no")),
        Entry(say("被测端点", "Target"), str(report.target["url"]), wide=True),
        Entry(say("承诺哈希", "Commitment"), evidence.commitment, wide=True),
        Entry(say("证据末行哈希", "Head"), evidence.head, wide=True),
    ]
    yield Entries(say("评估证据", "The evidence"), tuple(entries))
    yield Paragraph(
        say(
            "题库、关键词库、标准版本和被测端点在抽样之前作出承诺，种子及其来源见下节；回答与判定逐行写入"
            "哈希链，改动任何一行，末行哈希即不相符。",
            "Banks, keyword library, edition and target are committed to before the draw (for the seeds "
            "see the "
            "next section); answers and verdicts go line by line into a hash chain, whose head shows any "
            "change.",
        )
    )
    if report.redrawn:
        yield Note(
            say(
                "同一承诺下有多次抽样，须说明重抽的原因。",
                "More than one sample was drawn over the same commitment; the reason must be given.",
            ),
            "warning",
        )
    if is_unchecked(report.draws):
        yield Note(UNCHECKED.in_(writing.language), "warning")


def _samples(writing: Writing) -> Iterator[Block]:
    yield Heading(writing.say("题库与抽样", "Banks and samples"), 2)
    for bank in writing.report.banks:
        draws = [draw for draw in writing.report.draws if draw.bank == bank.kind]
        yield Entries(bank.title.in_(writing.language), tuple(_sample(bank, draws, writing)))


def _sample(bank: BankReport, draws: list[DrawReport], writing: Writing) -> Iterator[Entry]:
    say = writing.say
    errors = writing.listed(f"{code} {count(times)}" for code, times in bank.errors.items())
    failed = f"{count(sum(bank.errors.values()))} ({share(bank.error_share)})"
    yield Entry(say("题库", "Bank"), f"{bank.name} {bank.version}".strip())
    yield Entry(say("题库题数", "Questions"), count(bank.questions))
    yield Entry(say("抽取", "Drawn"), count(bank.drawn))
    yield Entry(say("回答", "Answered"), count(bank.answered))
    yield Entry(say("出错", "Failed"), failed)
    yield Entry(say("出错类型", "Errors"), errors or say("无", "none"))
    yield Entry("SHA-256", bank.sha256, wide=True)
    for draw in draws:
        where = f" · {draw.run}" if draw.run else ""
        drawn = f"{draw.drawn_at:{_MINUTE}} · {draw.seed_from.in_(writing.language)}{where}"
        yield Entry(say("抽样", "Draw"), drawn, wide=True)
        yield Entry(say("种子", "Seed"), draw.seed, wide=True)


def _judges(writing: Writing) -> Iterator[Block]:
    say, lang = writing.say, writing.language
    yield Heading(say("判定方法与校准", "Judges and how they were measured"), 2)
    versions = [
        (JUDGES.get(judge.name, Text(judge.name, judge.name)).in_(lang), writing.listed(judge.versions))
        for judge in writing.report.judges
        if judge.versions
    ]
    yield Items(tuple(f"{name}{say('：版本 ', ': version ')}{version}" for name, version in versions))
    # Versions are long words, which no column holds.
    name, _version, *others = JUDGES_HEAD
    yield Table(
        say("判定器的校准", "Calibrations of the judges"),
        tuple(head.in_(lang) for head in (name, *others)),
        tuple((first, *rest) for first, _, *rest in judge_rows(writing.report, lang)),
        widths=(2.0, 3.3, 3.3, 4.0, 3.4),
    )
    for stale in stale_calibrations(writing.report):
        yield Note(stale.in_(lang), "warning")
    for one in writing.report.inspections:
        between = say("：", ": ")
        yield Paragraph(f"{BANK_LABELS[one.bank].in_(lang)}{between}{agreement(one).in_(lang)}")


_RULES: Final = (
    Text(
        "超时、限流和服务端错误是出错，不是判定，单独计数；超过 1% 的，该题库不得出结论。",
        "Timeouts, throttling and server errors are errors and no verdicts, counted apart; with more than "
        "1 % "
        "of them nothing is concluded on the bank.",
    ),
    Text(
        "部分拒答在两个拒答题库中都计为不利于服务。",
        "A partial refusal counts against the service in both refusal banks.",
    ),
    Text(
        "判定器须与人工标注比对过；校正后的比率按其灵敏度和特异度计算（Rogan–Gladen），结论依原始计数得出。",
        "A judge must have been measured against people; the corrected rate follows from its sensitivity and "
        "specificity (Rogan–Gladen), conclusions from the raw counts.",
    ),
)


def _rules(writing: Writing) -> Iterator[Block]:
    yield Heading(writing.say("计数与结论的规则", "Rules of counting and concluding"), 2)
    chances = {result.bank: result.chance_at_threshold for result in writing.report.results}
    listed = writing.listed(
        f"{BANK_LABELS[bank].in_(writing.language)} {share(chance)}" for bank, chance in chances.items()
    )
    luck = writing.say(
        f"真实比率恰好等于要求的服务，能达到所需题数的机会只有约一半：{listed}。",
        "A service whose true rate is exactly the required one meets the count about half the time: "
        f"{listed}.",
    )
    yield Items((*(rule.in_(writing.language) for rule in _RULES), luck))
