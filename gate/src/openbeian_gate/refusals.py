"""The reasons to refuse a service, and how a gate says so on the wire: an RFC 9457 problem document."""

from collections.abc import Mapping
from typing import ClassVar, Final

from openbeian_gate.errors import GateError
from openbeian_gate.text import Text

__all__ = [
    "REFUSALS",
    "CancelledError",
    "ExpiredError",
    "NotATesterError",
    "NotFiledError",
    "PermitEndedError",
    "PermitFullError",
    "PermitNotBegunError",
    "PermitUncountedError",
    "RefusalError",
    "RegistryUnavailableError",
    "RevokedError",
    "SuspendedError",
    "UseNotPermittedError",
]

_MAX_SHOWN: Final = 100
"""How much of what a stranger sent is repeated to them."""


class RefusalError(GateError):
    """The service is not let through. Subclasses name the reason."""

    status: ClassVar[int] = 403
    title: ClassVar[Text]
    detail: ClassVar[Text]

    def __init__(self, subject: str = "") -> None:
        """Refuse `subject`, a service id or a filing number."""
        # Refusing must be as cheap as admitting: the sentence is made when somebody asks for it.
        Exception.__init__(self, subject)
        self.subject = subject

    @property
    def text(self) -> Text:
        """The sentence in both languages."""
        shown = self.subject[:_MAX_SHOWN]
        return Text(self.detail.zh.format(subject=shown), self.detail.en.format(subject=shown))

    def __str__(self) -> str:
        """Return the sentence in English."""
        return self.text.en

    def problem(self) -> dict[str, str | int]:
        """Return the RFC 9457 problem document: the standard members in English, `…_zh` in Chinese."""
        zh, en = self.text
        return {
            "type": f"urn:openbeian:refusal:{self.code}",
            "title": self.title.en,
            "status": self.status,
            "detail": en,
            "code": self.code,
            "title_zh": self.title.zh,
            "detail_zh": zh,
        }


class NotFiledError(RefusalError):
    """The register does not know the service."""

    code = "not_filed"
    title = Text("未备案", "Not filed")
    detail = Text(
        "登记册中没有“{subject}”，未备案的服务不得向公众提供；请核对服务标识或备案号，或先办理备案。",
        'The register does not hold "{subject}", and a service may be offered only once it is on file; '
        "check the service id or filing number, or file it first.",
    )


class SuspendedError(RefusalError):
    """The filing is suspended."""

    code = "suspended"
    title = Text("备案已暂停", "Filing suspended")
    detail = Text(
        "“{subject}”的备案已被暂停，恢复之前不得提供服务；请联系受理的网信办。",
        'The filing of "{subject}" is suspended, and it may not be offered until reinstated; '
        "contact the office that handled it.",
    )


class RevokedError(RefusalError):
    """The filing was revoked."""

    code = "revoked"
    title = Text("备案已撤销", "Filing revoked")
    detail = Text(
        "“{subject}”的备案已被撤销，不得再提供服务；如需提供，请重新备案。",
        'The filing of "{subject}" was revoked, and it may no longer be offered; to offer it, file anew.',
    )


class CancelledError(RefusalError):
    """The provider gave the filing up."""

    code = "cancelled"
    title = Text("备案已注销", "Filing cancelled")
    detail = Text(
        "“{subject}”的备案已由提供者注销；如需提供，请重新备案。",
        'The filing of "{subject}" was cancelled by its provider; to offer the service, file anew.',
    )


class ExpiredError(RefusalError):
    """The filing has run out. A snapshot has one status for this and for a cancelled one."""

    code = "expired"
    title = Text("备案已到期或注销", "Filing expired or cancelled")
    detail = Text(
        "“{subject}”的备案已到期或已注销，不再有效；如需提供，请重新备案。",
        'The filing of "{subject}" has expired or was cancelled; to offer the service, file anew.',
    )


class RegistryUnavailableError(RefusalError):
    """What the gate knows of the register is missing or too old to decide by."""

    code = "registry_unavailable"
    status = 503
    title = Text("登记册不可用", "Register unavailable")
    detail = Text(
        "暂时无法取得足够新的登记册快照，不能确认“{subject}”是否已备案；请稍后重试，并检查快照地址与本机时钟。",
        'No register snapshot is at hand that is recent enough to say whether "{subject}" is on file; '
        "try again later, and check the snapshot's address and this machine's clock.",
    )


class PermitEndedError(RefusalError):
    """The sandbox permit has run out or was ended."""

    code = "permit_ended"
    title = Text("沙盒许可已结束", "Sandbox permit ended")
    detail = Text(
        "“{subject}”的沙盒许可已到期或被提前结束；请办理备案，或向属地网信办另行申请许可。",
        'The sandbox permit of "{subject}" has run out or was ended; file the service, '
        "or ask the province's office for another.",
    )


class PermitNotBegunError(RefusalError):
    """The sandbox permit begins later."""

    code = "permit_not_begun"
    title = Text("沙盒许可尚未开始", "Sandbox permit not begun")
    detail = Text(
        "“{subject}”的沙盒许可尚未到开始时间；请在许可期内使用。",
        'The sandbox permit of "{subject}" has not begun; use the service once it has.',
    )


class UseNotPermittedError(RefusalError):
    """The request names no use, or one the permit is not for."""

    code = "use_not_permitted"
    title = Text("用途不在许可之内", "Use not permitted")
    detail = Text(
        "“{subject}”的沙盒许可不包括这一用途，或请求没有写明用途；请由平台写明许可所列的用途。",
        'The sandbox permit of "{subject}" is not for this use, or the request names none; '
        "the platform has to name a use the permit lists.",
    )


class NotATesterError(RefusalError):
    """The user is not among the testers, or is not named at all."""

    code = "not_a_tester"
    title = Text("不是许可的测试人员", "Not a tester")
    detail = Text(
        "“{subject}”未备案，沙盒许可只准许列明的测试人员使用，而此用户不在其中或未被告知；请由平台写明用户。",
        '"{subject}" is not on file; its sandbox permit is for named testers, and this user is none '
        "or was not named; the platform has to name the user.",
    )


class PermitFullError(RefusalError):
    """As many trial users as this gate may let in have been."""

    code = "permit_full"
    title = Text("试用名额已满", "No trial place left")
    detail = Text(
        "“{subject}”的沙盒许可在本闸口的试用名额已满；请待备案，或由提供者申请更多名额。",
        'This gate has no trial place left under the sandbox permit of "{subject}"; '
        "wait for the filing, or let the provider ask for more.",
    )


class PermitUncountedError(RefusalError):
    """Trial users can't be counted now, so none is let in."""

    code = "permit_uncounted"
    status = 503
    title = Text("试用人数暂时无法计数", "Trial users can't be counted")
    detail = Text(
        "“{subject}”的试用人数暂时无法计数；请稍后重试，并检查闸口数据目录。",
        'Trial users of "{subject}" cannot be counted now; try again later, and check the gate\'s folder.',
    )


REFUSALS: Final[Mapping[str, type[RefusalError]]] = {
    refusal.code: refusal
    for refusal in (
        NotFiledError,
        SuspendedError,
        RevokedError,
        CancelledError,
        ExpiredError,
        RegistryUnavailableError,
        PermitEndedError,
        PermitNotBegunError,
        UseNotPermittedError,
        NotATesterError,
        PermitFullError,
        PermitUncountedError,
    )
}
"""Every reason to refuse, by its stable code."""
