"""Paths into JSON: `data.reply[0].text`, with or without `$.` before it."""

import re
from dataclasses import dataclass
from typing import Final, Self

from openbeian.core.errors import BadInputError

__all__ = ["JSONPath"]

_STEP: Final = re.compile(
    r"\.?(?P<name>[^.\[\]'\"\s$*?@()]+)|\[(?P<index>-?\d{1,6})\]|\[(?P<quote>['\"])(?P<quoted>.+?)(?P=quote)\]"
)


@dataclass(frozen=True, slots=True)
class JSONPath:
    """One way down into JSON: names of members and numbers of items; no wildcards, no filters."""

    text: str
    steps: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the path that `text` writes.

        Raises:
            BadInputError: It writes none.
        """
        rest = text.strip().removeprefix("$")
        steps: list[str | int] = []
        while rest:
            step = _STEP.match(rest)
            if step is None or (not steps and rest.startswith(".") and not text.strip().startswith("$")):
                break
            if step["index"] is not None:
                steps.append(int(step["index"]))
            else:
                steps.append(step["name"] or step["quoted"])
            rest = rest[step.end() :]
            if rest and rest[0] not in ".[":
                break
        if rest or not steps:
            raise BadInputError(
                f"「{text}」不是路径；请写成 data.reply[0].text 或 $.data.reply[0].text。",
                f"“{text}” is no path; write it as data.reply[0].text or $.data.reply[0].text.",
            )
        return cls(text, tuple(steps))

    def find(self, value: object) -> object:
        """Return what lies at the end of the path in `value`, None where it leads nowhere."""
        for step in self.steps:
            if isinstance(step, int):
                if not isinstance(value, list) or not -len(value) <= step < len(value):
                    return None
                value = value[step]
            else:
                value = value.get(step) if isinstance(value, dict) else None
        return value
