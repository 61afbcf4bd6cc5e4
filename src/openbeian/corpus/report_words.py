"""Sentences that the report on a corpus says of itself."""

from collections import Counter
from typing import Final

from openbeian.core.text import Text
from openbeian.corpus.report import Conclusion, CorpusReport

__all__ = ["SEEDS", "summary"]

SEEDS: Final = {
    "commitment": Text("本身", " alone"),
    "checkpoint": Text("与其后发布的日志检查点", " and a log checkpoint published after it"),
    "hex": Text("与一个给定的数值", " and a given value"),
}
"""What, beside the commitment, a seed follows from."""


def summary(report: CorpusReport) -> Text:
    """Return in one sentence how many requirements are met."""
    counted = Counter(result.conclusion for result in report.results)
    met, missed, open_ = (
        counted[one] for one in (Conclusion.CONFORMS, Conclusion.DOES_NOT_CONFORM, Conclusion.NOT_ASSESSED)
    )
    return Text(
        f"{len(report.results)} 项要求：{met} 项符合，{missed} 项不符合，{open_} 项未评估。",
        f"Of {len(report.results)} requirements {met} are met, {missed} are not, {open_} are not assessed.",
    )
