"""What is said of people who judged a sample."""

from openbeian.core.agreement import Agreement
from openbeian.core.text import Text

__all__ = ["agreement_text"]


def agreement_text(one: Agreement) -> Text:
    """Return in one sentence how far people have come with a sample and how well they agree."""
    zh = (
        f"样本 {one.items:,} 条，{one.people} 人参加；两人判定 {one.by_two:,} 条，"
        f"仅一人判定 {one.by_one:,} 条；不一致 {one.disagreed:,} 条，"
        f"待第三人裁定 {one.open:,} 条；已定 {one.settled:,} 条"
    )
    en = (
        f"{one.items:,} documents in the sample, {one.people} people; judged by two {one.by_two:,}, "
        f"by one alone {one.by_one:,}; disagreed on {one.disagreed:,}, {one.open:,} of them waiting "
        f"for a third; settled {one.settled:,}"
    )
    if one.kappa is None or one.kappa_interval is None:
        return Text(f"{zh}。", f"{en}.")
    ends = f"{one.kappa_interval.low:.2f}…{one.kappa_interval.high:.2f}"
    return Text(
        f"{zh}；κ = {one.kappa:.2f}（95% 区间 {ends}）。", f"{en}; κ = {one.kappa:.2f} (95% interval {ends})."
    )
