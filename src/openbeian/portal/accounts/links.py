"""The links of invitations: signed, so that only this portal makes them, and sent by e-mail."""

import logging
from smtplib import SMTPException
from typing import Final

from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.urls import reverse

from openbeian.core.text import Text
from openbeian.portal.accounts.models import Invitation

__all__ = ["find_invitation", "link_of", "send_invitation"]

_SALT: Final = "openbeian.invitation"
_LOG: Final = logging.getLogger(__name__)
_SUBJECT: Final = Text("加入 {organisation} 的邀请", "You are invited to join {organisation}")
_WORDS: Final = Text(
    "{inviter} 邀请您在生成式人工智能服务备案系统中加入「{organisation}」。\n\n"
    "请在 {until} 前打开此链接接受邀请：\n{link}\n\n如不认识邀请人，请忽略此信。",
    "{inviter} invites you to join “{organisation}” in the filing system for generative-AI services.\n\n"
    "Open this link before {until} to accept:\n{link}\n\nIf you don't know them, ignore this mail.",
)


def link_of(invitation: Invitation, request: HttpRequest) -> str:
    """Return the address under which an invitation is accepted."""
    token = Signer(salt=_SALT).sign(str(invitation.pk))
    return request.build_absolute_uri(reverse("organisations:invitation", args=[token]))


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation a link names; None where this portal did not make the link."""
    try:
        pk = Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return None
    return Invitation.objects.select_related("organisation", "invited_by").filter(pk=pk).first()


def send_invitation(invitation: Invitation, request: HttpRequest) -> bool:
    """Send the link to whom it is for, in both languages; say whether the mail server took it."""
    words = {
        "inviter": invitation.invited_by.name,
        "organisation": invitation.organisation.name,
        "until": f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC",
        "link": link_of(invitation, request),
    }
    subject, body = (one.fill(**words) for one in (_SUBJECT, _WORDS))
    try:
        send_mail(f"{subject.zh} · {subject.en}", f"{body.zh}\n\n{body.en}\n", None, [invitation.email])
    except (OSError, SMTPException) as error:
        _LOG.warning("invitation %d could not be sent: %s", invitation.pk, error)
        return False
    return True
