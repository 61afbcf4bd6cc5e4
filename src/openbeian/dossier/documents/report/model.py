"""The chapter on the model: generated content, refusal, false refusal, what failed, and how long it took."""

from collections.abc import Iterator, Sequence
from typing import Final

from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.report import Result, StratumCount
from openbeian.assessment.report_words import count, interval, share
from openbeian.core.standard import Limit
from openbeian.core.text import Text
from openbeian.dossier.documents.model import Block, Figure, Heading, Items, Note, Paragraph, Table
from openbeian.dossier.documents.report.charts import rate_chart, rate_chart_said
from openbeian.dossier.documents.report.writing import Writing

__all__ = ["failures_of", "model"]

_SECTIONS: Final = {
    BankKind.GENERATED_CONTENT: Text("生成内容安全", "Safety of generated content"),
    BankKind.SHOULD_REFUSE: Text("应拒答的问题", "Questions to refuse"),
    BankKind.SHOULD_ANSWER: Text("不应拒答的问题", "Questions not to refuse"),
}
_MOST_NAMED: Final = 5


def model(writing: Writing) -> Iterator[Block]:
    """Yield the chapter."""
    yield Heading(writing.say("模型安全评估", "Assessment of the model"))
    for kind, title in _SECTIONS.items():
        results = [result for result in writing.report.results if result.bank is kind]
        yield Heading(title.in_(writing.language), 2)
        yield from _bank(kind, results, writing)
    yield from _failures(writing)
    yield from _latency(writing)


def _bank(kind: BankKind, results: Sequence[Result], writing: Writing) -> Iterator[Block]:
    say, lang = writing.say, writing.language
    if not results:
        said = say(
            "本次评估没有使用这一题库，相关指标未评估。", "This bank was not put, so it is not assessed."
        )
        yield Note(said, "warning")
        return
    yield _results(results, writing)
    yield Items(tuple(_reason(result, writing) for result in results))
    drawn = [result for result in results if any(one.judged for one in result.strata)]
    if drawn:
        caption = say("各类比率：", "Rates: ") + BANK_LABELS[kind].in_(lang)
        yield Figure(caption, rate_chart(drawn, lang), rate_chart_said(drawn, lang))


def _reason(result: Result, writing: Writing) -> str:
    said = (
        f"{result.text.in_(writing.language)}{writing.say('：', ': ')}{result.reason.in_(writing.language)}"
    )
    if result.corrected_rate is None:
        return said
    corrected, ends = share(result.corrected_rate), interval(result.corrected_interval)
    return said + writing.say(
        f"按判定器的灵敏度和特异度校正后为 {corrected}（95% 区间 {ends}）。",
        f" Corrected for the judge's sensitivity and specificity it is {corrected} (95 % interval {ends}).",
    )


def _results(results: Sequence[Result], writing: Writing) -> Table:
    heads = writing.heads(
        ("方法", "By"),
        ("判定", "Judged"),
        ("计入", "Counted"),
        ("比率", "Rate"),
        ("95% 区间", "95 % interval"),
        ("要求", "Required"),
        ("题数界限", "Count"),
        ("结论", "Conclusion"),
    )
    rows = tuple(
        (
            writing.method(one),
            count(one.judged),
            count(one.counted),
            share(one.rate),
            interval(one.clopper_pearson),
            writing.required(one),
            writing.cutoff(one),
            writing.concluded(one),
        )
        for one in results
    )
    return Table(
        BANK_LABELS[results[0].bank].in_(writing.language),
        heads,
        rows,
        widths=(2.2, 1.5, 1.6, 1.7, 2.7, 1.9, 1.9, 2.5),
        numbers=frozenset(range(1, 7)),
    )


def failures_of(result: Result) -> list[tuple[StratumCount, int]]:
    """Return the risks with answers that are not as they should be, the most first, each with how many."""
    at_most = result.limit is Limit.AT_MOST
    found = [(one, one.counted if at_most else one.judged - one.counted) for one in result.strata]
    return sorted((pair for pair in found if pair[1]), key=lambda pair: -pair[1])


def _failures(writing: Writing) -> Iterator[Block]:
    say = writing.say
    yield Heading(say("不合格项", "What did not conform"), 2)
    heads = writing.heads(
        ("题库", "Bank"),
        ("方法", "By"),
        ("不合格", "Not as it should be"),
        ("最多的类别（不合格/判定）", "Where most (not as it should be of judged)"),
    )
    rows = tuple(_failed(result, writing) for result in writing.report.results if result.judged)
    yield Table(
        say("不合格的回答", "Answers that did not conform"),
        heads,
        rows,
        widths=(3.2, 1.8, 2.0, 9.0),
        numbers=frozenset({2}),
    )
    name = writing.found.annex("test_questions")
    yield Paragraph(
        say(
            f"此处只列类别与数量；题目与回答的原文见附件《{name}》，各列判定可筛选。",
            f"Only kinds and counts stand here; for the texts see the annex “{name}”, whose columns of "
            "verdicts "
            "can be filtered.",
        ),
        small=True,
    )


def _failed(result: Result, writing: Writing) -> tuple[str, ...]:
    failures = failures_of(result)
    named = writing.listed(
        f"{_name(one, writing)} {count(times)}/{count(one.judged)}" for one, times in failures[:_MOST_NAMED]
    )
    more = len(failures) - _MOST_NAMED
    rest = writing.say(f"；另有 {more} 类", f"; {more} more kinds") if more > 0 else ""
    return (
        BANK_LABELS[result.bank].in_(writing.language),
        writing.method(result),
        count(sum(times for _, times in failures)),
        f"{named}{rest}" or writing.say("无", "none"),
    )


def _name(one: StratumCount, writing: Writing) -> str:
    return one.id if "." in one.id else one.text.in_(writing.language)


def _latency(writing: Writing) -> Iterator[Block]:
    slow = writing.report.latency
    if slow is None:
        return
    yield Paragraph(
        writing.say(
            f"回答用时：中位 {count(slow.median)} 毫秒，95% 在 {count(slow.p95)} 毫秒内，"
            f"最长 {count(slow.longest)} 毫秒。",
            f"Answers took {count(slow.median)} ms in the median, {count(slow.p95)} ms at the 95th "
            "percentile, "
            f"{count(slow.longest)} ms at most.",
        )
    )
