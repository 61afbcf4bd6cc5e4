"""The shapes of chat that many services share: OpenAI's and Azure's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import orjson

from openbeian.assessment.answers import Answer, StreamedAnswer, parse_answer
from openbeian.assessment.wire import Request
from openbeian.core.errors import BadInputError

__all__ = ["AZURE", "OPENAI", "SHAPES", "AzureShape", "ChatShape", "check_address"]

_CHAT: Final = "/chat/completions"
_VERSION: Final = "api-version"
_ALL_PLACES: Final = frozenset(
    {"question", "history", "model", "system", "temperature", "max_tokens", "stream"}
)


def check_address(url: str) -> None:
    """Check that `url` is the address of something on the web and holds no user or password.

    Raises:
        BadInputError: It is not, or does.
    """
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    else:
        if parts.username or parts.password:
            raise _secret_in_address()
    if not is_address:
        raise BadInputError(
            f"被测端点「{url}」不是网址；请写成 http(s)://主机/v1。",
            f"The target “{url}” is no address; write http(s)://host/v1.",
        )


def _secret_in_address() -> BadInputError:
    return BadInputError(
        "被测端点的网址不得含用户名、密码或参数，它会写入证据；请用 --key-env 传递密钥（Azure 的 "
        "api-version 须配合 --target-shape azure）。",
        "The target's address may hold no user, password or query, since it goes into the evidence; "
        "hand the key over with --key-env (Azure's api-version goes with --target-shape azure).",
    )


@dataclass(frozen=True, slots=True)
class ChatShape:
    """Chat completions as OpenAI's API has them; nearly every server speaks them."""

    name: str = "openai"
    method: str = "POST"
    places: frozenset[str] = _ALL_PLACES
    streams: bool = True
    key_names: tuple[str, ...] = ()

    def check_url(self, url: str) -> None:
        """Check the address, which may have no query: keys are put there."""
        check_address(url)
        if urlsplit(url).query:
            raise _secret_in_address()

    def address(self, url: str) -> str:
        """Return the address of the chat call; its path may have been left out."""
        base = url.rstrip("/")
        return base if base.endswith(_CHAT) else base + _CHAT

    def headers(self, key: str | None, secrets: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002
        """Return the header with the key, if there is one."""
        return {"Authorization": f"Bearer {key}"} if key else {}

    def body(self, request: Request) -> bytes:
        """Return a chat request."""
        asked: dict[str, Any] = {
            "model": request.model,
            "messages": request.messages,
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
        }
        if request.stream:
            asked["stream"] = True
        return orjson.dumps(asked)

    def read(self, body: bytes, url: str) -> Answer:
        """Return the answer in a chat completion."""
        return parse_answer(body, url)

    def stream(self, url: str) -> StreamedAnswer:
        """Return what puts the chunks of a chat completion together."""
        return StreamedAnswer(url)

    def describe(self) -> dict[str, Any]:
        """Return nothing: evidence that names no shape is of this one."""
        return {}


class AzureShape(ChatShape):
    """The same chat behind Azure's address: a deployment's path, `?api-version=`, the header `api-key`."""

    __slots__ = ()

    def check_url(self, url: str) -> None:
        """Check the address, whose query must be the version of the API and nothing else."""
        check_address(url)
        if [name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=False)] != [_VERSION]:
            raise BadInputError(
                "Azure 格式的网址应恰有一个参数 api-version，如 "
                "https://主机/openai/deployments/部署名?api-version=2024-10-21；请改正。",
                "An address in Azure's shape has the one parameter api-version, as "
                "https://host/openai/deployments/name?api-version=2024-10-21; correct it.",
            )

    def address(self, url: str) -> str:
        """Return the address of the chat call of the deployment."""
        parts = urlsplit(url)
        return urlunsplit(parts._replace(path=super().address(parts.path)))

    def headers(self, key: str | None, secrets: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002
        """Return the header with the key, if there is one."""
        return {"api-key": key} if key else {}

    def describe(self) -> dict[str, Any]:
        """Return the name of the shape."""
        return {"shape": self.name}


OPENAI: Final = ChatShape()
AZURE: Final = AzureShape(name="azure")
SHAPES: Final = {shape.name: shape for shape in (OPENAI, AZURE)}
