"""What is said to a target and heard from it, whatever the bytes look like: requests and their shapes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from openbeian.assessment.answers import Answer, StreamedAnswer

__all__ = ["Request", "Shape", "Turn"]


class Turn(NamedTuple):
    """What was said before: the user's text and the service's answer to it."""

    user: str
    answer: str


@dataclass(frozen=True, slots=True)
class Request:
    """All that a request may hold."""

    question: str
    history: tuple[Turn, ...]
    model: str
    system: str
    temperature: float
    max_tokens: int
    stream: bool

    @property
    def messages(self) -> list[dict[str, str]]:
        """System prompt, what was said before and the question, as the messages of a chat."""
        said = [{"role": "system", "content": self.system}] if self.system else []
        for turn in self.history:
            said.append({"role": "user", "content": turn.user})
            said.append({"role": "assistant", "content": turn.answer})
        return [*said, {"role": "user", "content": self.question}]


class Shape(Protocol):
    """How a target wants to be asked and how it answers. A new kind of target is a new shape."""

    @property
    def name(self) -> str:
        """What the shape is called in options and in evidence."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def places(self) -> frozenset[str]:
        """Which parts of a request it can carry, such as `history` or `system`."""

    @property
    def streams(self) -> bool:
        """Whether it can read a streamed answer."""

    @property
    def key_names(self) -> tuple[str, ...]:
        """The environment variables that hold its own secrets."""

    def check_url(self, url: str) -> None:
        """Check that the address is one of this shape.

        Raises:
            BadInputError: It is not, or holds what must not get into the evidence.
        """

    def address(self, url: str) -> str:
        """Return the address that questions are sent to."""

    def headers(self, key: str | None, secrets: Mapping[str, str]) -> dict[str, str]:
        """Return the headers; `key` is the target's, `secrets` are those of `key_names`."""

    def body(self, request: Request) -> bytes:
        """Return the body that asks for an answer."""

    def read(self, body: bytes, url: str) -> Answer:
        """Return the answer in the body of a response.

        Raises:
            TargetMalformedError: There is none; `url` is named.
            TargetEmptyAnswerError: It says nothing.
        """

    def stream(self, url: str) -> StreamedAnswer:
        """Return what puts a streamed answer together.

        Raises:
            TargetMalformedError: This shape knows no streams.
        """

    def describe(self) -> dict[str, Any]:
        """Return what evidence needs to know of the shape; nothing for the usual one."""
