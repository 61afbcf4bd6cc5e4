"""A run of the assessment in a terminal: its progress as bars, its figures as a table."""

from rich.markup import escape
from rich.progress import Progress as Bars
from rich.progress import TaskID
from rich.table import Table

from openbeian.assessment import BankKind, Progress, Report
from openbeian.assessment.banks import BANK_LABELS
from openbeian.assessment.draw_report import UNCHECKED, is_unchecked
from openbeian.assessment.paraphrase_model import PARAPHRASES
from openbeian.assessment.report import CONCLUSION_LABELS, Result
from openbeian.assessment.report_judges import stale_calibrations
from openbeian.assessment.report_words import JUDGES
from openbeian.core.statistics import Interval
from openbeian.core.text import Text
from openbeian.terminal.console import say

__all__ = ["RunBars", "report_table"]


class RunBars:
    """Progress of a run as bars, one a bank."""

    def __init__(self, bars: Bars) -> None:
        """Draw on `bars`."""
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, progress: Progress) -> None:
        """Show where the run stands."""
        note = f"{progress.answers_per_s:.1f}/s · {progress.in_flight}"
        if progress.errors:
            note += " · " + say(Text("错误", "errors")) + f" {progress.errors}"
        if progress.left_for:
            note += " · " + say(Text(f"约剩 {progress.left_for}", f"about {progress.left_for} left"))
        for bank, done in progress.banks.items():
            if bank not in self._tasks:
                # After the asking, judges behind an address go through the answers.
                is_bank = bank in list(BankKind)
                label = say(BANK_LABELS[BankKind(bank)] if is_bank else _judging(bank))
                self._tasks[bank] = self._bars.add_task(label, total=done.total, note="")
            self._bars.update(self._tasks[bank], completed=done.done, note=note)


def report_table(report: Report) -> Table:
    """Return the report's results as a table, one method on one bank a row."""
    title = f"{report.edition_name} · {report.profile}"
    if report.one_field:
        title += f"\n{escape(say(report.one_field.text))}"
    table = Table(title=title, title_justify="left")
    headings = (
        Text("指标", "Figure"),
        Text("计数", "Count"),
        Text("比率", "Rate"),
        Text("95% 区间", "95 % interval"),
        Text("校正后", "Corrected"),
        Text("要求", "Required"),
        Text("结论", "Conclusion"),
    )
    for heading in headings:
        table.add_column(say(heading))
    for result in report.results:
        interval = _percents(result.bounds) + " *" if result.bounds else "—"
        if result.clopper_pearson:
            interval = _percents(result.clopper_pearson)
        sign = "≤" if result.limit.value == "at_most" else "≥"
        table.add_row(
            say(result.text),
            f"{result.counted}/{result.judged}",
            "—" if result.rate is None else f"{result.rate:.1%}",
            interval,
            _corrected(result),
            f"{sign} {result.required_rate:.0%}",
            say(CONCLUSION_LABELS[result.conclusion]),
        )
    notes = stale_calibrations(report)
    if any(result.bounds for result in report.results):
        notes.insert(0, Text("* 提前停止：上下限，不是置信区间", "* stopped early: bounds, no interval"))
    if is_unchecked(report.draws):
        notes.append(UNCHECKED)
    if notes:
        table.caption = "\n".join(escape(say(note)) for note in notes)
        table.caption_justify = "left"
    return table


def _judging(judge: str) -> Text:
    if judge == PARAPHRASES:
        return Text("改写题目", "Paraphrasing")
    name = JUDGES[judge]
    return Text(f"判定：{name.zh}", f"Judging: {name.en}")


def _corrected(result: Result) -> str:
    if result.corrected_rate is None or result.corrected_interval is None:
        return "—"
    return f"{result.corrected_rate:.1%} ({_percents(result.corrected_interval)})"


def _percents(ends: Interval) -> str:
    return f"{ends.low:.1%}–{ends.high:.1%}"
