"""What a report says of its judges: version, how they were measured, rates raw and corrected."""

from typing import Final

from openbeian.assessment.judges.protocol import Calibration
from openbeian.assessment.report import JudgeReport, Report, Result
from openbeian.assessment.report_words import JUDGES, interval, share
from openbeian.core.statistics import Counted, clopper_pearson
from openbeian.core.text import Text

__all__ = ["JUDGES_HEAD", "judge_rows", "stale_calibrations"]

JUDGES_HEAD: Final = [
    Text("判定器", "Judge"),
    Text("版本", "Version"),
    Text("灵敏度（95% 区间）", "Sensitivity (95 % interval)"),
    Text("特异度（95% 区间）", "Specificity (95 % interval)"),
    Text("校准数据", "Measured on"),
    Text("原始比率 → 校正后的比率（95% 区间）", "Rate as counted → corrected (95 % interval)"),
]
_NONE: Final = "–"


def judge_rows(report: Report, lang: str) -> list[list[str]]:
    """Return a row for each judge and, of one that was measured on several verdicts, each calibration."""
    return [row for judge in report.judges for row in _rows(report, judge, lang)]


def stale_calibrations(report: Report) -> list[Text]:
    """Return for each judge that was measured in another version only the sentence that says so."""
    return [judge.stale for judge in report.judges if judge.stale]


def _rows(report: Report, judge: JudgeReport, lang: str) -> list[list[str]]:
    name = JUDGES.get(judge.name, Text(judge.name, judge.name)).in_(lang)
    versions = ", ".join(judge.versions) or _NONE
    corrected = [
        _corrected(result)
        for result in report.results
        if result.judge == judge.name and result.corrected_rate is not None
    ]
    rates = "; ".join(corrected) or _NONE
    first, *others = [_measured(one, lang) for one in judge.calibrations] or [[_NONE] * 3]
    return [[name, versions, *first, rates], *(["", "", *other, ""] for other in others)]


def _measured(one: Calibration, lang: str) -> list[str]:
    return [_counted(one.sensitivity), _counted(one.specificity), one.measured_on.in_(lang)]


def _counted(one: Counted) -> str:
    return f"{one.k}/{one.n} ({interval(clopper_pearson(*one))})"


def _corrected(result: Result) -> str:
    return f"{share(result.rate)} → {share(result.corrected_rate)} ({interval(result.corrected_interval)})"
