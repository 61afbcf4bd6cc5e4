"""When and by whom the content of a petition may be changed."""

from openbeian.core.lifecycle import PETITION_STEPS, PetitionStatus, next_status
from openbeian.core.permissions import check_may_take
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.petitions.models import Petition
from openbeian.portal.petitions.steps import facts_of, lock

__all__ = ["check_may_edit", "open_petition"]


def check_may_edit(petition: Petition, *, by: User) -> None:
    """Check that `by` may change the content, and that it is in the provider's hands.

    Raises:
        NotAllowedError: They are no preparer of the provider.
        NotNowError: The petition is with an office or over.
    """
    step = PETITION_STEPS["hand_in_again" if petition.state is PetitionStatus.RETURNED else "hand_in"]
    check_may_take(actor_of(by), step, facts_of(petition))
    next_status(petition.state, step)


def open_petition(petition: Petition, *, by: User) -> Petition:
    """Lock the petition for a change of its content.

    Raises:
        NotAllowedError: See `check_may_edit`.
        NotNowError: See `check_may_edit`.
    """
    locked = lock(petition)
    check_may_edit(locked, by=by)
    return locked
