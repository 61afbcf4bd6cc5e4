"""A chat endpoint that really listens on 127.0.0.1 and misbehaves as it is told to.

`LLMSimulator` answers OpenAI-compatible chat requests in a thread of its own. What it does with a question
is said by a rule, a function from the question to a `Reply`; `after` changes the rule for single requests.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import orjson
from aiohttp import web

__all__ = ["LLMSimulator", "Reply", "every", "plain"]


@dataclass(frozen=True)
class Reply:
    """What the endpoint does: answers `text`, or one of the things that go wrong."""

    text: str = "好的，这是回答。"
    fault: str = ""
    """An HTTP status such as `429`, or `filter html malformed shapeless empty drop half`."""
    delay_s: float = 0.0
    retry_after: str = "0"
    finish: str = "stop"


_WRONG_BODIES = {
    "html": (b"<html><body>nginx</body></html>", "text/html"),
    "malformed": (b'{"choices": [{"mess', "application/json"),
    "shapeless": (b'{"result": "hello"}', "application/json"),
}

Rule = Callable[[str, int], Reply]
"""Takes the question and the number of the request (from 1), gives what to do."""


def plain(text: str = "好的，这是回答。") -> Rule:
    """Answer everything with one text."""
    return lambda _question, _number: Reply(text)


def every(n: int, reply: Reply, otherwise: Rule) -> Rule:
    """Give `reply` to every n-th request, so 10 % of them with n = 10."""
    return lambda question, number: reply if number % n == 0 else otherwise(question, number)


@dataclass
class LLMSimulator:
    """The endpoint; a context manager. `url` is what a target is given."""

    rule: Rule = field(default_factory=plain)
    key: str | None = None
    asked: list[str] = field(default_factory=list)
    """The questions that were answered with a text, in their order; greetings too."""
    requests: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    url: str = ""
    bodies: list[dict] = field(default_factory=list)
    root: str = "/v1"
    """What a target's address ends in, and `route` the path that is asked."""
    route: str = "/v1/chat/completions"

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def count(self, question: str) -> int:
        """Return how often a question was answered."""
        return self.asked.count(question)

    def wait_until(self, condition: Callable[[], bool], within_s: float = 20.0) -> None:
        """Wait until something is so."""
        until = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < until, "this did not happen in time"
            time.sleep(0.005)

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._main(ready))
        self._loop.close()

    async def _main(self, ready: threading.Event) -> None:
        self._stop = asyncio.Event()
        app = web.Application()
        app.router.add_post(self.route, self._chat)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}{self.root}"
        ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        self.requests += 1
        self.bodies.append(body)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            question = self._question(body)
            reply = self.rule(question, self.requests)
            if reply.delay_s:
                await asyncio.sleep(reply.delay_s)
            if self.key and not self._is_authorised(request):
                reply = Reply(fault="401")
            if reply.fault:
                return await self._fail(request, reply, stream=bool(body.get("stream")))
            self.asked.append(question)
            return await self._answer(request, reply, stream=bool(body.get("stream")))
        finally:
            self.in_flight -= 1

    def _question(self, body: dict) -> str:
        return body["messages"][-1]["content"]

    def _is_authorised(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {self.key}"

    async def _answer(self, request: web.Request, reply: Reply, *, stream: bool) -> web.StreamResponse:
        if not stream:
            message = {"role": "assistant", "content": reply.text}
            choice = {"index": 0, "message": message, "finish_reason": reply.finish}
            return _json({"object": "chat.completion", "model": "simulated", "choices": [choice]})
        response = await _started_stream(request)
        await response.write(_event({"delta": {"role": "assistant"}}))
        step = max(7, len(reply.text) // 100)
        for start in range(0, len(reply.text), step):
            await response.write(_event({"delta": {"content": reply.text[start : start + step]}}))
        await response.write(_event({"delta": {}, "finish_reason": reply.finish}))
        await response.write(b"data: [DONE]\n\n")
        return response

    async def _fail(self, request: web.Request, reply: Reply, *, stream: bool) -> web.StreamResponse:
        if reply.fault == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if reply.fault == "half":
            return await self._break_off(request, stream=stream)
        if reply.fault == "empty":
            return await self._answer(request, Reply("", finish="length"), stream=stream)
        if reply.fault in _WRONG_BODIES:
            body, kind = _WRONG_BODIES[reply.fault]
            return web.Response(body=body, content_type=kind)
        if reply.fault == "filter":
            error = {"code": "data_inspection_failed", "message": "input may contain inappropriate content"}
            return _json({"error": error}, status=400)
        headers = {"Retry-After": reply.retry_after} if reply.fault == "429" else {}
        return _json({"error": {"message": "no"}}, status=int(reply.fault), headers=headers)

    async def _break_off(self, request: web.Request, *, stream: bool) -> web.StreamResponse:
        if stream:
            response = await _started_stream(request)
            await response.write(_event({"delta": {"content": "这只是一半"}}))
            return response
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"choices": [')
        assert request.transport is not None
        request.transport.close()
        return response


async def _started_stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


def _event(choice: dict) -> bytes:
    return b"data: " + orjson.dumps({"choices": [{"index": 0, **choice}]}) + b"\n\n"


def _json(value: object, **rest: object) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json", **rest)
