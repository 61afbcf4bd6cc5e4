"""Where a log is damaged: one error, which names the file and, where it is known, the entry."""

from typing import ClassVar

from openbeian_gate.errors import BadProofError, MalformedError

__all__ = ["LogDamagedError", "contradiction", "cut_back", "misbuilt", "rewritten"]


class LogDamagedError(BadProofError):
    """A log's files contradict its checkpoint, one another, or what was seen before."""

    code: ClassVar[str] = "log_damaged"

    def __init__(self, zh: str, en: str, *, file: str, entry: int | None = None) -> None:
        """Say what is wrong, in which file of the log, and at which entry where that is known."""
        super().__init__(zh, en)
        self.file = file
        self.entry = entry


def misbuilt(file: str, entry: int | None, error: MalformedError) -> LogDamagedError:
    """Return the error for a file, or an entry in it, that is missing or not built as it should be."""
    zh, en = error.text
    where = ("", "") if entry is None else (f"第 {entry} 条起", f", from entry {entry} on")
    return LogDamagedError(f"{file}{where[0]}：{zh}", f"{file}{where[1]}: {en}", file=file, entry=entry)


def contradiction(file: str, entry: int | None, zh: str, en: str) -> LogDamagedError:
    """Return the error for entries that contradict something: `zh` and `en` name it."""
    where = ("日志的条目", "The log's entries") if entry is None else (f"日志第 {entry} 条", f"Entry {entry}")
    verb = "contradict" if entry is None else "contradicts"
    return LogDamagedError(
        f"{where[0]}与{zh}矛盾，损坏处在 {file}；日志可能被改写，请保留副本并报告。",
        f"{where[1]} {verb} {en}; the damage is in {file}; the log may have been rewritten: "
        "keep a copy and report it.",
        file=file,
        entry=entry,
    )


def rewritten(size: int) -> LogDamagedError:
    """Return the error for a log that is no continuation of what was seen."""
    return LogDamagedError(
        f"日志的前 {size} 条与先前见过的大小为 {size} 的检查点矛盾，历史被改写；请保留两份检查点并报告。",
        f"The first {size} entries contradict the checkpoint of size {size} seen before: history was "
        "rewritten; keep both checkpoints and report it.",
        file="checkpoint",
        entry=None if size == 0 else size - 1,
    )


def cut_back(size: int, seen: int) -> LogDamagedError:
    """Return the error for a log that is shorter than it was."""
    return LogDamagedError(
        f"检查点的大小 {size} 小于先前见过的 {seen}，日志被截短；请保留两份检查点并报告。",
        f"The checkpoint of size {size} is smaller than one of size {seen} seen before: the log was cut "
        "back; keep both checkpoints and report it.",
        file="checkpoint",
    )
