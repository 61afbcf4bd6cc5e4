"""Sending one notice one way, and what came of it. Nothing of an answer is kept but its status."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

import aiohttp
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from openbeian.core.text import Text
from openbeian.portal.notices.models import Delivery
from openbeian.portal.notices.recipients import is_of_office
from openbeian.portal.notices.signatures import headers_for
from openbeian.portal.notices.telling import Story, story_of
from openbeian.portal.outbound import AddressRefusedError, check_address, guarded_connector

__all__ = ["GONE", "Outcome", "body_of", "send"]

GONE: Final = 410
"""The answer of an address that wants no more notices."""
_TIMEOUT: Final = aiohttp.ClientTimeout(total=15, sock_connect=5)
_LONGEST_SUBJECT: Final = 120
_LONGEST_DETAIL: Final = 200


class Outcome(NamedTuple):
    """What came of a try."""

    succeeded: bool
    status: int | None
    detail: str
    took_ms: int


def send(deliveries: Sequence[Delivery], *, at: datetime) -> list[Outcome]:
    """Send every one of these, webhooks side by side; return their outcomes in the same order."""
    posted = [one for one in deliveries if one.endpoint_id is not None]
    mailed = [one for one in deliveries if one.endpoint_id is None]
    outcomes = dict(zip(posted, asyncio.run(_post_all(_calls(posted, at=at))), strict=True)) if posted else {}
    if mailed:
        outcomes.update(zip(mailed, _mail_all(mailed), strict=True))
    return [outcomes[one] for one in deliveries]


def body_of(story: Story) -> bytes:
    """Return the body of a webhook: what happened, when, and the facts."""
    told = {"type": story.event.kind, "timestamp": story.event.at.isoformat(), "data": dict(story.facts)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class _Call(NamedTuple):
    address: str
    headers: dict[str, str]
    body: bytes


def _calls(deliveries: Sequence[Delivery], *, at: datetime) -> list[_Call]:
    """Read everything that is to be posted, before the calls that run side by side."""
    calls = []
    for one in deliveries:
        assert one.endpoint is not None
        body = body_of(story_of(one.notice.event))
        headers = headers_for(one.endpoint, one.notice.message_id, body, at=at)
        calls.append(_Call(one.endpoint.address, {"content-type": "application/json", **headers}, body))
    return calls


async def _post_all(calls: Sequence[_Call]) -> list[Outcome]:
    async with aiohttp.ClientSession(
        connector=guarded_connector(), timeout=_TIMEOUT, headers={"user-agent": "OpenBeian-Webhook/1"}
    ) as session:
        return await asyncio.gather(*(_post(session, call) for call in calls))


async def _post(session: aiohttp.ClientSession, call: _Call) -> Outcome:
    began = time.perf_counter()
    try:
        check_address(call.address)
        async with session.post(
            call.address, data=call.body, headers=call.headers, allow_redirects=False
        ) as answer:
            succeeded = 200 <= answer.status < 300  # noqa: PLR2004  the class of answers that say yes
            return Outcome(succeeded, answer.status, f"HTTP {answer.status}", _since(began))
    except TimeoutError:
        return Outcome(succeeded=False, status=None, detail="no answer in time", took_ms=_since(began))
    except (aiohttp.ClientError, AddressRefusedError, OSError, ValueError) as error:
        return Outcome(succeeded=False, status=None, detail=_printable(str(error)), took_ms=_since(began))


def _mail_all(deliveries: Sequence[Delivery]) -> list[Outcome]:
    connection = get_connection()
    with suppress(OSError):  # each letter tries for itself, and says what went wrong
        connection.open()
    try:
        return [_mail(one, connection) for one in deliveries]
    finally:
        connection.close()


def _mail(delivery: Delivery, connection: BaseEmailBackend) -> Outcome:
    began = time.perf_counter()
    user = delivery.user
    assert user is not None
    story = story_of(delivery.notice.event)
    preference = getattr(user, "notice_preference", None)
    language = "zh" if preference is None else preference.language
    subject, text = _letter(story, language, office=is_of_office(user))
    headers = {"Auto-Submitted": "auto-generated", "X-OpenBeian-Notice": delivery.notice.message_id}
    letter = EmailMessage(subject, text, to=[user.email], headers=headers, connection=connection)
    try:
        letter.send()
    except (OSError, ValueError) as error:  # SMTP's own errors are OSErrors
        return Outcome(succeeded=False, status=None, detail=_printable(str(error)), took_ms=_since(began))
    return Outcome(succeeded=True, status=None, detail="", took_ms=_since(began))


def _letter(story: Story, language: str, *, office: bool) -> tuple[str, str]:
    """Return subject and plain text in one language."""
    page = f"{settings.BEIAN_ORIGIN}{story.office_path if office else story.path}"
    more = f"{settings.BEIAN_ORIGIN}{reverse('notices:preferences')}"
    lines = [
        story.title,
        *story.sentences,
        Text("", ""),
        Text(f"查看：{page}", f"See: {page}"),
        Text("", ""),
        Text(
            f"这封信由 OpenBeian 自动发出，请勿回复。修改语言或停收：{more}",
            f"OpenBeian sent this letter by itself; don’t answer it. Language, or no more letters: {more}",
        ),
    ]
    subject = _printable(Text(f"[备案] {story.title.zh}", f"[Filing] {story.title.en}").in_(language))
    return subject[:_LONGEST_SUBJECT], "\n".join(line.in_(language) for line in lines)


def _printable(text: str) -> str:
    """Return one line: a subject with a line break in it would begin another header."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_LONGEST_DETAIL]


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
