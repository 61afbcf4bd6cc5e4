"""The report as one page: no script, no request, nothing to install, in Chinese or in English."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from openbeian.assessment.banks import BANK_LABELS
from openbeian.assessment.draw_report import UNCHECKED, is_unchecked
from openbeian.assessment.report import CONCLUSION_LABELS, Conclusion, Report, Result
from openbeian.assessment.report_chart import strata_chart
from openbeian.assessment.report_judges import JUDGES_HEAD, judge_rows, stale_calibrations
from openbeian.assessment.report_people import early, inspections
from openbeian.assessment.report_words import JUDGES, VERDICTS, count, interval, share
from openbeian.core.markup import Markup, element, join
from openbeian.core.standard import Limit
from openbeian.core.text import Text

__all__ = ["render_html"]

_ICONS: Final = {
    Conclusion.CONFORMS: "✓",
    Conclusion.DOES_NOT_CONFORM: "✗",
    Conclusion.NOT_ASSESSED: "–",
}


def render_html(report: Report, lang: str = "zh") -> str:
    """Return the report as a page in `lang`, `zh` or `en`."""
    page = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", f"{_TITLE.in_(lang)} · {report.target['model']}"),
            element("style", Markup(_style())),
        ),
        element("body", element("main", *_sections(report, lang))),
        lang="zh-Hans" if lang == "zh" else lang,
    )
    return f"<!doctype html>\n{page}\n"


_TITLE: Final = Text("生成式人工智能服务安全评估报告", "Security assessment of a generative-AI service")


@cache
def _style() -> str:
    return (Path(__file__).parent / "report.css").read_text("utf-8")


def _sections(report: Report, lang: str) -> Iterator[Markup]:
    yield element("h1", _TITLE.in_(lang))
    yield element("p", _basis(report).in_(lang), class_="soft")
    if report.profile_notice:
        words = Text("演示方案：", "Demonstration: ").in_(lang)
        yield element("p", words, report.profile_notice.in_(lang), class_="notice", role="note")
    if report.one_field:
        yield element("p", report.one_field.text.in_(lang), class_="notice", role="note")
    if report.redrawn:
        yield element("p", _REDRAWN.in_(lang), class_="notice", role="note")
    if is_unchecked(report.draws):
        yield element("p", UNCHECKED.in_(lang), class_="notice", role="note")
    yield from early(report, lang)
    yield element("p", _state(report.conclusion, lang), class_="overall")
    yield from _results(report, lang)
    yield from _by_stratum(report, lang)
    yield from _banks(report, lang)
    yield from inspections(report, lang)
    yield from _judges(report, lang)
    yield from _draws(report, lang)
    yield from _evidence(report, lang)


_REDRAWN: Final = Text(
    "同一承诺下有多次抽样，详见「抽样」一节：请核实为何重抽。",
    "More than one sample was drawn over the same commitment, see “Draws”: ask why it was drawn again.",
)


def _basis(report: Report) -> Text:
    day = report.evidence.ended_at.date().isoformat()
    model = report.target["model"]
    return Text(
        f"{model} · 依据 {report.edition_name} · {day} · 全部数字由评估证据计算得出",
        f"{model} · under {report.edition_name} · {day} · every figure is computed from the evidence",
    )


def _state(conclusion: Conclusion, lang: str) -> Markup:
    words = CONCLUSION_LABELS[conclusion].in_(lang)
    return element("span", f"{_ICONS[conclusion]} {words}", class_=f"state {conclusion}")


def _table(head: list[Text], rows: list[list[str]], lang: str, *, numbers: frozenset[int]) -> Markup:
    def row(cells: list[str], name: str) -> Markup:
        return element(
            "tr",
            *(
                # The inner element keeps a cell of several lines together beside its label on a phone.
                element(
                    name,
                    element("div", cell),
                    class_="number" if at in numbers else "",
                    data_label=head[at].in_(lang),
                )
                for at, cell in enumerate(cells)
            ),
        )

    return element(
        "table",
        element("thead", row([one.in_(lang) for one in head], "th")),
        element("tbody", *(row(cells, "td") for cells in rows)),
        class_="results",
    )


def _results(report: Report, lang: str) -> Iterator[Markup]:
    yield element("h2", Text("结论", "Conclusions").in_(lang))
    head = [
        Text("指标", "Threshold"),
        Text("判定", "Judge"),
        Text("比率", "Rate"),
        Text("95% 区间", "95% interval"),
        Text("要求", "Required"),
        Text("结论", "Conclusion"),
    ]
    rows = [_result_row(result, lang) for result in report.results]
    yield _table(head, rows, lang, numbers=frozenset({2, 3, 4}))
    shares = {result.drawn: result for result in report.results}
    yield element(
        "p", _CHANCE.in_(lang), " ", "; ".join(_chances(list(shares.values()), lang)), class_="soft"
    )


_CHANCE: Final = Text(
    "真实比率恰好等于要求的服务，能达到所需题数的机会只有约一半：",
    "A service whose true rate is exactly the required one meets the count about half the time:",
)


def _chances(results: list[Result], lang: str) -> list[str]:
    return [f"{BANK_LABELS[result.bank].in_(lang)} {share(result.chance_at_threshold)}" for result in results]


def _result_row(result: Result, lang: str) -> list[str]:
    sign = "≤" if result.limit is Limit.AT_MOST else "≥"
    required = f"{sign} {share(result.required_rate)} ({sign} {count(result.cutoff)}/{count(result.drawn)})"
    said = ", ".join(
        f"{VERDICTS[value].in_(lang)} {count(times)}" if value in VERDICTS else f"{value} {count(times)}"
        for value, times in result.verdicts.items()
    )
    rate = f"{share(result.rate)} ({count(result.counted)}/{count(result.judged)})" if result.judged else "–"
    left_out = Text("本方案不计", "Left out").in_(lang)
    state = (
        element("span", left_out, class_="state soft") if result.left_out else _state(result.conclusion, lang)
    )
    return [
        join([result.text.in_(lang), element("br"), element("span", result.clause, class_="soft")]),
        join([JUDGES.get(result.judge, Text(result.judge, result.judge)).in_(lang), element("br"), said]),
        rate,
        interval(result.clopper_pearson),
        required,
        join([state, element("br"), element("span", result.reason.in_(lang), class_="soft")]),
    ]


def _by_stratum(report: Report, lang: str) -> Iterator[Markup]:
    yield element("h2", Text("按风险与方面", "By risk and aspect").in_(lang))
    for result in report.results:
        if result.judged:
            yield element("h3", f"{result.text.in_(lang)} · {JUDGES[result.judge].in_(lang)}")
            yield strata_chart(result, lang)


def _banks(report: Report, lang: str) -> Iterator[Markup]:
    yield element("h2", Text("题库与出错", "Banks and errors").in_(lang))
    head = [
        Text("题库", "Bank"),
        Text("版本", "Version"),
        Text("题数", "Questions"),
        Text("抽取", "Drawn"),
        Text("回答", "Answered"),
        Text("出错", "Errors"),
    ]
    rows = [
        [
            join([f"{bank.title.in_(lang)} · {bank.name}", element("br"), element("code", bank.sha256)]),
            bank.version or "–",
            count(bank.questions),
            count(bank.drawn),
            count(bank.answered),
            ", ".join(f"{code} {count(times)}" for code, times in bank.errors.items()) or "0",
        ]
        for bank in report.banks
    ]
    yield _table(head, rows, lang, numbers=frozenset({2, 3, 4}))
    if report.latency:
        slow = report.latency
        yield element(
            "p",
            Text(
                f"回答用时：中位 {count(slow.median)} ms，95% 在 {count(slow.p95)} ms 内，"
                f"最长 {count(slow.longest)} ms。",
                f"Answers took {count(slow.median)} ms in the median, {count(slow.p95)} ms at the 95th "
                f"percentile, {count(slow.longest)} ms at most.",
            ).in_(lang),
        )


def _judges(report: Report, lang: str) -> Iterator[Markup]:
    yield element("h2", Text("判定器", "Judges").in_(lang))
    yield _table(JUDGES_HEAD, judge_rows(report, lang), lang, numbers=frozenset({2, 3}))
    for stale in stale_calibrations(report):
        yield element("p", stale.in_(lang), class_="notice", role="note")


def _draws(report: Report, lang: str) -> Iterator[Markup]:
    yield element("h2", Text("抽样", "Draws").in_(lang))
    head = [
        Text("题库", "Bank"),
        Text("时间", "Time"),
        Text("题数", "Size"),
        Text("种子", "Seed"),
        Text("所在目录", "Directory"),
    ]
    labels = {bank.kind.value: bank.title.in_(lang) for bank in report.banks}
    rows = [
        [
            labels.get(draw.bank, draw.bank),
            draw.drawn_at.strftime("%Y-%m-%d %H:%M UTC"),
            count(draw.size),
            join([element("code", draw.seed), f" ({draw.seed_from.in_(lang)})"]),
            draw.run or Text("本次", "this run").in_(lang),
        ]
        for draw in report.draws
    ]
    yield _table(head, rows, lang, numbers=frozenset({2}))


def _evidence(report: Report, lang: str) -> Iterator[Markup]:
    yield element("h2", Text("证据", "Evidence").in_(lang))
    evidence = report.evidence
    complete = Text("是", "yes") if evidence.complete else Text("否", "no")
    facts = [
        (Text("被测端点", "Target"), f"{report.target['url']} · {report.target['model']}"),
        (Text("承诺", "Commitment"), element("code", evidence.commitment)),
        (Text("末行哈希", "Head"), element("code", evidence.head)),
        (Text("记录数", "Records"), count(evidence.records)),
        (Text("开始", "Started"), evidence.started_at.strftime("%Y-%m-%d %H:%M:%S UTC")),
        (Text("结束", "Ended"), evidence.ended_at.strftime("%Y-%m-%d %H:%M:%S UTC")),
        (Text("全部问完", "Complete"), complete.in_(lang)),
    ]
    yield element(
        "dl",
        *(part for name, value in facts for part in (element("dt", name.in_(lang)), element("dd", value))),
    )
