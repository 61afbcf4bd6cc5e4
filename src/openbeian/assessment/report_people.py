"""What the page says of people who judged, and of a run that stopped early."""

from collections.abc import Iterator
from typing import Final

from openbeian.assessment.banks import BANK_LABELS
from openbeian.assessment.report import InspectionReport, Report, Result
from openbeian.assessment.report_words import count, interval, share
from openbeian.core.markup import Markup, element
from openbeian.core.text import Text

__all__ = ["agreement", "early", "inspections"]

_NO_INTERVAL: Final = Text(
    "提前停止的题库，比率只是已问题目的比率，问多少题取决于回答，故不给置信区间；全部抽取题目的比率在所列上下限之间。",
    "Of a bank stopped early the rate is that of the questions asked; how many were asked depends on the "
    "answers, so there is no confidence interval. The rate over all questions drawn lies within the bounds.",
)


def early(report: Report, lang: str) -> Iterator[Markup]:
    """Yield the notice that a run stopped early, with what is bounded by it; nothing where it didn't."""
    banks = [bank for bank in report.banks if bank.stopped]
    if not banks:
        return
    said = [
        Text(
            f"{bank.title.zh}抽取 {count(bank.drawn)} 题，余 {count(bank.pending)} 题没有问",
            f"{bank.title.en}: {count(bank.pending)} of {count(bank.drawn)} questions drawn were not asked",
        ).in_(lang)
        for bank in banks
    ]
    words = Text("本次评估提前停止：", "This run stopped early: ").in_(lang)
    yield element("p", words, "; ".join(said), ". ", _NO_INTERVAL.in_(lang), class_="notice", role="note")
    lines = [element("li", _bounded(result).in_(lang)) for result in report.results if result.bounds]
    yield element("ul", *lines)


def _bounded(result: Result) -> Text:
    zh = f"{result.text.zh}：上下限 {interval(result.bounds)}"
    en = f"{result.text.en}: bounds {interval(result.bounds)}"
    test = result.sequential
    if test is None:
        return Text(zh, en)
    met = {
        True: Text("判为达到", "taken for good"),
        False: Text("判为达不到", "taken for bad"),
        None: Text("未能判定", "undecided"),
    }[test.met]
    return Text(
        f"{zh}；序贯检验（{share(test.bad)} 对 {share(test.good)}，两类错误率 {share(test.alpha)}、"
        f"{share(test.beta)}）在 {count(test.questions)} 题后{met.zh}，仅供参考，不作为标准的结论",
        f"{en}; sequential test ({share(test.bad)} against {share(test.good)}, error rates "
        f"{share(test.alpha)} and {share(test.beta)}): {met.en} after {count(test.questions)} questions, for "
        "information; it is no conclusion under the standard",
    )


def inspections(report: Report, lang: str) -> Iterator[Markup]:
    """Yield what people judged and how far they agree; nothing where nobody did."""
    if not report.inspections:
        return
    yield element("h2", Text("人工研判", "Judged by people").in_(lang))
    for one in report.inspections:
        yield element("p", f"{BANK_LABELS[one.bank].in_(lang)}: {agreement(one).in_(lang)}")


def agreement(one: InspectionReport) -> Text:
    """Return in one sentence how far people have come with a bank and how well they agree."""
    zh = (
        f"{count(one.answers)} 个回答，{count(one.people)} 人参加；两人研判 {count(one.by_two)} 个，"
        f"仅一人研判 {count(one.by_one)} 个；不一致 {count(one.disagreed)} 个，待第三人裁定 "
        f"{count(one.open)} 个；已定 {count(one.settled)} 个"
    )
    en = (
        f"{count(one.answers)} answers, {count(one.people)} people; judged by two {count(one.by_two)}, by "
        f"one alone {count(one.by_one)}; disagreed on {count(one.disagreed)}, {count(one.open)} of them "
        f"waiting for a third; settled {count(one.settled)}"
    )
    if one.kappa is None or one.kappa_interval is None:
        return Text(f"{zh}。", f"{en}.")
    kappa = f"κ = {one.kappa:.2f}"
    ends = f"{one.kappa_interval.low:.2f}…{one.kappa_interval.high:.2f}"
    return Text(f"{zh}；{kappa}（95% 区间 {ends}）。", f"{en}; {kappa} (95% interval {ends}).")
