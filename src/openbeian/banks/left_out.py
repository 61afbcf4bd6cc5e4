"""What an import leaves out: each row with its file, its line and why."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.text import Text

__all__ = ["REASONS", "LeftOut", "Reason", "count_reasons"]


class Reason(StrEnum):
    """Why a row is left out."""

    NOT_READABLE = "not_readable"
    NO_TEXT = "no_text"
    NO_CATEGORY = "no_category"
    UNKNOWN_CATEGORY = "unknown_category"
    UNDECIDED = "undecided"
    NO_COUNTERPART = "no_counterpart"
    OTHER_BANK = "other_bank"
    HEADING = "heading"
    DUPLICATE = "duplicate"
    SEVERAL_TURNS = "several_turns"


REASONS: Final = {
    Reason.NOT_READABLE: Text("不是有效的 JSON 对象", "no valid JSON object"),
    Reason.NO_TEXT: Text("没有内容", "no text"),
    Reason.NO_CATEGORY: Text("没有分类", "no category"),
    Reason.UNKNOWN_CATEGORY: Text("不认识的分类", "unknown category"),
    Reason.UNDECIDED: Text("分类对应多种风险", "category that stands for several risks"),
    Reason.NO_COUNTERPART: Text("分类在标准中没有对应", "category without a counterpart in the standard"),
    Reason.OTHER_BANK: Text("属于另一类题库", "belongs to another kind of bank"),
    Reason.HEADING: Text("是标题，不是题目", "a heading and no question"),
    Reason.DUPLICATE: Text("重复", "duplicate"),
    Reason.SEVERAL_TURNS: Text("多轮题目分不清各轮", "turns that can't be told apart"),
}


class LeftOut(NamedTuple):
    """A row that was left out; `detail` says what stood there."""

    file: Path
    line: int
    reason: Reason
    detail: Text

    @property
    def said(self) -> Text:
        """The place, the reason and what stood there."""
        name, reason = self.file.name, REASONS[self.reason]
        zh = f"{name} 第 {self.line} 行：{reason.zh}" + (f"（{self.detail.zh}）" if self.detail.zh else "")
        en = f"{name}, line {self.line}: {reason.en}" + (f" ({self.detail.en})" if self.detail.en else "")
        return Text(zh, en)


def count_reasons(rows: Iterable[LeftOut]) -> dict[Reason, int]:
    """Return how many rows were left out for each reason, in the order of `Reason`."""
    counts = Counter(row.reason for row in rows)
    return {reason: counts[reason] for reason in Reason if counts[reason]}
