"""Sentences that the report on a corpus says of itself."""

from collections import Counter
from typing import Final

from openbeian.core.text import Text
from openbeian.corpus.report import Conclusion, CorpusReport

__all__ = ["LANGUAGES", "SEEDS", "summary"]

LANGUAGES: Final = {
    "zh": Text("中文", "Chinese"),
    "ja": Text("日文", "Japanese"),
    "ko": Text("韩文", "Korean"),
    "latin": Text("拉丁字母语言", "in Latin letters"),
    "cyrillic": Text("西里尔字母语言", "in Cyrillic letters"),
    "arabic": Text("阿拉伯字母语言", "in Arabic letters"),
    "other": Text("其他文字", "other scripts"),
    "none": Text("无文字", "without letters"),
}

SEEDS: Final = {
    "commitment": Text("本身", " alone"),
    "checkpoint": Text("与其后发布的日志检查点", " and a log checkpoint published after it"),
    "hex": Text("与一个给定的数值", " and a given value"),
}
"""What, beside the commitment, a seed follows from."""


def summary(report: CorpusReport) -> Text:
    """Return in one sentence how many requirements are met."""
    binding = [result for result in report.results if result.is_binding]
    counted = Counter(result.conclusion for result in binding)
    met, missed, open_ = (
        counted[one] for one in (Conclusion.CONFORMS, Conclusion.DOES_NOT_CONFORM, Conclusion.NOT_ASSESSED)
    )
    return Text(
        f"{len(binding)} 项要求：{met} 项符合，{missed} 项不符合，{open_} 项未评估。",
        f"Of {len(binding)} requirements {met} are met, {missed} are not, {open_} are not assessed.",
    )
