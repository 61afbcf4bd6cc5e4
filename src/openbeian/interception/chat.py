"""Bodies of the OpenAI-compatible API: what a request asks, and an answer that refuses."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.interception.decisions import Policy

__all__ = [
    "REFUSAL",
    "Asked",
    "parse_chat",
    "parse_completion",
    "read_answer",
    "refusal_body",
    "refusal_events",
]

REFUSAL: Final = Text(
    zh="抱歉，您的请求涉及法律法规不允许提供的内容，我无法协助。您可以换一个问题，我很乐意回答。",
    en="I'm sorry, but I can't help with this request. I'm happy to help with something else.",
)
"""What the strategy answers in the model's place; it names no details, so that it teaches nothing."""

_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"

Kind = Literal["chat", "completion"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request matters here: the texts to judge and how the answer is wanted."""

    kind: Kind
    texts: tuple[str, ...]
    model: str
    stream: bool

    @property
    def language(self) -> str:
        """The language to answer in: Chinese unless Latin letters outnumber Han three to one."""
        text = self.texts[0]
        han = sum(_FIRST_HAN <= character <= _LAST_HAN for character in text)
        latin = sum(character.isascii() and character.isalpha() for character in text)
        return "zh" if han and han * 3 >= latin else "en"


def parse_chat(body: bytes, policy: Policy) -> Asked:
    """Read a chat request: its last message, and the conversation that leads to it.

    Raises:
        BadInputError: The body is not what the API takes, so it could not be judged.
    """
    request = _parse_object(body)
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadInputError(
            "请求缺少 messages：应为至少含一条消息的数组。",
            "The request has no messages: a list of one message or more is needed.",
        )
    read = [_read_message(number, message) for number, message in enumerate(messages)]
    last = read[-1][1]
    users = [text for role, text in read if role == "user"]
    texts = [last or (users[-1] if users else "")]
    if users and users[-1] != texts[0]:
        texts.append(users[-1])
    earlier = [text for role, text in read[:-1] if role in policy.checked_roles and text]
    if earlier and policy.conversation_characters:
        texts.append("\n".join([*earlier, texts[0]])[-policy.conversation_characters :])
    return _asked("chat", tuple(texts), request)


def parse_completion(body: bytes) -> Asked:
    """Read a request of the older completions API.

    Raises:
        BadInputError: The body is not what the API takes, or its prompt is no text.
    """
    request = _parse_object(body)
    prompt = request.get("prompt")
    prompts = [prompt] if isinstance(prompt, str) else prompt
    if not isinstance(prompts, list) or not prompts or not all(isinstance(text, str) for text in prompts):
        raise BadInputError(
            "请求的 prompt 应为文本或文本数组；词元编号无法检查。",
            "The prompt must be a text or a list of texts; token numbers can't be checked.",
        )
    return _asked("completion", tuple(prompts), request)


def read_answer(body: bytes) -> str:
    """Return the text of a complete answer; an answer of another shape has none."""
    try:
        choices = json.loads(body)["choices"]
        return "\n".join(_choice_text(choice) for choice in choices)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def refusal_body(asked: Asked, at: datetime) -> bytes:
    """Return a complete answer that refuses."""
    text = REFUSAL.in_(asked.language)
    choice: dict[str, Any] = {"index": 0, "finish_reason": "content_filter"}
    if asked.kind == "chat":
        choice["message"] = {"role": "assistant", "content": text}
    else:
        choice["text"] = text
    head = _head(asked, at, "chat.completion" if asked.kind == "chat" else "text_completion")
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return _dump({**head, "choices": [choice], "usage": usage})


def refusal_events(asked: Asked, at: datetime) -> Iterator[bytes]:
    """Yield the same answer as server-sent events."""
    text = REFUSAL.in_(asked.language)
    head = _head(asked, at, "chat.completion.chunk" if asked.kind == "chat" else "text_completion")
    if asked.kind == "chat":
        contents: list[dict[str, Any]] = [{"delta": {"role": "assistant", "content": text}}, {"delta": {}}]
    else:
        contents = [{"text": text}, {"text": ""}]
    for content, reason in zip(contents, (None, "content_filter"), strict=True):
        choice = {"index": 0, **content, "finish_reason": reason}
        yield b"data: " + _dump({**head, "choices": [choice]}) + b"\n\n"
    yield b"data: [DONE]\n\n"


def _parse_object(body: bytes) -> Mapping[str, Any]:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInputError(
            "请求正文不是有效的 JSON。", "The body of the request is not valid JSON."
        ) from error
    if not isinstance(request, dict):
        raise BadInputError("请求正文应为 JSON 对象。", "The body of the request must be a JSON object.")
    return request


def _read_message(number: int, message: object) -> tuple[str, str]:
    """Return role and text of a message; what is no text (an image) can't be judged and is left out."""
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise _bad_message(number)
    content = message.get("content")
    if isinstance(content, str) or content is None:
        return message["role"], content or ""
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise _bad_message(number)
    texts = [part.get("text", "") for part in content]
    if not all(isinstance(text, str) for text in texts):
        raise _bad_message(number)
    return message["role"], "\n".join(filter(None, texts))


def _bad_message(number: int) -> BadInputError:
    return BadInputError(
        f"messages 的第 {number + 1} 条有误：应有 role 及文本 content。",
        f"Message {number + 1} is wrong: it needs a role and a content of text.",
    )


def _asked(kind: Kind, texts: Sequence[str], request: Mapping[str, Any]) -> Asked:
    model = request.get("model")
    return Asked(kind, tuple(texts), model if isinstance(model, str) else "", request.get("stream") is True)


def _choice_text(choice: Mapping[str, Any]) -> str:
    return str(choice["message"]["content"] if "message" in choice else choice["text"])


def _head(asked: Asked, at: datetime, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(at.timestamp()),
        "model": asked.model,
    }


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
