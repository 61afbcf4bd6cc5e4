"""What can go wrong between us and a judge behind an address."""

from http import HTTPStatus

from openbeian.assessment.target_errors import TargetError
from openbeian.core.text import Text

__all__ = ["JudgeUnauthorisedError", "JudgeUnreachableError", "JudgeUnreadableError"]


class JudgeUnreachableError(TargetError):
    """No connection could be made."""

    code = "judge_unreachable"

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"无法连接判定器 {url}（{reason}）；请核对 --judge 中的地址，并确认该服务已启动。",
            f"The judge {url} can't be reached ({reason}); check the address in --judge "
            "and that it is running.",
        )


class JudgeUnauthorisedError(TargetError):
    """The judge refuses the key, or wants one."""

    code = "judge_unauthorised"
    retriable = False

    def __init__(self, url: str, status: int) -> None:
        self.stops_run = status == HTTPStatus.UNAUTHORIZED
        super().__init__(
            f"判定器 {url} 拒绝访问（HTTP {status}）；"
            "请在 --judge 中用 key_env=变量名 指定存放密钥的环境变量。",
            f"The judge {url} refused the request (HTTP {status}); name the environment variable that holds "
            "its key in --judge, as key_env=NAME.",
        )


class JudgeUnreadableError(TargetError):
    """The judge said something that is no verdict in its format; nothing is guessed from it."""

    code = "judge_unreadable"
    retriable = False
    _LONGEST = 120

    def __init__(self, who: str, said: str, reason: Text) -> None:
        self.reason = reason
        shown = " ".join(said.split())[: self._LONGEST]
        super().__init__(
            f"{who} 的输出「{shown}」不是判定（{reason.zh}）；请核对 --judge 中的模型与 format。",
            f"“{shown}” from {who} is no verdict ({reason.en}); check the model and the format in --judge.",
        )
