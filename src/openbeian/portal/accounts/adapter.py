"""How people come in: by e-mail and password, entered by their organisation, never by themselves."""

import logging
from datetime import datetime
from smtplib import SMTPException
from typing import Any, Final

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.timezone import localtime

from openbeian import clock
from openbeian.core.account_rights import needs_second_factor
from openbeian.core.text import Text
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.accounts.failures import lock_of
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.network import address_of, network_of
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.web.words import later, now

__all__ = ["ClosedAccountAdapter", "SecondFactorAdapter", "display_name"]

_TOO_MANY: Final = later(
    "失败次数过多；请五分钟后再试。", "Too many attempts have failed; try again in five minutes."
)
_LOG: Final = logging.getLogger(__name__)
_SUBJECT: Final = Text("[备案] ", "[Filing] ")


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Closes the sign-up, and locks accounts for a while after failed sign-ins."""

    error_messages = {  # noqa: RUF012  declared by the parent
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": later("邮箱或密码不对。", "E-mail address or password is wrong."),
        "incorrect_password": later("密码不对。", "The password is wrong."),
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature
        """Say no: an organisation enters its own people."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Begin as every letter of the portal does."""
        return f"{now(_SUBJECT)}{subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter; what it tells of is done, whether or not the mail server takes it."""
        words = {"email": email, "origin": settings.BEIAN_ORIGIN, **context}
        try:
            self.render_mail(template_prefix, email, words).send()
        except (OSError, SMTPException) as error:
            _LOG.warning("%s could not be sent: %s", template_prefix, error)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address as the rest of the portal sees it."""
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401  allauth's signature
        """Refuse to look at a password while the account is locked for where the request comes from.

        allauth's own count is of one worker process, and would let anybody lock others out; it stays for the
        codes of the second step, which are asked for only after the right password.
        """
        email = str(credentials.get("email", ""))
        until = lock_of(email, network=network_of(request), at=clock.now())
        if until is not None:
            raise ValidationError(now(_locked(until, at=clock.now())), code="locked")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401  the same
        """Count the failure."""
        email = str(credentials.get("email", ""))
        actions.note_failure(email, network=network_of(request), by=SYSTEM, at=clock.now())

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Check the password of somebody who has signed in, under the same lock."""
        assert isinstance(user, User)
        found = self.authenticate(self.request, email=user.email, password=password)
        return bool(found == user)


def _locked(until: datetime, *, at: datetime) -> Text:
    minutes = -(-int((until - at).total_seconds()) // 60)
    clock_time = f"{localtime(until):%H:%M}"
    return Text(
        f"登录失败次数过多，此账户已暂时锁定；请在 {minutes} 分钟后（{clock_time}）再试，或重设密码。",
        f"Too many sign-ins failed and the account is locked; try again in {minutes} minutes ({clock_time}), "
        "or reset the password.",
    )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Draws the QR code, and keeps the second factor of those who have to have one."""

    error_messages = {  # noqa: RUF012  declared by the parent
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": later(
            "代码不对或已过期；请输入验证器应用此刻显示的代码。",
            "That code is wrong or has run out; enter the one the app shows now.",
        ),
        "cannot_delete_authenticator": later(
            "您的角色必须使用两步验证；请先添加另一种，再移除这一种。",
            "Your roles demand a second factor; add another one before you remove this.",
        ),
    }

    def build_totp_svg(self, url: str) -> str:
        """Return the code as SVG without styles, which the content security policy would refuse."""
        return str(
            segno.make(url, error="m", micro=False).svg_inline(
                border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
            )
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Say no where it is the last one of somebody who has to have one."""
        if not needs_second_factor(actor_of(authenticator.user)):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def display_name(user: User) -> str:
    """Return how a person is greeted."""
    return user.name
