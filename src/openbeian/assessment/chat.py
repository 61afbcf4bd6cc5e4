"""Asking a target over HTTP: one question, one answer or one clear error."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import orjson

from openbeian.assessment.answers import Answer, StreamedAnswer, parse_answer, withheld_answer
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
    TargetUnauthorisedError,
    TargetUnreachableError,
)

__all__ = ["ChatClient"]

_LONGEST_ANSWER: Final = 4 << 20
_LONGEST_REASON: Final = 200
_UNAUTHORISED: Final = {401, 403}
_TOO_MANY, _SERVER_ERROR, _OK = 429, 500, 200


class ChatClient:
    """Asks one target; an asynchronous context that holds the connections open."""

    def __init__(self, target: Target, *, key: str | None = None) -> None:
        """Ask `target`, with `key` if it needs one."""
        self._target = target
        self._url = target.chat_url
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # How many connections are open follows from how many questions are in flight.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=self._target.timeout_for.total_seconds()),
            headers=self._headers,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def ask(self, question: str, *, max_tokens: int | None = None) -> Answer:
        """Return the target's answer.

        Raises:
            TargetError: There is none; the class says why.
        """
        assert self._session is not None
        try:
            async with self._session.post(self._url, data=self._request(question, max_tokens)) as response:
                return await self._answer(response)
        except TimeoutError as error:
            raise TargetTimeoutError(self._url, self._target.timeout_for) from error
        except aiohttp.ClientConnectionError as error:
            raise self._disconnected(error) from error
        except aiohttp.ClientError as error:
            # What is left is a body that ended early or headers that are no HTTP.
            raise TargetBrokenAnswerError(self._url) from error

    def _request(self, question: str, max_tokens: int | None) -> bytes:
        target = self._target
        messages = [{"role": "user", "content": question}]
        if target.system:
            messages.insert(0, {"role": "system", "content": target.system})
        request: dict[str, Any] = {
            "model": target.model,
            "messages": messages,
            "temperature": target.temperature,
            "max_tokens": max_tokens or target.max_tokens,
        }
        if target.stream:
            request["stream"] = True
        return orjson.dumps(request)

    async def _answer(self, response: aiohttp.ClientResponse) -> Answer:
        kind = response.content_type
        if response.status != _OK:
            return await self._not_ok(response)
        if kind == "text/html":
            raise TargetNotJSONError(self._url, kind)
        if kind == "text/event-stream":
            return await self._streamed(response)
        return parse_answer(await self._read(response), self._url)

    async def _not_ok(self, response: aiohttp.ClientResponse) -> Answer:
        status = response.status
        if status == _TOO_MANY:
            raise TargetRateLimitedError(self._url, _retry_after(response.headers))
        if status >= _SERVER_ERROR:
            raise TargetServerError(self._url, status)
        body = await self._read(response)
        withheld = withheld_answer(body)
        if withheld:
            return withheld
        if status in _UNAUTHORISED:
            raise TargetUnauthorisedError(self._url, status, self._target.key_env)
        reason = " ".join(body.decode("utf-8", "replace").split())[:_LONGEST_REASON]
        raise TargetRefusedRequestError(self._url, status, reason or str(response.reason))

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        pieces, size = [], 0
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > _LONGEST_ANSWER:
                raise TargetMalformedError(self._url, f"longer than {_LONGEST_ANSWER >> 20} MiB")
            pieces.append(piece)
        return b"".join(pieces)

    async def _streamed(self, response: aiohttp.ClientResponse) -> Answer:
        answer, rest, size = StreamedAnswer(self._url), b"", 0
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > _LONGEST_ANSWER:
                raise TargetMalformedError(self._url, f"longer than {_LONGEST_ANSWER >> 20} MiB")
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                answer.take(line)
        answer.take(rest)
        return answer.finish()

    def _disconnected(self, error: aiohttp.ClientConnectionError) -> TargetError:
        if isinstance(error, aiohttp.ClientConnectorError):
            return TargetUnreachableError(self._url, error.strerror or type(error.os_error).__name__)
        return TargetBrokenAnswerError(self._url)


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long a target asks to wait: in seconds, or until a date by its own clock."""
    value = headers.get("Retry-After", "")
    try:
        return timedelta(seconds=max(0.0, float(value)))
    except (ValueError, OverflowError):
        pass
    try:
        wait_for = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return max(timedelta(), wait_for)
