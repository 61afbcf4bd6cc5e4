"""Sending a message, and having read what the other side sent."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.message_rights import Side, check_may_write_message, reading_side
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.storage import Stored, clean_name, store
from openbeian.portal.audit.actions import record
from openbeian.portal.correspondence.models import Message, MessageFile

__all__ = ["LONGEST_MESSAGE", "MOST_FILES", "Upload", "mark_read", "send_message"]

LONGEST_MESSAGE: Final = 8000
MOST_FILES: Final = 10


class Upload(NamedTuple):
    """A file as it comes in."""

    name: str
    chunks: Iterable[bytes]


def send_message(
    application: Application, *, text: str, files: Sequence[Upload] = (), by: User, at: datetime
) -> Message:
    """Write to the other side about an application.

    Raises:
        NotAllowedError: `by` has no part in this conversation.
        NotNowError: The application was never handed in.
        BadInputError: It is empty or too long, or a file is empty, too large or without a usable name.
        CouldNotRunError: The disk refused a file.
    """
    # Checked before files are taken in, so that strangers can't fill the disk; and again under the lock.
    check_may_write_message(actor_of(by), application.rule_facts())
    words = _check_text(text, files)
    names = [clean_name(one.name) for one in files]
    stored = [store(one.chunks) for one in files]
    return _send(application, words, list(zip(names, stored, strict=True)), by=by, at=at)


@transaction.atomic
def _send(
    application: Application, text: str, files: Sequence[tuple[str, Stored]], *, by: User, at: datetime
) -> Message:
    locked = Application.objects.select_for_update().get(pk=application.pk)
    membership = check_may_write_message(actor_of(by), locked.rule_facts())
    is_provider = membership.kind is OrganisationKind.PROVIDER
    message = Message.objects.create(
        application=locked,
        side=(Side.PROVIDER if is_provider else Side.OFFICE).value,
        organisation_id=int(membership.organisation_id),
        text=text,
        sent_by=by,
        sent_at=at,
    )
    for name, one in files:
        MessageFile.objects.create(message=message, name=name, sha256=one.sha256, size=one.size)
    record(
        "message.sent",
        locked,
        by=by,
        at=at,
        organisation_id=membership.organisation_id,
        message=message.pk,
        side=message.side,
        files=[{"name": name, "sha256": one.sha256} for name, one in files],
    )
    return message


@transaction.atomic
def mark_read(application: Application, *, by: User, at: datetime) -> int:
    """Note that `by` has opened what the other side wrote; return how many messages were new to their side.

    Who only reads along, such as an auditor, leaves no mark.
    """
    side = reading_side(actor_of(by), application.rule_facts())
    if side is None:
        return 0
    unread = application.messages.filter(read_at=None).exclude(side=side.value)
    seen = unread.update(read_by=by, read_at=at)
    if seen:
        record("message.read", application, by=by, at=at, side=side.value, messages=seen)
    return seen


def _check_text(text: str, files: Sequence[Upload]) -> str:
    words = text.strip()
    if not words or "\0" in words:
        raise BadInputError("消息是空的；请写明要说的事。", "The message is empty; write what it is about.")
    if len(words) > LONGEST_MESSAGE:
        raise BadInputError(
            f"消息有 {len(words)} 字，上限 {LONGEST_MESSAGE} 字；请缩短。",
            f"The message has {len(words)} characters, of at most {LONGEST_MESSAGE}; shorten it.",
        )
    if len(files) > MOST_FILES:
        raise BadInputError(
            f"一条消息至多带 {MOST_FILES} 个文件；请分几条发送。",
            f"A message carries at most {MOST_FILES} files; send several messages.",
        )
    return words
