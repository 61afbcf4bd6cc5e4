"""Simulated endpoints of other shapes: Azure's, and one that no two providers have alike."""

from dataclasses import dataclass

import orjson
from aiohttp import web

from tests.simulators.llm import LLMSimulator, Reply

__all__ = ["AzureSimulator", "OwnShapeSimulator"]


@dataclass
class AzureSimulator(LLMSimulator):
    """Chat under a deployment's path; wants the version of the API and the header `api-key`."""

    root: str = "/openai/deployments/my-model?api-version=2024-10-21"
    route: str = "/openai/deployments/my-model/chat/completions"

    def _is_authorised(self, request: web.Request) -> bool:
        assert request.query_string == "api-version=2024-10-21"
        assert "Authorization" not in request.headers
        return request.headers.get("api-key") == self.key


@dataclass
class OwnShapeSimulator(LLMSimulator):
    """Takes `input.text`, answers at `data.replies[0].text`; blocks with `state: blocked`."""

    root: str = "/api/talk"
    route: str = "/api/talk"

    def _question(self, body: dict) -> str:
        return body["input"]["text"]

    def _is_authorised(self, request: web.Request) -> bool:
        return request.headers.get("X-Service-Key") == f"Key {self.key}"

    async def _answer(self, request: web.Request, reply: Reply, *, stream: bool) -> web.StreamResponse:
        if not stream:
            data = {"replies": [{"text": reply.text}], "state": reply.finish}
            return web.Response(body=orjson.dumps({"code": 0, "data": data}), content_type="application/json")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for character in reply.text:
            await response.write(b"data:" + orjson.dumps({"piece": character}) + b"\n\n")
        await response.write(b"data:" + orjson.dumps({"piece": None, "state": reply.finish}) + b"\n\n")
        return response
