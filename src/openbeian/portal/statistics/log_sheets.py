"""The statistics of the public log: how it stands, and how much is written to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from openbeian.core.text import Text
from openbeian.portal.statistics.log_state import LogState
from openbeian.portal.statistics.sheets import Column, Sheet

__all__ = ["DAYS_SHOWN", "health", "written_by_day"]

DAYS_SHOWN: Final = 30

_MINUTES: Final = Text("分钟", "minutes")
_WITNESSES: Final = Text("位", "witnesses")
_ENTRIES: Final = Text("条", "entries")


def health(state: LogState, at: datetime) -> Sheet:
    """Show how the log stands at `at`."""
    checkpoint_for, snapshot_for = _minutes(state.checkpoint_at, at), _minutes(state.snapshot_at, at)
    return Sheet(
        "log-health",
        Text("公开日志的状况", "Health of the log"),
        Text(
            f"日志共 {state.size} 条，最新检查点签于 {checkpoint_for} 分钟前；{state.waiting} 条待发布。",
            f"The log holds {state.size} entries, its newest checkpoint was signed "
            f"{checkpoint_for} minutes ago; "
            f"{state.waiting} entries wait to be published.",
        )
        if checkpoint_for is not None
        else Text(
            f"日志还没有可核验的检查点；{state.waiting} 条待发布。",
            f"The log has no checkpoint that holds yet; {state.waiting} entries wait to be published.",
        ),
        Text(
            "检查点与会签已用本站公布的公钥核验。年龄为整分钟。",
            "Checkpoint and cosignatures were checked with the keys published here. "
            "Ages are in whole minutes.",
        ),
        (
            Column("item", Text("项目", "Item"), is_number=False),
            Column("value", Text("数值", "Value")),
            Column("unit", Text("单位", "Unit"), is_number=False),
        ),
        [
            (Text("日志大小", "Size of the log"), state.size, _ENTRIES),
            (Text("待发布", "Waiting to be published"), state.waiting, _ENTRIES),
            (Text("最新检查点的年龄", "Age of the newest checkpoint"), _or_nothing(checkpoint_for), _MINUTES),
            (Text("最新快照的年龄", "Age of the newest snapshot"), _or_nothing(snapshot_for), _MINUTES),
            (Text("见证签名", "Cosignatures by witnesses"), state.witnesses, _WITNESSES),
            (Text("询问的见证", "Witnesses asked"), state.witnesses_asked, _WITNESSES),
            (
                Text("见过另一种历史的见证", "Witnesses that saw another history"),
                state.contradicted,
                _WITNESSES,
            ),
        ],
    )


def _minutes(since: datetime | None, at: datetime) -> int | None:
    return None if since is None else max(0, int((at - since).total_seconds() // 60))


def _or_nothing(number: int | None) -> int | str:
    return "" if number is None else number


def written_by_day(days: Sequence[tuple[str, int]]) -> Sheet:
    """Count what was written to the log by day."""
    return Sheet(
        "log-entries-by-day",
        Text("日志每日条数", "Entries of the log by day"),
        Text(
            f"{days[-1][0]} 写入 {days[-1][1]} 条；所列 {len(days)} 天中最多的一天 "
            f"{max(n for _, n in days)} 条。",
            f"{days[-1][1]} were written on {days[-1][0]}; the busiest day of those listed had "
            f"{max(n for _, n in days)}.",
        )
        if days
        else Text("日志还没有条目。", "The log has no entry yet."),
        Text(
            f"按写入待发布队列的日期（北京时间）计，列最近有条目的 {DAYS_SHOWN} 天。",
            "By the day (Beijing time) on which an entry was put into the outbox; the newest "
            f"{DAYS_SHOWN} days "
            "that have any.",
        ),
        (
            Column("day", Text("日期", "Day"), is_number=False),
            Column("entries", Text("条数", "Entries"), is_drawn=True),
        ),
        days,
    )
