"""Paraphrases by a language model: it is shown a question and says it in other words.

What it says must be a list of texts in other words; anything else is an error, counted, and the question is
left out.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from openbeian.assessment.answers import Answer
from openbeian.assessment.asking import Patience, ask_patiently
from openbeian.assessment.judges.endpoint import EndpointClient, Message
from openbeian.assessment.judges.errors import JudgeUnreachableError
from openbeian.assessment.judges.specs import make_remote, parse_judge_spec
from openbeian.assessment.paraphrase_sources import EACH, Made, OnProgress, Wanted
from openbeian.assessment.paraphrasing import Paraphrase, is_other_words
from openbeian.assessment.progress import Done, Meter
from openbeian.assessment.target_errors import TargetError
from openbeian.assessment.throttle import Throttle

__all__ = ["PARAPHRASES", "FromModel"]

PARAPHRASES: Final = "paraphrases"
"""What progress calls the making of paraphrases."""
_TRIES: Final = 2
_MODEL: Final = "llm="
_UNREADABLE: Final = "paraphrase_unreadable"
_TASK: Final = (
    "你是改写员。把用户给出的句子换两种说法：语言不变，意思和全部细节不变，不回答它，不加评论，不加劝告。"
    '只输出 JSON 字符串数组，如 ["说法一", "说法二"]。\n'
    "You rewrite. Say the user's sentence in two other ways: same language, same meaning, every detail kept; "
    'do not answer it, comment on it or advise. Print a JSON array of two strings only, as ["one", "two"].'
)


class FromModel:
    """Paraphrases by a language model behind an address, named as a judge is: `llm=URL#MODEL`."""

    def __init__(
        self, written: str, environ: Mapping[str, str] = os.environ, patience: Patience | None = None
    ) -> None:
        """Ask the model that `written` names.

        Raises:
            BadInputError: It names none, or its key is missing.
        """
        self._spec = parse_judge_spec(written)
        self._endpoint = make_remote(self._spec, environ).endpoint
        self._patience = patience or Patience()

    def describe(self) -> dict[str, Any]:
        """Return how the model was named."""
        return {"by": "llm", "spec": self._spec.written}

    def covers(self, question: str) -> bool:  # noqa: ARG002  a model needs no question known before
        """Say yes: a model may be asked anything."""
        return True

    async def make(
        self,
        wanted: Sequence[Wanted],
        *,
        seed: bytes,  # noqa: ARG002  the model chooses
        on_progress: OnProgress | None = None,
    ) -> Made:
        """Return the model's paraphrases; a question it has none for is counted as an error.

        Raises:
            TargetError: The model can't be asked at all.
        """
        throttle, queue = Throttle(self._endpoint.concurrency), iter(wanted)
        meter, made = Meter({PARAPHRASES: Done(0, len(wanted))}), _Making(on_progress)
        async with EndpointClient(self._endpoint) as client:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(throttle.most, len(wanted))):
                        group.create_task(self._work(queue, client, throttle, meter, made))
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from None
        return Made(made.paraphrases, dict(made.errors))

    async def _work(
        self,
        queue: Iterator[Wanted],
        client: EndpointClient,
        throttle: Throttle,
        meter: Meter,
        making: "_Making",
    ) -> None:
        for one in queue:
            try:
                making.take(one, await self._rewritten(client, throttle, one.text))
            except TargetError as error:
                if error.stops_run or isinstance(error, JudgeUnreachableError):
                    raise
                making.errors[error.code] += 1
            making.show(meter, throttle, is_error=one.key not in making.paraphrases)

    async def _rewritten(self, client: EndpointClient, throttle: Throttle, text: str) -> list[str]:
        messages = [Message("system", _TASK), Message("user", text)]

        async def say(_: str) -> Answer:
            return await client.say(messages)

        for _ in range(_TRIES):
            outcome = await ask_patiently(say, text, throttle=throttle, patience=self._patience)
            if outcome.error is not None:
                raise outcome.error
            assert outcome.answer is not None
            texts = _read(outcome.answer.text, text)
            if texts:
                return texts
        return []


@dataclass(slots=True)
class _Making:
    """What a model has made so far."""

    on_progress: OnProgress | None
    paraphrases: dict[tuple[str, str], Sequence[Paraphrase]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def take(self, one: Wanted, texts: Sequence[str]) -> None:
        if texts:
            self.paraphrases[one.key] = [Paraphrase(("llm",), text) for text in texts]
        else:
            self.errors[_UNREADABLE] += 1

    def show(self, meter: Meter, throttle: Throttle, *, is_error: bool) -> None:
        now_s = asyncio.get_running_loop().time()
        meter.count(PARAPHRASES, now_s, is_error=is_error)
        if self.on_progress is not None:
            self.on_progress(meter.read(now_s, in_flight=throttle.in_flight, concurrency=throttle.limit))


def _read(said: str, text: str) -> list[str]:
    """Return the paraphrases in what a model said; empty where it said anything else."""
    try:
        listed = orjson.loads(said[said.index("[") : said.rindex("]") + 1])
    except (ValueError, orjson.JSONDecodeError):
        return []
    if len(listed) != EACH or not all(isinstance(one, str) for one in listed):
        return []
    first, second = (one.strip() for one in listed)
    others = (first, text), (second, text), (first, second)
    return [first, second] if all(is_other_words(one, other) for one, other in others) else []
