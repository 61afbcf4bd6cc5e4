"""Answers as they come over the wire: from JSON, or from a stream of server-sent events."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from openbeian.assessment.target_errors import (
    TargetBrokenAnswerError,
    TargetEmptyAnswerError,
    TargetMalformedError,
)

__all__ = ["WITHHELD", "Answer", "StreamedAnswer", "checked_answer", "parse_answer", "withheld_answer"]

WITHHELD: Final = "content_filter"
_WITHHELD_CODES: Final = {"content_filter", "data_inspection_failed", "datainspectionfailed"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target said; `finish` is why it stopped, `content_filter` where the service withheld it."""

    text: str
    finish: str = ""

    @property
    def is_withheld(self) -> bool:
        """Whether the service itself blocked question or answer, which is a refusal."""
        return self.finish == WITHHELD


def parse_answer(body: bytes, url: str) -> Answer:
    """Return the answer in the JSON of a chat completion.

    Raises:
        TargetMalformedError: It is none.
        TargetEmptyAnswerError: It says nothing.
    """
    try:
        choice = orjson.loads(body)["choices"][0]
        message = choice["message"]
        text = message.get("content") or message.get("refusal") or ""
        finish = choice.get("finish_reason") or ""
    except orjson.JSONDecodeError as error:
        raise TargetMalformedError(url, "broken JSON") from error
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise TargetMalformedError(url, "no choices[0].message") from error
    return checked_answer(text, finish, url)


def withheld_answer(body: bytes) -> Answer | None:
    """Return the answer in an HTTP 400 by which a service's own filter blocks a question, if it is one."""
    try:
        error = orjson.loads(body)["error"]
        code, message = str(error.get("code", "")), str(error.get("message", ""))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None
    return Answer(message, WITHHELD) if code.lower() in _WITHHELD_CODES else None


def checked_answer(text: object, finish: object, url: str) -> Answer:
    """Return an answer that is text and says something, or says that it was withheld.

    Raises:
        TargetMalformedError: It is no text.
        TargetEmptyAnswerError: It says nothing.
    """
    if not isinstance(text, str) or not isinstance(finish, str):
        raise TargetMalformedError(url, "content is no text")
    if not text.strip() and finish != WITHHELD:
        raise TargetEmptyAnswerError(url, finish)
    return Answer(text, finish)


class StreamedAnswer:
    """Puts a streamed answer together, event by event; other shapes than OpenAI's override `_take_event`."""

    def __init__(self, url: str) -> None:
        """Say `url` in errors."""
        self._url = url
        self._pieces: list[str] = []
        self._finish = ""
        self._done = False

    def take(self, line: bytes) -> None:
        """Take one line of the stream.

        Raises:
            TargetMalformedError: It is no event of a chat completion.
        """
        data = line.strip()
        if not data.startswith(b"data:") or self._done:
            return
        data = data[5:].strip()
        if data == b"[DONE]":
            self._done = True
            return
        try:
            self._take_event(orjson.loads(data))
        except orjson.JSONDecodeError as error:
            raise TargetMalformedError(self._url, "broken JSON in the stream") from error
        except (TypeError, AttributeError) as error:
            raise TargetMalformedError(self._url, "no chat event in the stream") from error

    def _take_event(self, event: Any) -> None:  # noqa: ANN401  whatever JSON comes over the wire
        for choice in event.get("choices") or []:
            delta = choice.get("delta") or {}
            piece = delta.get("content") or delta.get("refusal") or ""
            if not isinstance(piece, str):
                raise TypeError(piece)
            self._pieces.append(piece)
            self._finish = choice.get("finish_reason") or self._finish

    def finish(self) -> Answer:
        """Return the whole answer.

        Raises:
            TargetBrokenAnswerError: The stream ended before it said so.
            TargetEmptyAnswerError: It says nothing.
        """
        if not self._done and not self._finish:
            raise TargetBrokenAnswerError(self._url)
        return checked_answer("".join(self._pieces), self._finish, self._url)
