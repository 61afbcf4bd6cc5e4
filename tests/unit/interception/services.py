"""A model server that remembers what it was asked, and a real server around an ASGI application."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from aiohttp import web

EVENTS = [b'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', b"data: [DONE]\n\n"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class FakeModel:
    """An OpenAI-compatible server in a thread of its own."""

    def __init__(self):
        self.asked = []
        self.headers = []
        self.answer = "Hello."
        self.gone = threading.Event()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    async def chat(self, request):
        body = await request.json()
        self.asked.append(body)
        self.headers.append(dict(request.headers))
        if body.get("slow"):
            return await self._drip(request)
        if body.get("stream"):
            reply = web.StreamResponse(headers={"content-type": "text/event-stream"})
            await reply.prepare(request)
            for event in EVENTS:
                await reply.write(event)
            return reply
        if "prompt" in body:
            return web.json_response({"choices": [{"index": 0, "text": self.answer}]})
        message = {"role": "assistant", "content": self.answer}
        return web.json_response({"choices": [{"index": 0, "message": message}]}, headers={"x-model": "fake"})

    async def _drip(self, request):
        reply = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await reply.prepare(request)
        try:
            while True:
                await reply.write(EVENTS[0])
                await asyncio.sleep(0.01)
        finally:
            self.gone.set()

    async def models(self, request):
        return web.json_response({"data": [{"id": "fake"}], "query": request.query_string})

    async def missing(self, _request):
        return web.json_response({"error": {"message": "no such model"}}, status=404)

    async def broken(self, request):
        reply = web.StreamResponse(headers={"content-length": "1000"})
        await reply.prepare(request)
        await reply.write(b"half")
        request.transport.close()
        return reply


@contextmanager
def run_model() -> Iterator[FakeModel]:
    model, loop, ready = FakeModel(), asyncio.new_event_loop(), threading.Event()

    async def serve():
        app = web.Application()
        app.router.add_post("/v1/chat/completions", model.chat)
        app.router.add_post("/v1/completions", model.chat)
        app.router.add_get("/v1/models", model.models)
        app.router.add_get("/v1/missing", model.missing)
        app.router.add_get("/v1/broken", model.broken)
        runner = web.AppRunner(app, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", model.port).start()
        ready.set()
        return runner

    def work():
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait(10)
    try:
        yield model
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextmanager
def run_app(app) -> Iterator[str]:
    """Serve an ASGI application with uvicorn and yield its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def chat(text, **more):
    return json.dumps({"model": "fake", "messages": [{"role": "user", "content": text}], **more}).encode()
