"""Examining: the province looks whether a petition is whole, and puts it before those who decide."""

from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.lifecycle import PETITION_STEPS
from openbeian.core.reasons import check_reason
from openbeian.portal.accounts.models import User
from openbeian.portal.petitions.models import Petition
from openbeian.portal.petitions.steps import begin, move
from openbeian.standards import load_reasons

__all__ = ["give_back", "put_up"]

_GIVE_BACK: Final = PETITION_STEPS["give_back"]
_TO: Final = {"provincial": PETITION_STEPS["put_to_province"], "national": PETITION_STEPS["put_to_nation"]}


@transaction.atomic
def give_back(petition: Petition, *, reason: str, reason_code: str = "", by: User, at: datetime) -> Petition:
    """Return a petition to be completed.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: It is not being examined.
        BadInputError: The reason is missing, or its code is none for returning.
    """
    locked = begin(petition, _GIVE_BACK, by=by, reason=reason)
    locked.return_code = check_reason(load_reasons(), _GIVE_BACK.name, reason_code)
    locked.return_reason = reason.strip()
    locked.examined_by = by
    move(locked, _GIVE_BACK, by=by, at=at, reason_code=locked.return_code)
    return locked


@transaction.atomic
def put_up(petition: Petition, *, examination: str = "", by: User, at: datetime) -> Petition:
    """Put an examined petition before whoever decides it first: the province or the nation.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: It is not being examined.
    """
    step = _TO[petition.levels[0]]
    locked = begin(petition, step, by=by)
    locked.examined_by, locked.examination = by, examination.strip()
    move(locked, step, by=by, at=at)
    return locked
