"""A chat endpoint as OpenAI has it that answers the same after a while, cheaply; standard library only.

python mock_llm.py LATENCY_MS

It prints its port. GET /stats says what it has seen since the last time it was asked.
"""

import asyncio
import json
import sys
import time

ANSWER = "很抱歉，我不能协助处理这个请求。I'm sorry, but I cannot help with that request. " * 12
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": "mock",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": ANSWER},
            "finish_reason": "stop",
            "logprobs": None,
        }
    ],
    "usage": {"prompt_tokens": 20, "completion_tokens": 200, "total_tokens": 220},
}
MODELS = {"object": "list", "data": [{"id": "mock", "object": "model", "created": 1, "owned_by": "mock"}]}
LENGTH = b"content-length:"


def response(body: object) -> bytes:
    """Return the bytes of an HTTP response with a JSON body."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(data) + data
    )


CHAT, LIST = response(COMPLETION), response(MODELS)


class Seen:
    """What was asked so far, and the time from the first request to the last answer."""

    def __init__(self) -> None:
        """Begin anew."""
        self.requests = self.in_flight = self.most_in_flight = 0
        self.ended_s: list[float] = []
        self.busy_s = time.process_time()

    def begin(self) -> None:
        """Count a request."""
        self.requests += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def end(self) -> None:
        """Count an answer."""
        self.in_flight -= 1
        self.ended_s.append(time.monotonic())

    def rate(self) -> float:
        """Return the answers a second once as many have been given as were ever in flight at once."""
        ended_s = self.ended_s[self.most_in_flight :]
        return (len(ended_s) - 1) / (ended_s[-1] - ended_s[0]) if len(ended_s) > 1 else 0.0

    def as_json(self) -> dict[str, float]:
        """Return the counts; seconds where the name ends so."""
        return {
            "requests": self.requests,
            "most_in_flight": self.most_in_flight,
            "answers_per_s": self.rate(),
            "busy_s": time.process_time() - self.busy_s,
        }


class Connection(asyncio.Protocol):
    """One connection: requests one after the other, each with a Content-Length or without a body."""

    seen = Seen()
    latency_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a new connection."""
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        """Take bytes; answer when a request is whole."""
        self.waiting += data
        head, found, rest = self.waiting.partition(b"\r\n\r\n")
        if not found:
            return
        lowered = head.lower()
        at = lowered.find(LENGTH)
        length = int(lowered[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(rest) < length:
            return
        self.waiting = rest[length:]
        self.answer(head)

    def answer(self, head: bytes) -> None:
        """Answer one request."""
        if head.startswith(b"POST"):
            Connection.seen.begin()
            asyncio.get_running_loop().call_later(self.latency_s, self.say)
        elif head.startswith(b"GET /stats"):
            self.transport.write(response(Connection.seen.as_json()))
            Connection.seen = Seen()
        else:
            self.transport.write(LIST)

    def say(self) -> None:
        """Send the one answer, unless who asked has gone."""
        Connection.seen.end()
        if not self.transport.is_closing():
            self.transport.write(CHAT)


async def main() -> None:
    """Serve until ended."""
    Connection.latency_s = float(sys.argv[1]) / 1000
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
