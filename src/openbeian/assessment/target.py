"""The target: the endpoint under test, as it is described, committed to and asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from openbeian.assessment.shapes import OPENAI, SHAPES
from openbeian.assessment.target_spec import TargetSpec
from openbeian.assessment.wire import Request, Shape, Turn
from openbeian.core.errors import BadInputError

__all__ = ["Target"]

_USUAL: Final = {"stream": False, "system": "", "temperature": 0.0, "max_tokens": 1024}


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint that answers questions. Keys are never part of it, only where to find them."""

    url: str
    """The address of the API, such as `https://example.cn/v1`; the path of the chat call may be left out."""
    model: str
    key_env: str | None = None
    stream: bool = False
    system: str = ""
    temperature: float = 0.0
    max_tokens: int = 1024
    timeout_for: timedelta = timedelta(seconds=60)
    shape: Shape = OPENAI
    """How it is asked: OpenAI's chat, Azure's, or what a file describes."""

    def __post_init__(self) -> None:
        """Refuse what can't be asked, or would put a secret into the evidence.

        Raises:
            BadInputError: The address is none, or the shape can't carry what is set.
        """
        self.shape.check_url(self.url)
        if self.stream and not self.shape.streams:
            raise BadInputError(
                "说明文件没有写 stream_answer，读不了流式回答；请补上，或去掉 --stream。",
                "The description has no stream_answer, so a stream can't be read; add it, or leave out "
                "--stream.",
            )
        for place, usual in _USUAL.items():
            if getattr(self, place) != usual and place not in self.shape.places:
                raise BadInputError(
                    f"说明文件的 body 中没有 {{{{{place}}}}}，所设的值传不过去；请补上，或不设该项。",
                    f"The body in the description has no {{{{{place}}}}}, so what is set has no effect; "
                    "add it, or don't set it.",
                )

    @property
    def chat_url(self) -> str:
        """The address that questions are sent to."""
        return self.shape.address(self.url)

    @property
    def key_names(self) -> str:
        """The environment variables that hold the keys, to be named in a sentence; empty where none does."""
        return ", ".join((*([self.key_env] if self.key_env else []), *self.shape.key_names))

    def key(self, environ: Mapping[str, str]) -> str | None:
        """Return the key, None where the target needs none.

        Raises:
            BadInputError: The environment variable that should hold it is empty, or no key.
        """
        return None if self.key_env is None else _secret(self.key_env, environ)

    def secrets(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the secrets that the shape's own headers name.

        Raises:
            BadInputError: An environment variable that should hold one is empty, or no key.
        """
        return {name: _secret(name, environ) for name in self.shape.key_names}

    def request(
        self, question: str, history: tuple[Turn, ...] = (), max_tokens: int | None = None
    ) -> Request:
        """Return what is asked with a question, after what was said before."""
        return Request(
            question,
            history,
            self.model,
            self.system,
            self.temperature,
            max_tokens or self.max_tokens,
            self.stream,
        )

    def describe(self) -> dict[str, Any]:
        """Return what is committed to: everything that can change an answer."""
        return {
            "max_tokens": self.max_tokens,
            "model": self.model,
            "stream": self.stream,
            "system": self.system,
            "temperature": self.temperature,
            "url": self.url,
            **self.shape.describe(),
        }

    @classmethod
    def described(cls, about: Mapping[str, Any], *, key_env: str | None, timeout_for: timedelta) -> Self:
        """Return the target that a commitment describes.

        Raises:
            KeyError, TypeError, ValueError: It doesn't describe one.
            BadInputError: What it describes can't be asked.
        """
        return cls(
            url=str(about["url"]),
            model=str(about["model"]),
            key_env=key_env,
            stream=bool(about["stream"]),
            system=str(about["system"]),
            temperature=float(about["temperature"]),
            max_tokens=int(about["max_tokens"]),
            timeout_for=timeout_for,
            shape=_shape(about),
        )


def _shape(about: Mapping[str, Any]) -> Shape:
    name = about.get("shape", OPENAI.name)
    return TargetSpec.parse(about["spec"]) if name == TargetSpec.name else SHAPES[name]


def _secret(name: str, environ: Mapping[str, str]) -> str:
    secret = environ.get(name, "").strip()
    if not secret:
        raise BadInputError(
            f"环境变量 {name} 未设置；请先设置为被测端点的密钥。",
            f"The environment variable {name} is not set; put the target's key into it.",
        )
    if not secret.isprintable():
        raise BadInputError(
            f"环境变量 {name} 的值含换行等字符，不能用作密钥；请重新设置。",
            f"The environment variable {name} holds line breaks or the like, so it can be no key; "
            "set it again.",
        )
    return secret
