"""A signatory confirms the application as it stands; any change afterwards asks for it anew."""

from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.confirming import check_may_confirm
from openbeian.core.lifecycle import APPLICATION_STEPS, ApplicationStatus, next_status
from openbeian.core.roles import Role
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.confirmations import content_of
from openbeian.portal.applications.errors import ChangedMeanwhileError
from openbeian.portal.applications.models import Application, Confirmation
from openbeian.portal.applications.steps import facts_of, lock, note

__all__ = ["confirm"]

_SUBMIT: Final = APPLICATION_STEPS["submit"]
_RESUBMIT: Final = APPLICATION_STEPS["resubmit"]


@transaction.atomic
def confirm(
    application: Application, *, post: Role, content: str = "", by: User, at: datetime
) -> Confirmation:
    """Confirm in a post what the application holds now.

    Args:
        application: The application.
        post: One of `core.confirming.SIGNATORIES`.
        content: What the signatory read, as `content_of` names it; empty where it was not shown to a person.
        by: The signatory.
        at: The moment.

    Raises:
        NotAllowedError: `by` doesn't hold the post at the provider that applies.
        NotNowError: The application is not in the provider's hands, or was changed since it was read.
    """
    locked = lock(application)
    check_may_confirm(actor_of(by), post, facts_of(locked))
    is_back = locked.state is ApplicationStatus.CORRECTION
    step = _RESUBMIT if is_back else _SUBMIT
    next_status(locked.state, step)
    now_held = content_of(locked)
    if content not in {"", now_held}:
        raise ChangedMeanwhileError(
            "您查看之后申请内容有改动；请重新查看后再确认。",
            "The application was changed after you had read it; read it again, then confirm.",
        )
    confirmation, is_new = Confirmation.objects.get_or_create(
        application=locked, post=post.value, content=now_held, defaults={"by": by, "at": at}
    )
    if is_new:
        note(locked, "confirmed_by_signatory", by=by, at=at, step=step, post=post.value, content=now_held)
    return confirmation
