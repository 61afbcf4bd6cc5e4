"""When and by whom the content of an application may be changed."""

from openbeian.core.lifecycle import APPLICATION_STEPS, ApplicationStatus, next_status
from openbeian.core.permissions import check_may_take
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import facts_of, lock

__all__ = ["check_may_edit", "open_for_editing"]


def check_may_edit(application: Application, *, by: User) -> None:
    """Check that `by` may change the content, and that it is in the provider's hands.

    Raises:
        NotAllowedError: They are no preparer of the provider.
        NotNowError: The application is with an office or final.
    """
    in_correction = application.state is ApplicationStatus.CORRECTION
    step = APPLICATION_STEPS["resubmit" if in_correction else "submit"]
    check_may_take(actor_of(by), step, facts_of(application))
    next_status(application.state, step)


def open_for_editing(application: Application, *, by: User) -> Application:
    """Lock the application for a change of its content.

    Raises:
        NotAllowedError: See `check_may_edit`.
        NotNowError: See `check_may_edit`.
    """
    locked = lock(application)
    check_may_edit(locked, by=by)
    return locked
