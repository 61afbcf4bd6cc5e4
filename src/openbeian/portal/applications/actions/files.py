"""Adding and removing files."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.editing import check_may_edit, open_for_editing
from openbeian.portal.applications.models import Application, Attachment
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.applications.steps import note
from openbeian.portal.applications.storage import clean_name, store

__all__ = ["ATTACHMENT_KINDS", "attach", "detach"]

ATTACHMENT_KINDS: Final = ("evidence", "head", "keys", "document")
_SUBMIT: Final = APPLICATION_STEPS["submit"]


def attach(
    application: Application, *, kind: str, name: str, chunks: Iterable[bytes], by: User, at: datetime
) -> Attachment:
    """Add a file; a present file of the same name gives way to it.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands.
        BadInputError: The kind is unknown, or the file empty, too large or without a usable name.
        CouldNotRunError: The disk refused.
    """
    if kind not in ATTACHMENT_KINDS:
        raise BadInputError(
            f"没有「{kind}」这一类附件；可选：{'、'.join(ATTACHMENT_KINDS)}。",
            f"There is no kind of attachment “{kind}”; choose from: {', '.join(ATTACHMENT_KINDS)}.",
        )
    kept_name = clean_name(name)
    # Checked before the upload is taken in, so that strangers can't fill the disk; and again under the lock.
    check_may_edit(application, by=by)
    stored = store(chunks)
    with transaction.atomic():
        locked = open_for_editing(application, by=by)
        attachments_of(locked).filter(name=kept_name).update(removed_at=at)
        attachment = Attachment.objects.create(
            application=locked,
            version_number=locked.version + 1,
            kind=kind,
            name=kept_name,
            sha256=stored.sha256,
            size=stored.size,
            added_by=by,
            added_at=at,
        )
        note(locked, "file_attached", by=by, at=at, step=_SUBMIT, file=kept_name, sha256=stored.sha256)
    return attachment


@transaction.atomic
def detach(attachment: Attachment, *, by: User, at: datetime) -> None:
    """Take a file out of the next version; versions handed in keep it.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands.
    """
    application = open_for_editing(attachment.application, by=by)
    if attachments_of(application).filter(pk=attachment.pk).update(removed_at=at):
        note(application, "file_detached", by=by, at=at, step=_SUBMIT, file=attachment.name)
