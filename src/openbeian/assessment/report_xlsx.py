"""The report as a workbook: figures as numbers, and all answers with verdicts in the offices' columns."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from openbeian.assessment.answer_rows import RESULTS, AnswerRow, answer_rows, classes_in
from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.draw_report import UNCHECKED, is_unchecked
from openbeian.assessment.report import CONCLUSION_LABELS, Report, Result
from openbeian.assessment.report_words import JUDGES, VERDICTS
from openbeian.assessment.reports import CountedReport
from openbeian.assessment.sheets import Column, Sheet, Value, render_workbook
from openbeian.core.standard import Limit
from openbeian.core.statistics import Interval
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, Record

__all__ = ["render_xlsx"]

_Row = Sequence[Value]
_YES, _NO = Text("是", "yes"), Text("否", "no")


def render_xlsx(counted: CountedReport, evidence: Path) -> bytes:
    """Return the report as an XLSX file.

    Args:
        counted: the report on the evidence, with its counts.
        evidence: the same evidence, from which questions and answers are read; of a run that goes on, no
            more than the report is on.
    """
    report = counted.report
    return render_workbook(
        [
            Sheet("总览 Overview", _OVERVIEW, list(_overview(report))),
            Sheet("结果 Results", _RESULTS, [_result(result) for result in report.results]),
            Sheet("各风险 By risk", _STRATA, list(_strata(report))),
            _answers(counted, evidence),
            Sheet("抽样 Draws", _DRAWS, list(_draws(report))),
            Sheet("判定器 Judges", _JUDGES, list(_judges(report))),
        ]
    )


_OVERVIEW: Final = (Column(Text("项目", "Item"), 26), Column(Text("内容", "Value"), 90))


def _overview(report: Report) -> Iterator[_Row]:
    yield Text("结论", "Conclusion"), CONCLUSION_LABELS[report.conclusion]
    if report.profile_notice:
        yield Text("演示方案", "Demonstration"), report.profile_notice
    yield Text("被测服务", "Service"), f"{report.target['model']} · {report.target['url']}"
    yield Text("依据", "Under"), f"{report.edition_name} ({report.edition}) · {report.profile}"
    if report.one_field:
        yield Text("特定领域声明", "One field"), report.one_field.text
    for bank in report.banks:
        errors = ", ".join(f"{code} {times}" for code, times in bank.errors.items()) or "0"
        yield (
            bank.title,
            Text(
                f"抽取 {bank.drawn} 题，回答 {bank.answered} 题；出错：{errors}",
                f"{bank.drawn} drawn, {bank.answered} answered; errors: {errors}",
            ),
        )
        yield (
            Text("题库文件", "Bank"),
            f"{bank.name} {bank.version} · {bank.questions} · sha256 {bank.sha256}",
        )
    if report.redrawn:
        yield (
            Text("多次抽样", "Drawn again"),
            Text("是，请核实为何重抽。", "Yes; ask why it was drawn again."),
        )
    if is_unchecked(report.draws):
        yield Text("检查点签名", "Checkpoint"), UNCHECKED
    yield from _evidence(report)
    yield (
        Text("说明", "Note"),
        Text(
            "全部数字由评估证据重新计算得出。",
            "Every figure is computed anew from the evidence.",
        ),
    )


def _evidence(report: Report) -> Iterator[_Row]:
    evidence = report.evidence
    yield Text("全部问完", "Complete"), _YES if evidence.complete else _NO
    yield Text("开始", "Started"), f"{evidence.started_at:%Y-%m-%d %H:%M:%S} UTC"
    yield Text("结束", "Ended"), f"{evidence.ended_at:%Y-%m-%d %H:%M:%S} UTC"
    if report.latency:
        median, p95, longest = report.latency.median, report.latency.p95, report.latency.longest
        yield (
            Text("回答用时（毫秒）", "Milliseconds an answer took"),
            Text(
                f"中位 {median}，95% 在 {p95} 内，最长 {longest}",
                f"median {median}, 95 % within {p95}, longest {longest}",
            ),
        )
    yield Text("承诺", "Commitment"), evidence.commitment
    yield Text("末行哈希", "Head"), evidence.head
    yield Text("记录数", "Records"), evidence.records


_RESULTS: Final = (
    Column(Text("指标", "Threshold"), 30),
    Column(Text("条款", "Clause"), 14),
    Column(Text("题库", "Bank"), 22),
    Column(Text("判定", "Judge"), 14),
    Column.number("抽取", "Drawn"),
    Column.number("判定数", "Judged"),
    Column.number("出错", "Errors"),
    Column.number("计入", "Counted"),
    Column.percent("比率", "Rate"),
    Column.percent("95% 区间下限（精确）", "95% low, exact"),
    Column.percent("95% 区间上限（精确）", "95% high, exact"),
    Column.percent("95% 下限（Wilson）", "95% low, Wilson"),
    Column.percent("95% 上限（Wilson）", "95% high, Wilson"),
    Column.percent("校正比率", "Corrected rate"),
    Column.percent("校正下限", "Corrected low"),
    Column.percent("校正上限", "Corrected high"),
    Column(Text("要求", "Required"), 10),
    Column.percent("要求比率", "Required rate"),
    Column.number("界限题数", "Cut-off"),
    Column(Text("结论", "Conclusion"), 16),
    Column(Text("理由", "Reason"), 50),
    Column(Text("各判定", "Verdicts"), 30),
)


def _result(result: Result) -> _Row:
    verdicts = "\n".join(f"{_word(value)} {times}" for value, times in result.verdicts.items())
    left_out = Text("本方案不计", "left out")
    return (
        result.text,
        result.clause,
        BANK_LABELS[result.bank],
        _judge(result.judge),
        result.drawn,
        result.judged,
        result.errors,
        result.counted,
        result.rate,
        *_ends(result.clopper_pearson),
        *_ends(result.wilson),
        result.corrected_rate,
        *_ends(result.corrected_interval),
        Text("至多", "at most") if result.limit is Limit.AT_MOST else Text("至少", "at least"),
        result.required_rate,
        result.cutoff,
        left_out if result.left_out else CONCLUSION_LABELS[result.conclusion],
        result.reason,
        verdicts,
    )


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def _judge(name: str) -> Text:
    return JUDGES.get(name, Text(name, name))


def _word(value: str) -> str:
    word = VERDICTS.get(value)
    return f"{word.zh} {word.en}" if word else value


_STRATA: Final = (
    Column(Text("指标", "Threshold"), 30),
    Column(Text("判定", "Judge"), 14),
    Column(Text("编号", "Id"), 14),
    Column(Text("风险或方面", "Risk or aspect"), 40),
    Column.number("判定数", "Judged"),
    Column.number("计入", "Counted"),
    Column.percent("比率", "Rate"),
    Column.number("出错", "Errors"),
)


def _strata(report: Report) -> Iterator[_Row]:
    for result in report.results:
        judge = _judge(result.judge)
        for one in result.strata:
            rate = one.counted / one.judged if one.judged else None
            yield result.text, judge, one.id, one.text, one.judged, one.counted, rate, one.errors


_DRAWS: Final = (
    Column(Text("题库", "Bank"), 24),
    Column.time("时间（UTC）", "Time (UTC)"),
    Column.number("题数", "Size"),
    Column(Text("种子", "Seed"), 70),
    Column(Text("种子来源", "Seed from"), 14),
    Column(Text("所在评估", "Run"), 20),
)


def _draws(report: Report) -> Iterator[_Row]:
    labels = {kind.value: text for kind, text in BANK_LABELS.items()}
    for draw in report.draws:
        bank, run = labels.get(draw.bank, draw.bank), draw.run or Text("本次", "this run")
        yield bank, draw.drawn_at, draw.size, draw.seed, draw.seed_from, run


_JUDGES: Final = (
    Column(Text("判定器", "Judge"), 16),
    Column(Text("版本", "Versions"), 30),
    Column(Text("校准的判定", "Measured verdicts"), 20),
    Column.number("灵敏度：判对", "Sensitivity: right"),
    Column.number("总数", "of"),
    Column.percent("灵敏度", "Sensitivity"),
    Column.number("特异度：判对", "Specificity: right"),
    Column.number("总数", "of"),
    Column.percent("特异度", "Specificity"),
    Column(Text("校准数据", "Measured on"), 50),
)


def _judges(report: Report) -> Iterator[_Row]:
    for judge in report.judges:
        name, versions = _judge(judge.name), "\n".join(judge.versions)
        for one in judge.calibrations:
            yield (
                name,
                versions,
                "\n".join(_word(value) for value in one.positive),
                *(one.sensitivity.k, one.sensitivity.n, one.sensitivity.k / one.sensitivity.n),
                *(one.specificity.k, one.specificity.n, one.specificity.k / one.specificity.n),
                one.measured_on,
            )
        if not judge.calibrations:
            yield name, versions, Text("未校准", "not measured"), *[None] * 6, judge.stale


_OFFICE: Final = (
    Column.number("序号", "No."),
    Column(Text("测试题", "Question"), 45),
    Column(Text("一级分类", "Class"), 24),
    Column(Text("二级分类", "Risk or aspect"), 24),
    Column(Text("模型回答", "Answer"), 80),
    Column(Text("研判结果", "Result"), 12),
    Column(Text("题库", "Bank"), 16),
    Column(Text("题目编号", "Question id"), 18),
)
_AFTER: Final = (Column(Text("出错", "Error"), 20), Column.number("用时（毫秒）", "Milliseconds"))


def _answers(counted: CountedReport, evidence: Path) -> Sheet:
    report = counted.report
    judges = [judge.name for judge in report.judges if judge.versions]
    names = [_judge(judge) for judge in judges]
    columns = (*_OFFICE, *(Column(name, 18) for name in names), *_AFTER)
    length = sum(bank.answered + sum(bank.errors.values()) for bank in report.banks)
    records = _up_to(ChainReader(evidence, drop_torn=True), report.evidence.records)
    found = answer_rows(records, counted.tally, counted.edition, judges)
    classes = {kind: classes_in(kind, counted.edition.taxonomy) for kind in BankKind}
    rows = (_answer(number, one, classes[one.bank], judges) for number, one in enumerate(found, 1))
    return Sheet("题目与回答 Answers", columns, rows, length)


def _up_to(records: Iterable[Record], end: int) -> Iterator[Record]:
    for record in records:
        if record.seq >= end:
            return
        yield record


def _answer(number: int, row: AnswerRow, classes: dict[str, tuple[str, str]], judges: Sequence[str]) -> _Row:
    return (
        number,
        row.prompt,
        *classes.get(row.stratum, ("", row.stratum)),
        row.answer,
        "" if row.error else RESULTS[row.result].zh,
        _BANKS[row.bank],
        row.question,
        *(_word(row.verdicts[judge]) if judge in row.verdicts else "" for judge in judges),
        row.error,
        row.latency_ms,
    )


_BANKS: Final = {kind: label.zh for kind, label in BANK_LABELS.items()}
