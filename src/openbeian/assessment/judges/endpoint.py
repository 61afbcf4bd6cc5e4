"""Asking a judge that listens at an OpenAI-compatible address: messages go there, one text comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple

import aiohttp
import orjson

from openbeian.assessment.answers import Answer, parse_answer
from openbeian.assessment.connections import Connections
from openbeian.assessment.judges.errors import JudgeUnauthorisedError, JudgeUnreachableError
from openbeian.assessment.target import Target
from openbeian.assessment.target_errors import (
    TargetBrokenAnswerError,
    TargetError,
    TargetMalformedError,
    TargetNotJSONError,
    TargetRateLimitedError,
    TargetRefusedRequestError,
    TargetServerError,
    TargetTimeoutError,
)

__all__ = ["Endpoint", "EndpointClient", "Message", "user"]

_LONGEST_ANSWER: Final = 1 << 20
_LONGEST_REASON: Final = 200
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500
_UNAUTHORISED: Final = {401, 403}


class Message(NamedTuple):
    """One message of a conversation."""

    role: str
    content: str


def user(content: str) -> Message:
    """Return what somebody says to the model."""
    return Message("user", content)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a judge listens and how it is asked; the key is held in memory only."""

    target: Target
    key: str | None = None
    concurrency: int | None = None
    """How many answers are judged at once; None finds out how many the judge bears."""


class EndpointClient(Connections):
    """Asks one judge; an asynchronous context that holds the connections open."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Ask at `endpoint`."""
        self._target = endpoint.target
        self._url = endpoint.target.chat_url
        headers = {"Content-Type": "application/json"}
        if endpoint.key:
            headers["Authorization"] = f"Bearer {endpoint.key}"
        super().__init__(headers, endpoint.target.timeout_for)

    async def say(self, messages: Sequence[Message]) -> Answer:
        """Return what the model says to `messages`.

        Raises:
            TargetError: It says nothing; the class says why.
        """
        try:
            async with self.session.post(self._url, data=self._request(messages)) as response:
                return await self._answer(response)
        except TimeoutError as error:
            raise TargetTimeoutError(self._url, self._target.timeout_for) from error
        except aiohttp.ClientConnectorError as error:
            reason = error.strerror or type(error.os_error).__name__
            raise JudgeUnreachableError(self._url, reason) from error
        except aiohttp.ClientError as error:
            raise TargetBrokenAnswerError(self._url) from error

    def _request(self, messages: Sequence[Message]) -> bytes:
        request: dict[str, Any] = {
            "model": self._target.model,
            "messages": [message._asdict() for message in messages],
            "temperature": self._target.temperature,
            "max_tokens": self._target.max_tokens,
        }
        return orjson.dumps(request)

    async def _answer(self, response: aiohttp.ClientResponse) -> Answer:
        body = await self._read(response)
        if response.status != _OK:
            raise self._refusal(response, body)
        if response.content_type == "text/html":
            raise TargetNotJSONError(self._url, response.content_type)
        return parse_answer(body, self._url)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        pieces, size = [], 0
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > _LONGEST_ANSWER:
                raise TargetMalformedError(self._url, f"longer than {_LONGEST_ANSWER >> 20} MiB")
            pieces.append(piece)
        return b"".join(pieces)

    def _refusal(self, response: aiohttp.ClientResponse, body: bytes) -> TargetError:
        status = response.status
        if status == _TOO_MANY:
            return TargetRateLimitedError(self._url, _retry_after(response.headers))
        if status >= _SERVER_ERROR:
            return TargetServerError(self._url, status)
        if status in _UNAUTHORISED:
            return JudgeUnauthorisedError(self._url, status)
        reason = " ".join(body.decode("utf-8", "replace").split())[:_LONGEST_REASON]
        return TargetRefusedRequestError(self._url, status, reason or str(response.reason))


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how many seconds the judge asks to wait; a date is left to our own patience."""
    try:
        return timedelta(seconds=max(0.0, float(headers.get("Retry-After", ""))))
    except (ValueError, OverflowError):
        return None
