"""Asking a target over HTTP: one question, one answer or one clear error."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Self

import aiohttp

from openbeian.assessment.answers import Answer, withheld_answer
from openbeian.assessment.connections import Connections
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
from openbeian.assessment.wire import Turn

__all__ = ["ChatClient"]

_LONGEST_ANSWER: Final = 4 << 20
_LONGEST_REASON: Final = 200
_UNAUTHORISED: Final = {401, 403}
_PASSING: Final = {408, 425}
"""Statuses below 500 that another try may mend: the server had no time, or holds it too early."""
_TOO_MANY, _SERVER_ERROR, _CLIENT_ERROR, _OK = 429, 500, 400, 200
_SHORTEST_SECRET: Final = 6
_HIDDEN: Final = "[key]"


class ChatClient(Connections):
    """Asks one target; an asynchronous context that holds the connections open."""

    def __init__(
        self,
        target: Target,
        *,
        key: str | None = None,
        secrets: Mapping[str, str] | None = None,
        connect: Callable[[], aiohttp.BaseConnector] | None = None,
    ) -> None:
        """Ask `target`, with `key` if it needs one, and with the `secrets` that its own headers name."""
        secrets = secrets or {}
        self._target = target
        self._url = target.chat_url
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip, deflate",
            **target.shape.headers(key, secrets),
        }
        super().__init__(headers, target.timeout_for, connect)
        self._secrets = [one for one in (key, *secrets.values()) if one and len(one) >= _SHORTEST_SECRET]

    @classmethod
    def with_keys(
        cls,
        target: Target,
        environ: Mapping[str, str],
        connect: Callable[[], aiohttp.BaseConnector] | None = None,
    ) -> Self:
        """Ask `target` with the keys in the environment.

        Raises:
            BadInputError: One of them is not there.
        """
        return cls(target, key=target.key(environ), secrets=target.secrets(environ), connect=connect)

    async def ask(
        self, question: str, history: tuple[Turn, ...] = (), *, max_tokens: int | None = None
    ) -> Answer:
        """Return the target's answer to a question, after what was said before.

        Raises:
            TargetError: There is none; the class says why.
        """
        shape = self._target.shape
        body = shape.body(self._target.request(question, history, max_tokens))
        try:
            # What was committed to is this address; a key must not follow the target to another.
            async with self.session.request(
                shape.method, self._url, data=body, allow_redirects=False
            ) as response:
                answer = await self._answer(response)
                return Answer(self._without_secrets(answer.text), self._without_secrets(answer.finish))
        except TimeoutError as error:
            raise TargetTimeoutError(self._url, self._target.timeout_for) from error
        except aiohttp.ClientConnectionError as error:
            raise self._disconnected(error) from error
        except aiohttp.ClientError as error:
            # What is left is a body that ended early or headers that are no HTTP.
            raise TargetBrokenAnswerError(self._url) from error

    async def _answer(self, response: aiohttp.ClientResponse) -> Answer:
        kind = response.content_type
        if response.status != _OK:
            return await self._not_ok(response)
        if kind == "text/html":
            raise TargetNotJSONError(self._url, kind)
        if kind == "text/event-stream":
            return await self._streamed(response)
        return self._target.shape.read(await self._read(response), self._url)

    async def _not_ok(self, response: aiohttp.ClientResponse) -> Answer:
        status = response.status
        if status == _TOO_MANY:
            raise TargetRateLimitedError(self._url, _retry_after(response.headers))
        if status >= _SERVER_ERROR or status in _PASSING:
            raise TargetServerError(self._url, status)
        body = await self._read(response)
        withheld = withheld_answer(body)
        if withheld:
            return withheld
        if status in _UNAUTHORISED:
            raise TargetUnauthorisedError(self._url, status, self._target.key_names)
        raise TargetRefusedRequestError(self._url, status, self._reason(response, body))

    def _reason(self, response: aiohttp.ClientResponse, body: bytes) -> str:
        if response.status < _CLIENT_ERROR:
            elsewhere = response.headers.get("Location", "").partition("?")[0]
            return f"moved to {elsewhere}" if elsewhere else str(response.reason)
        reason = " ".join(self._without_secrets(body.decode("utf-8", "replace")).split())
        return reason[:_LONGEST_REASON] or str(response.reason)

    def _without_secrets(self, text: str) -> str:
        """Return what the target said without keys of ours that it repeats: it goes into the evidence."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        pieces, size = [], 0
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > _LONGEST_ANSWER:
                raise TargetMalformedError(self._url, f"longer than {_LONGEST_ANSWER >> 20} MiB")
            pieces.append(piece)
        return b"".join(pieces)

    async def _streamed(self, response: aiohttp.ClientResponse) -> Answer:
        answer, rest, size = self._target.shape.stream(self._url), b"", 0
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
