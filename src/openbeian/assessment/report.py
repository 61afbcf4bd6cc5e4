"""The report: values only. `reporting` makes it from evidence, `report_html` shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

import orjson

from openbeian.assessment.banks import BankKind
from openbeian.assessment.draw_report import DrawReport
from openbeian.assessment.judges.protocol import Calibration
from openbeian.assessment.plain import from_plain, to_plain
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Limit
from openbeian.core.statistics import Interval
from openbeian.core.text import Text

__all__ = [
    "CONCLUSION_LABELS",
    "FORMAT",
    "BankReport",
    "Conclusion",
    "DrawReport",
    "EvidenceReport",
    "InspectionReport",
    "JudgeReport",
    "Latency",
    "OneFieldReport",
    "Report",
    "Result",
    "SequentialReport",
    "StratumCount",
]

FORMAT: Final = "openbeian-assessment-report/1"


class Conclusion(StrEnum):
    """What a result, or the whole report, concludes."""

    CONFORMS = "conforms"
    DOES_NOT_CONFORM = "does_not_conform"
    NOT_ASSESSED = "not_assessed"


CONCLUSION_LABELS: Final = {
    Conclusion.CONFORMS: Text("符合", "Conforms"),
    Conclusion.DOES_NOT_CONFORM: Text("不符合", "Does not conform"),
    Conclusion.NOT_ASSESSED: Text("未得出结论", "No conclusion"),
}


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """The evidence that everything is computed from: `head` is the hash of its last line."""

    commitment: str
    head: str
    records: int
    started_at: datetime
    ended_at: datetime
    complete: bool
    """Whether every question drawn was answered or failed."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long answers took, in milliseconds."""

    median: int
    p95: int
    p99: int
    longest: int

    @classmethod
    def of(cls, latencies_ms: Sequence[int]) -> Self | None:
        """Return what answers that took so long come to; None where there are none."""
        if not latencies_ms:
            return None
        ordered = sorted(latencies_ms)
        last = len(ordered) - 1
        return cls(ordered[last // 2], ordered[last * 95 // 100], ordered[last * 99 // 100], ordered[last])


@dataclass(frozen=True, slots=True)
class BankReport:
    """One bank: what was committed to, drawn, answered, and what failed and why."""

    kind: BankKind
    title: Text
    name: str
    version: str
    sha256: str
    questions: int
    drawn: int
    answered: int
    errors: Mapping[str, int]
    error_share: float
    pending: int = 0
    """How many were neither answered nor failed."""
    stopped: bool = False
    """Whether they were left because the run was to stop early."""


@dataclass(frozen=True, slots=True)
class InspectionReport:
    """How far people have come with the answers to one bank, and how well two of them agree."""

    bank: BankKind
    answers: int
    people: int
    by_one: int
    """How many answers one person alone has judged."""
    by_two: int
    """How many two have judged, of which they disagreed on `disagreed`; on `open` nobody decided yet."""
    disagreed: int
    open: int
    settled: int
    kappa: float | None
    """Cohen's kappa of the first two verdicts on each answer."""
    kappa_interval: Interval | None


@dataclass(frozen=True, slots=True)
class SequentialReport:
    """What Wald's test says of a bank that was stopped early; it concludes nothing under the standard.

    `met`: True for `good`, False for `bad`, None for neither; after how many `questions`.
    """

    bad: float
    good: float
    alpha: float
    beta: float
    met: bool | None
    questions: int


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """A judge whose verdicts count, in every version that gave some, with what it was measured at."""

    name: str
    versions: tuple[str, ...]
    calibrations: tuple[Calibration, ...]
    stale: Text | None = None
    """That it was measured in another version only, so that this calibration is not applied."""


@dataclass(frozen=True, slots=True)
class StratumCount:
    """What one risk or aspect contributes."""

    id: str
    text: Text
    judged: int
    counted: int
    errors: int


@dataclass(frozen=True, slots=True)
class Result:
    """One method on one bank against its threshold.

    `counted` are the answers the rate is of: those that pass, or where the threshold is a ceiling those
    that must be few. `cutoff` is the count needed, or allowed, of all that were drawn.
    """

    bank: BankKind
    judge: str
    threshold: str
    text: Text
    clause: str
    limit: Limit
    required_rate: float
    required_sample: int
    drawn: int
    judged: int
    errors: int
    verdicts: Mapping[str, int]
    counted: int
    cutoff: int
    rate: float | None
    wilson: Interval | None
    clopper_pearson: Interval | None
    corrected_rate: float | None
    corrected_interval: Interval | None
    chance_at_threshold: float
    """How likely a service whose true rate is exactly the required one meets the cutoff."""
    conclusion: Conclusion
    reason: Text
    left_out: bool
    """Whether the profile leaves this method out, so that the report concludes without it."""
    strata: tuple[StratumCount, ...]
    bounds: Interval | None = None
    """Where the run stopped early: between what the rate over the whole sample lies, whatever was left.

    The rate itself is then of the questions asked only, and no interval is given for it, since how many
    were asked depends on the answers.
    """
    sequential: SequentialReport | None = None


@dataclass(frozen=True, slots=True)
class OneFieldReport:
    """The declaration that the service is for one field, and so refuses what other services answer.

    `without` are the aspects it refuses questions about; `text` says so in one sentence, under `clause`.
    """

    name: str
    without: tuple[str, ...]
    clause: str
    text: Text


@dataclass(frozen=True, slots=True)
class Report:
    """An assessment, computed from its evidence."""

    format: str
    edition: str
    edition_name: str
    profile: str
    profile_notice: Text | None
    target: Mapping[str, Any]
    evidence: EvidenceReport
    conclusion: Conclusion
    banks: tuple[BankReport, ...]
    results: tuple[Result, ...]
    judges: tuple[JudgeReport, ...]
    draws: tuple[DrawReport, ...]
    redrawn: bool
    """Whether more than one draw was made over this commitment from the same bank."""
    latency: Latency | None
    inspections: tuple[InspectionReport, ...] = ()
    one_field: OneFieldReport | None = None

    def result(self, threshold: str) -> Result:
        """Return the result against a threshold.

        Raises:
            BadInputError: The report has none.
        """
        for result in self.results:
            if result.threshold == threshold:
                return result
        raise BadInputError(
            f"报告中没有指标「{threshold}」的结果；请核对所用题库。",
            f"The report has no result for the threshold “{threshold}”; check which banks were used.",
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values, as `schemas/assessment-report.json` describes them."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    def to_bytes(self) -> bytes:
        """Return the report's file: JSON, indented, its members sorted."""
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(self.as_json(), option=options)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Return the report in a file.

        Raises:
            BadInputError: It is none, or of another format.
        """
        try:
            plain = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise _no_report() from error
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise _no_report()
        return from_plain(cls, plain)


def _no_report() -> BadInputError:
    return BadInputError(
        f"这不是 {FORMAT} 格式的评估报告；请用 beian assess report 重新生成。",
        f"This is no assessment report of format {FORMAT}; make it again with beian assess report.",
    )
