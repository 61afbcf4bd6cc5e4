"""Adding and removing files."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.dossier.file_types import check_file, check_name
from openbeian.dossier.kinds import ATTACHMENT_KINDS as _OWN_KINDS
from openbeian.dossier.kinds import DOCUMENT_KINDS, kind_of_name
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.editing import check_may_edit, open_for_editing
from openbeian.portal.applications.models import Application, Attachment
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.applications.screening import InfectedError, held_back, held_back_error, screen
from openbeian.portal.applications.steps import note
from openbeian.portal.applications.storage import clean_name, store

__all__ = ["ATTACHMENT_KINDS", "attach", "detach", "release_files"]

ATTACHMENT_KINDS: Final = ("evidence", "head", "keys", *DOCUMENT_KINDS, *_OWN_KINDS)
_SUBMIT: Final = APPLICATION_STEPS["submit"]


def attach(
    application: Application, *, kind: str, name: str, chunks: Iterable[bytes], by: User, at: datetime
) -> Attachment:
    """Add a file; a present file of the same name gives way to it. An empty kind is told by the name.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands.
        BadInputError: The kind is unknown, or the file empty, too large or without a usable name.
        WrongFileTypeError: No dossier carries such a file, or it is not what its name says.
        InfectedError: The malware scanner found something in it.
        CouldNotRunError: The disk refused.
    """
    kind = kind or kind_of_name(name)
    if kind not in ATTACHMENT_KINDS:
        raise BadInputError(
            f"没有「{kind}」这一类附件；可选：{'、'.join(ATTACHMENT_KINDS)}。",
            f"There is no kind of attachment “{kind}”; choose from: {', '.join(ATTACHMENT_KINDS)}.",
        )
    kept_name = clean_name(name)
    check_name(kept_name)
    # Checked before the upload is taken in, so that strangers can't fill the disk; and again under the lock.
    check_may_edit(application, by=by)
    stored = store(chunks, check=lambda path: check_file(kept_name, path))
    screen(kept_name, stored.sha256, at=at)
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


def release_files(application: Application, *, by: User, at: datetime) -> None:
    """Have present files scanned that still wait for it; what something is found in is taken out.

    Raises:
        InfectedError: Something was found in a file.
        HeldBackError: The scanner can't be asked for now.
    """
    files = list(attachments_of(application))
    waiting = held_back({one.sha256 for one in files})
    for one in files:
        if one.sha256 not in waiting:
            continue
        try:
            is_clean = screen(one.name, one.sha256, at=at)
        except InfectedError:
            detach(one, by=by, at=at)
            raise
        if not is_clean:
            raise held_back_error(one.name)


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
