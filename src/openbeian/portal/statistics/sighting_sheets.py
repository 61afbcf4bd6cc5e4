"""The statistic of what platforms' gates refuse."""

from collections.abc import Sequence
from typing import Final

from openbeian.core.register_counts import FEWEST_COUNTED
from openbeian.core.sighting_counts import FEWEST_PLATFORMS, REASON_LABELS, refusals_shown
from openbeian.core.text import Text
from openbeian.portal.sightings.queries import DayOfAnswers
from openbeian.portal.statistics.sheets import Column, Sheet

__all__ = ["DAYS_SHOWN", "refused_by_day"]

DAYS_SHOWN: Final = 30


def refused_by_day(days: Sequence[DayOfAnswers]) -> Sheet:
    """Count what gates refused by day and reason; what could point at one platform is kept back."""
    shown = [(one, refusals_shown(one.answers, platforms=one.platforms)) for one in days]
    return Sheet(
        "gate-sightings",
        Text("闸口的拒绝", "What gates refused"),
        _sentence(shown),
        Text(
            f"各平台自愿报告的闸口拒绝次数，按日（北京时间）和原因计，列最近有报告的 {DAYS_SHOWN} 天；"
            "次数不是服务数，也不含放行。"
            f"不足 {FEWEST_PLATFORMS} 家平台报告的日子不公布；不足 {FEWEST_COUNTED} 次的不公布，"
            "只有一格如此时，次小的一格也不公布。",
            "How often gates refused, as platforms choose to report it, by day (Beijing time) and reason; "
            f"the newest {DAYS_SHOWN} days with reports. Requests are counted, not services, and no "
            f"admissions. Days with fewer than {FEWEST_PLATFORMS} platforms are kept back, as are counts "
            f"below {FEWEST_COUNTED}; where that is one figure alone, the next smallest is kept back too.",
        ),
        (
            Column("day", Text("日期", "Day"), is_number=False),
            *(
                Column(reason, label, is_drawn=reason == "not_filed")
                for reason, label in REASON_LABELS.items()
            ),
        ),
        [(one.day.isoformat(), *counts.values()) for one, counts in shown],
    )


def _sentence(shown: Sequence[tuple[DayOfAnswers, dict[str, int | None]]]) -> Text:
    if not shown:
        return Text("还没有闸口报告。", "No gate has reported yet.")
    day, counts = shown[-1]
    unfiled = counts["not_filed"]
    if unfiled is None:
        return Text(
            f"{day.day.isoformat()} 有闸口报告；报告的平台或次数太少，不公布数字。",
            f"Gates reported on {day.day.isoformat()}; too few platforms or requests to show figures.",
        )
    return Text(
        f"{day.day.isoformat()}，报告的闸口因未备案拒绝 {unfiled} 次。",
        f"On {day.day.isoformat()} the gates that report refused {unfiled} requests for unfiled services.",
    )
