"""Asking a question of one or several turns: each is asked with everything said before it."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from openbeian.assessment.answers import Answer
from openbeian.assessment.asking import Outcome, Patience, ask_patiently
from openbeian.assessment.judges.protocol import Said
from openbeian.assessment.throttle import Permit, Throttle
from openbeian.assessment.wire import Turn
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence import Record
from openbeian.evidence.records import record_error

__all__ = ["AskTarget", "Conversation", "converse", "said_before"]


class AskTarget(Protocol):
    """Puts one text to a target, after what was said before."""

    def __call__(self, question: str, history: tuple[Turn, ...] = ()) -> Awaitable[Answer]:
        """Return the answer; raise `TargetError` where there is none."""


class Conversation(NamedTuple):
    """The turns before the last, and how the last one, or the one that failed, ended."""

    before: tuple[tuple[str, Answer], ...]
    outcome: Outcome
    attempts: int
    """How often anything was asked, in all turns."""

    def history(self) -> list[dict[str, Any]]:
        """Return the turns before the last, as they go into the evidence."""
        return [
            {"answer": answer.text, "finish": answer.finish, "prompt": text} for text, answer in self.before
        ]


def said_before(record: Record) -> tuple[Said, ...]:
    """Return the turns before the last, as the record of an answer holds them; none for a single question.

    Raises:
        BadInputError: They are incomplete.
    """
    try:
        turns = [
            (turn["prompt"], turn["answer"], turn.get("finish", ""))
            for turn in record.body.get("history") or ()
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise _incomplete(record) from error
    if not all(isinstance(text, str) for turn in turns for text in turn):
        raise _incomplete(record)
    return tuple(Said(prompt, Answer(answer, finish)) for prompt, answer, finish in turns)


def _incomplete(record: Record) -> BadInputError:
    return record_error(record.line, Text("前几轮对话残缺", "the turns before are incomplete"))


async def converse(
    ask: AskTarget,
    said: Sequence[str],
    *,
    throttle: Throttle,
    patience: Patience,
    permit: Permit | None = None,
) -> Conversation:
    """Say one text of `said` after the other until the last is answered, or one ends in an error.

    An answer without a word, which a service's filter may give, is not repeated to the service: no message
    may be empty.
    """
    before: list[tuple[str, Answer]] = []
    attempts = 0
    for number, text in enumerate(said, 1):
        history = tuple(Turn(user, answer.text) for user, answer in before if answer.text.strip())
        outcome = await ask_patiently(
            partial(ask, history=history), text, throttle=throttle, patience=patience, permit=permit
        )
        permit = None
        attempts += outcome.attempts
        if outcome.answer is None or number == len(said):
            return Conversation(tuple(before), outcome, attempts)
        before.append((text, outcome.answer))
    raise AssertionError("the last turn returns")
