"""What can go wrong between us and a target: one class for each reason, and whether to ask again."""

from datetime import timedelta
from http import HTTPStatus
from typing import ClassVar, Final

from openbeian.core.errors import CouldNotRunError
from openbeian.core.text import Text

__all__ = [
    "TargetBrokenAnswerError",
    "TargetEmptyAnswerError",
    "TargetError",
    "TargetMalformedError",
    "TargetNotJSONError",
    "TargetRateLimitedError",
    "TargetRefusedRequestError",
    "TargetServerError",
    "TargetTimeoutError",
    "TargetUnauthorisedError",
    "TargetUnreachableError",
]

_COMPATIBLE: Final = Text(
    "请核对接口是否兼容 OpenAI 对话格式，否则用 --target-spec 说明其格式",
    "check that the API is compatible with OpenAI's, or describe it with --target-spec",
)


class TargetError(CouldNotRunError):
    """The target gave no answer. An error is not a verdict: it is counted apart."""

    code = "target_error"
    http_status = 502
    retriable: ClassVar[bool] = True
    """Whether asking again may help."""
    stops_run: bool = False
    """Whether no other question can fare better, so that going on is pointless."""
    pushes_back: ClassVar[bool] = False
    """Whether the target says or shows that it is asked too much at once."""


class TargetUnreachableError(TargetError):
    """No connection could be made."""

    code = "target_unreachable"

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"无法连接被测端点 {url}（{reason}）；请核对地址、端口和网络。",
            f"The target {url} can't be reached ({reason}); check the address, the port and the network.",
        )


class TargetUnauthorisedError(TargetError):
    """The target refuses the key, or wants one."""

    code = "target_unauthorised"
    retriable = False

    def __init__(self, url: str, status: int, key_names: str) -> None:
        # With 403 a gateway may mean this one question; with 401 it means whoever asks.
        self.stops_run = status == HTTPStatus.UNAUTHORIZED
        key_zh = f"环境变量 {key_names} 中的密钥" if key_names else "没有提供密钥"
        key_en = (
            f"the key in the environment variable {key_names}" if key_names else "a request without a key"
        )
        super().__init__(
            f"被测端点 {url} 拒绝访问（HTTP {status}，{key_zh}）；请用 --key-env 或说明文件指定有效的密钥。",
            f"The target {url} refused {key_en} (HTTP {status}); name a valid one with --key-env "
            "or in the target's description.",
        )


class TargetNotJSONError(TargetError):
    """A web page came back: the address is not that of the API."""

    code = "target_not_json"
    retriable = False

    def __init__(self, url: str, content_type: str) -> None:
        super().__init__(
            f"{url} 返回的是「{content_type}」而不是 JSON；请核对这是接口地址，通常以 /v1 结尾。",
            f"{url} answered with “{content_type}” instead of JSON; check that this is the address of the "
            "API, which usually ends in /v1.",
        )


class TargetMalformedError(TargetError):
    """JSON was promised and is broken, or has not the shape of a chat answer."""

    code = "target_malformed"

    def __init__(self, url: str, reason: str, remedy: Text = _COMPATIBLE) -> None:
        super().__init__(
            f"{url} 的回答不符合对话接口格式（{reason}）；{remedy.zh}。",
            f"The answer of {url} is no chat completion ({reason}); {remedy.en}.",
        )


class TargetEmptyAnswerError(TargetError):
    """An answer without a word, and without saying that it was withheld."""

    code = "target_empty_answer"

    def __init__(self, url: str, finish: str) -> None:
        super().__init__(
            f"{url} 的回答为空（finish_reason：{finish or '无'}）；请核对 max_tokens 是否过小。",
            f"The answer of {url} is empty (finish_reason: {finish or 'none'}); check that max_tokens is "
            "not too small.",
        )


class TargetBrokenAnswerError(TargetError):
    """The connection ended before the answer did."""

    code = "target_broken_answer"

    def __init__(self, url: str) -> None:
        super().__init__(
            f"{url} 的回答中途断开；请检查端点与中间代理的稳定性。",
            f"The answer of {url} broke off midway; check the target and the proxies before it.",
        )


class TargetTimeoutError(TargetError):
    """No whole answer came in time."""

    code = "target_timeout"
    pushes_back = True

    def __init__(self, url: str, within: timedelta) -> None:
        seconds = f"{within.total_seconds():g}"
        super().__init__(
            f"{url} 在 {seconds} 秒内没有答完；请放宽 --timeout 或降低 --concurrency。",
            f"{url} did not answer within {seconds} s; allow a longer --timeout or a lower --concurrency.",
        )


class TargetRateLimitedError(TargetError):
    """HTTP 429; `retry_after` is what the target asks for, if it says."""

    code = "target_rate_limited"
    pushes_back = True

    def __init__(self, url: str, retry_after: timedelta | None) -> None:
        self.retry_after = retry_after
        super().__init__(
            f"{url} 限流（HTTP 429）；请降低 --concurrency 或申请更高配额。",
            f"{url} limits the rate (HTTP 429); lower --concurrency or ask for a higher quota.",
        )


class TargetServerError(TargetError):
    """HTTP 5xx."""

    code = "target_server_error"
    pushes_back = True

    def __init__(self, url: str, status: int) -> None:
        super().__init__(
            f"{url} 内部出错（HTTP {status}）；请查看该服务的日志。",
            f"{url} failed (HTTP {status}); look into the logs of that service.",
        )


class TargetRefusedRequestError(TargetError):
    """HTTP 4xx: asking the same again gives the same."""

    code = "target_refused_request"
    retriable = False

    def __init__(self, url: str, status: int, reason: str) -> None:
        super().__init__(
            f"{url} 不接受请求（HTTP {status}：{reason}）；请核对模型名称与参数。",
            f"{url} does not accept the request (HTTP {status}: {reason}); check the model's name and the "
            "parameters.",
        )
