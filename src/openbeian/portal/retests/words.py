"""What the states of a re-test are called, and how they look."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.portal.retests.models import RunStatus

__all__ = ["STATUS_MARKS", "StatusMark"]


class StatusMark(NamedTuple):
    """A word, a tone and an icon, and a sentence that says what is happening."""

    label: Text
    tone: str
    icon: str
    sentence: Text


STATUS_MARKS: Final[Mapping[str, StatusMark]] = {
    RunStatus.WAITING: StatusMark(
        Text("等待执行", "Waiting"),
        "go",
        "clock",
        Text("等待后台进程接手。", "It waits for a worker to take it."),
    ),
    RunStatus.COMMITTED: StatusMark(
        Text("已承诺，待抽样", "Committed, to be drawn"),
        "go",
        "clock",
        Text(
            "题库、版本与通道的哈希已写入公开日志；抽样的种子取自其后发布的检查点，谁也不能挑选题目。",
            "The hash of banks, edition and channel is in the public log; the seed of the draw comes from "
            "the next checkpoint, so that nobody can choose the questions.",
        ),
    ),
    RunStatus.RUNNING: StatusMark(
        Text("进行中", "Running"),
        "go",
        "clock",
        Text("正在提问与判定。可以离开此页。", "Asking and judging. You can leave this page."),
    ),
    RunStatus.STOPPED: StatusMark(
        Text("已停止", "Stopped"),
        "wait",
        "pause",
        Text("已有的回答都保留，可以继续。", "Every answer so far is kept; you can go on."),
    ),
    RunStatus.FAILED: StatusMark(
        Text("中断", "Broken off"),
        "stop",
        "cross",
        Text(
            "原因如下；排除后可以继续，不会重复提问。",
            "Why is said below; mend it and go on: nothing is asked twice.",
        ),
    ),
    RunStatus.DONE: StatusMark(
        Text("完成", "Done"),
        "ok",
        "check",
        Text("全部题目已问完。", "Everything was asked."),
    ),
}
