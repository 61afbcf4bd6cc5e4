"""Judges behind an address: what they share, and how one is consulted without holding anything up."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

from openbeian.assessment.answers import Answer
from openbeian.assessment.asking import Patience, ask_patiently
from openbeian.assessment.judges.endpoint import Endpoint, EndpointClient, Message
from openbeian.assessment.judges.protocol import Calibration, Exchange, Verdict
from openbeian.assessment.throttle import Throttle

__all__ = ["Consultation", "RemoteJudge", "Say"]

Say = Callable[[Sequence[Message]], Awaitable[str]]
"""Sends messages to the model behind a judge and gives what it says; raises `TargetError`."""


class RemoteJudge(ABC):
    """A judge that asks a model over the network.

    Within a run it is consulted in a pass of its own (`remote_judging`); `judge` and `judge_many` are for
    callers that may wait, outside of any event loop.
    """

    def __init__(self, name: str, endpoint: Endpoint, *, version: str, spec: str) -> None:
        """Ask at `endpoint`; `spec` is how the judge is made again."""
        self.name = name
        self.endpoint = endpoint
        self.version = version
        self.spec = spec
        self.calibrations: Sequence[Calibration] = ()

    @property
    @abstractmethod
    def withheld(self) -> Verdict:
        """The verdict where the service itself withheld every answer; nobody is asked about it."""

    @abstractmethod
    async def consider(self, exchange: Exchange, say: Say) -> Verdict:
        """Return the verdict on one answer.

        Raises:
            TargetError: The model can't be asked, or what it says is no verdict.
        """

    def judge(self, question: str, answer: Answer) -> Verdict:
        """Return the verdict on one answer.

        Raises:
            TargetError: There is none.
        """
        return self.judge_many([Exchange(question, answer)])[0]

    def judge_many(self, exchanges: Sequence[Exchange]) -> list[Verdict]:
        """Return the verdict on each of many, many at a time.

        Raises:
            TargetError: There is none on one of them.
        """
        return asyncio.run(self._consider_all(exchanges))

    async def _consider_all(self, exchanges: Sequence[Exchange]) -> list[Verdict]:
        async with Consultation(self) as consultation:
            tasks = [asyncio.ensure_future(consultation.verdict(one)) for one in exchanges]
            try:
                return await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)


class Consultation:
    """A judge being consulted: an asynchronous context with connections, a bound on them, and patience."""

    def __init__(self, judge: RemoteJudge, patience: Patience | None = None) -> None:
        """Consult `judge`."""
        self._judge = judge
        self._client = EndpointClient(judge.endpoint)
        self._patience = patience or Patience()
        self.throttle = Throttle(judge.endpoint.concurrency)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def verdict(self, exchange: Exchange) -> Verdict:
        """Return the verdict on one answer.

        Raises:
            TargetError: There is none; the class says why.
        """
        if exchange.is_withheld:
            return self._judge.withheld
        return await self._judge.consider(exchange, self._say)

    async def _say(self, messages: Sequence[Message]) -> str:
        async def once(_: str) -> Answer:
            return await self._client.say(messages)

        outcome = await ask_patiently(
            once, messages[-1].content, throttle=self.throttle, patience=self._patience
        )
        if outcome.error is not None:
            raise outcome.error
        assert outcome.answer is not None
        return outcome.answer.text
