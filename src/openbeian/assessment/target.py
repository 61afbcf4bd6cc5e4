"""The target: the endpoint under test, as it is described, committed to and asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self
from urllib.parse import urlsplit

from openbeian.core.errors import BadInputError

__all__ = ["Target"]

_CHAT: Final = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Target:
    """An OpenAI-compatible chat endpoint. The key itself is never part of it, only where to find it."""

    url: str
    """The address of the API, such as `https://example.cn/v1`; the path of the chat call may be left out."""
    model: str
    key_env: str | None = None
    stream: bool = False
    system: str = ""
    temperature: float = 0.0
    max_tokens: int = 1024
    timeout_for: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        """Refuse what can't be asked, or would put a secret into the evidence."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadInputError(
                f"被测端点「{self.url}」不是网址；请写成 http(s)://主机/v1。",
                f"The target “{self.url}” is no address; write http(s)://host/v1.",
            )
        if parts.username or parts.password or parts.query:
            raise BadInputError(
                "被测端点的网址不得含用户名、密码或参数，它会写入证据；请用 --key-env 传递密钥。",
                "The target's address may hold no user, password or query, since it goes into the evidence; "
                "hand the key over with --key-env.",
            )

    @property
    def chat_url(self) -> str:
        """The address that questions are sent to."""
        base = self.url.rstrip("/")
        return base if base.endswith(_CHAT) else base + _CHAT

    def key(self, environ: Mapping[str, str]) -> str | None:
        """Return the key, None where the target needs none.

        Raises:
            BadInputError: The environment variable that should hold it is empty.
        """
        if self.key_env is None:
            return None
        key = environ.get(self.key_env, "").strip()
        if not key:
            raise BadInputError(
                f"环境变量 {self.key_env} 未设置；请先设置为被测端点的密钥。",
                f"The environment variable {self.key_env} is not set; put the target's key into it.",
            )
        return key

    def describe(self) -> dict[str, Any]:
        """Return what is committed to: everything that can change an answer."""
        return {
            "max_tokens": self.max_tokens,
            "model": self.model,
            "stream": self.stream,
            "system": self.system,
            "temperature": self.temperature,
            "url": self.url,
        }

    @classmethod
    def described(cls, about: Mapping[str, Any], *, key_env: str | None, timeout_for: timedelta) -> Self:
        """Return the target that a commitment describes."""
        return cls(
            url=str(about["url"]),
            model=str(about["model"]),
            key_env=key_env,
            stream=bool(about["stream"]),
            system=str(about["system"]),
            temperature=float(about["temperature"]),
            max_tokens=int(about["max_tokens"]),
            timeout_for=timeout_for,
        )
