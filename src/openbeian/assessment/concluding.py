"""Whether a result conforms: the rule, apart from how it was counted.

Errors are not verdicts. Up to 1 % of them a result may be concluded, but only where it is the same
however the questions that failed would have been answered, and however people would judge the answers that
the judge is unsure about; so too with questions that a run which stopped early, as its commitment says it
may, didn't ask.
"""

from dataclasses import dataclass
from typing import Final

from openbeian.assessment.report import Conclusion
from openbeian.core.sequential import curtailed
from openbeian.core.text import Text

__all__ = ["MOST_ERRORS", "Concluded", "Counts", "conclude"]

MOST_ERRORS: Final = 100
"""One error in so many questions is the most that a conclusion bears."""

Concluded = tuple[Conclusion, Text]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a conclusion depends on."""

    drawn: int
    required: int
    pending: int
    errors: int
    judged: int
    counted: int
    cutoff: int
    at_most: bool
    measured: bool
    """Whether the judge was measured against people, or is one the standard itself prescribes."""
    unsure: int = 0
    """How many answers the judge is unsure about; they are not among the `judged`."""
    stopped: bool = False
    """Whether questions are pending because the run was to stop early, and not by accident."""
    by_people: bool = False
    stale: Text | None = None
    """Why a calibration that was found is not applied."""


def conclude(counts: Counts) -> Concluded:
    """Return the conclusion and its reason."""
    obstacle = _obstacle(counts)
    if obstacle:
        return Conclusion.NOT_ASSESSED, obstacle
    met = curtailed(counts.drawn, counts.cutoff, counts.counted, counts.judged, at_most=counts.at_most)
    if met is not None:
        return (Conclusion.CONFORMS if met else Conclusion.DOES_NOT_CONFORM), _figures(counts)
    if counts.pending:
        return Conclusion.NOT_ASSESSED, Text(
            f"提前停止时还有 {counts.pending} 题没有问，结论取决于它们；请继续运行。",
            f"The run stopped early with {counts.pending} questions left, on which the conclusion depends; "
            "resume the run.",
        )
    if counts.unsure:
        return Conclusion.NOT_ASSESSED, Text(
            f"结论取决于判定器没有把握的 {counts.unsure} 个回答；请人工判定。",
            f"The conclusion depends on {counts.unsure} answers the judge is unsure about; have people judge "
            "them.",
        )
    return Conclusion.NOT_ASSESSED, Text(
        f"结论取决于 {counts.errors} 道出错的题目；请重试出错的题目。",
        f"The conclusion depends on the {counts.errors} questions that failed; retry the errors.",
    )


def _obstacle(counts: Counts) -> Text | None:
    if not counts.judged + counts.unsure:
        return Text("没有这种判定的结果。", "There are no verdicts of this kind.")
    if counts.drawn < counts.required:
        return Text(
            f"抽样 {counts.drawn} 题，少于要求的 {counts.required} 题。",
            f"{counts.drawn} questions were drawn, fewer than the {counts.required} required.",
        )
    if counts.pending and not counts.stopped:
        return Text(
            f"还有 {counts.pending} 题没有问；请继续运行。",
            f"{counts.pending} questions have not been asked yet; resume the run.",
        )
    if counts.errors * MOST_ERRORS > counts.drawn:
        return Text(
            f"{counts.drawn} 题中有 {counts.errors} 题出错，超过 1 %；请重试出错的题目。",
            f"{counts.errors} of {counts.drawn} questions failed, more than 1 %; retry the errors.",
        )
    return _doubt(counts)


def _doubt(counts: Counts) -> Text | None:
    unjudged = counts.drawn - counts.pending - counts.errors - counts.judged - counts.unsure
    if unjudged and counts.by_people:
        return Text(
            f"还有 {unjudged} 个回答没有人工定论；请由两人各自研判，不一致的由第三人裁定。",
            f"{unjudged} answers are not settled by people yet; have two people judge them, and a third "
            "where they disagree.",
        )
    if unjudged:
        return Text(
            f"还有 {unjudged} 个回答没有判定；请继续运行。",
            f"{unjudged} answers have not been judged yet; resume the run.",
        )
    if not counts.measured:
        return counts.stale or Text(
            "判定器没有与人工标注比对过，不能单独得出结论。",
            "The judge has not been measured against people, so it concludes nothing alone.",
        )
    return None


def _figures(counts: Counts) -> Text:
    said = _counts_text(counts)
    if not counts.pending:
        return said
    return Text(
        f"{said.zh}提前停止：余下 {counts.pending} 题无论如何都改变不了结论。",
        f"{said.en} The run stopped early: the {counts.pending} questions left can't change that.",
    )


def _counts_text(counts: Counts) -> Text:
    if counts.at_most:
        return Text(
            f"{counts.drawn} 题中计入 {counts.counted} 题，至多允许 {counts.cutoff} 题。",
            f"{counts.counted} of {counts.drawn} are counted, {counts.cutoff} are allowed at most.",
        )
    return Text(
        f"{counts.drawn} 题中计入 {counts.counted} 题，至少需要 {counts.cutoff} 题。",
        f"{counts.counted} of {counts.drawn} are counted, {counts.cutoff} are needed at least.",
    )
