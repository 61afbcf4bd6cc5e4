r"""Questions of several turns in one cell of a table, as an office writes a conversation down.

Each turn begins a line with `用户：` or `User:`; lines without such a beginning go on with the turn above.
Only what the user says stands there, since the service says the rest itself. A backslash before such a
beginning makes it plain text: `\用户：`. A cell without any is a question of one turn, as it stands.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from openbeian.core.errors import BadInputError

__all__ = ["cell_of", "said_in"]

_LABEL: Final = re.compile(
    r"(?P<space>\s*)(?P<guard>\\*)(?:(?P<user>用户|user)|服务|模型|助手|service|model|assistant)\s*[:：]",
    re.IGNORECASE,
)
_CHINESE: Final = ("zh", "yue")


def cell_of(said: Sequence[str], language: str) -> str:
    """Return the cell of a question: its text, or what the user says turn by turn, labelled."""
    if len(said) == 1:
        return _guarded(said[0])
    label = "用户：" if language.startswith(_CHINESE) else "User: "
    return "\n".join(label + _guarded(turn) for turn in said)


def said_in(cell: str) -> tuple[str, ...]:
    """Return what the user says in a cell, one text for each turn: the only one where no turn is labelled.

    Raises:
        BadInputError: It can't be told where the turns begin, or one is empty.
    """
    lines = cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    labels = [_label(line) for line in lines]
    if not any(label and label["user"] for label in labels):
        return (_unguarded(cell),)
    if any(label and not label["user"] for label in labels):
        raise BadInputError(
            "多轮题目只写用户的话，服务的话由服务自己回答；请删去「服务：」各行，若是题目原文请在前面加反斜杠「\\」。",
            "a question of several turns holds what the user says alone, since the service answers itself; "
            "remove the lines that begin with “Service:”, or put a backslash before them if they are text.",
        )
    if not labels[0]:
        raise BadInputError(
            "「用户：」之前还有文字，分不清是几轮；请让每一轮都以「用户：」开头，若是题目原文请写成「\\用户：」。",
            "there is text before the first “User:”, so the turns can't be told apart; begin each turn with "
            "“User:”, or write “\\User:” if that is text.",
        )
    turns = tuple(_turns(lines))
    if len(turns) == 1 or not all(turns):
        raise BadInputError(
            "有「用户：」却不足两轮，或有一轮是空的；请补全各轮，只有一轮时请去掉「用户：」或写成「\\用户：」。",
            "there is a “User:” but fewer than two turns, or an empty one; fill them in, and for a single "
            "turn leave “User:” out or write “\\User:”.",
        )
    return turns


def _turns(lines: Sequence[str]) -> Iterator[str]:
    """Yield the turns, without white space around them; the first line begins one."""
    turn: list[str] = []
    for line in lines:
        label = _label(line)
        if label and turn:
            yield "\n".join(turn).strip()
            turn = []
        turn.append(_unguarded(line[label.end() :] if label else line))
    yield "\n".join(turn).strip()


def _label(line: str) -> re.Match[str] | None:
    """Return the label that a line begins with, where no backslash makes it plain text."""
    found = _LABEL.match(line)
    return None if found is None or found["guard"] else found


def _guarded(text: str) -> str:
    """Return a text none of whose lines begins with a label."""
    return "\n".join(_with_guard(line, 1) for line in text.split("\n"))


def _unguarded(text: str) -> str:
    return "\n".join(_with_guard(line, -1) for line in text.split("\n"))


def _with_guard(line: str, more: int) -> str:
    """Return a line with a backslash more or less before its label, where it begins with one."""
    found = _LABEL.match(line)
    if found is None:
        return line
    guard = "\\" * max(0, len(found["guard"]) + more)
    return found["space"] + guard + line[found.end("guard") :]
