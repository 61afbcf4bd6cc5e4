"""How a permit is shown: its state with a mark, its uses in words, what somebody may do to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.timezone import localdate

from openbeian.core.errors import DomainError
from openbeian.core.permit_rights import (
    check_may_ask_permit,
    check_may_countersign_permit,
    check_may_decide_permit,
    check_may_restrict_permit,
)
from openbeian.core.permits import (
    STATE_LABELS,
    USE_LABELS,
    PermitState,
    PermitUse,
    check_countersign_permit_now,
    check_decide_permit_now,
    check_restrict_now,
    check_withdraw_permit_now,
    quota,
)
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sandbox.queries import facts_of_permit, state_of
from openbeian.portal.web.marks import Mark

__all__ = ["Standing", "can_do", "standing_of"]

_MARKS: Final[Mapping[PermitState, Mark]] = {
    PermitState.ASKED: Mark("go", "clock"),
    PermitState.UPCOMING: Mark("go", "clock"),
    PermitState.ACTIVE: Mark("ok", "check"),
    PermitState.EXPIRED: Mark("off", "clock"),
    PermitState.REFUSED: Mark("stop", "cross"),
    PermitState.WITHDRAWN: Mark("off", "minus"),
    PermitState.ENDED: Mark("stop", "cross"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A permit as pages show it."""

    permit: Permit
    state: PermitState
    label: Text
    mark: Mark
    uses: tuple[Text, ...]
    quota: int
    """How many trial users one gate lets in."""

    @property
    def is_waiting(self) -> bool:
        """Whether the office has still to decide."""
        return self.state is PermitState.ASKED


def standing_of(permit: Permit, *, at: datetime) -> Standing:
    """Return how a permit is shown at a moment."""
    state = state_of(permit, at=at)
    return Standing(
        permit=permit,
        state=state,
        label=STATE_LABELS[state],
        mark=_MARKS[state],
        uses=tuple(USE_LABELS[PermitUse(use)] for use in permit.uses),
        quota=quota(permit.trial_users, permit.gates),
    )


def can_do(user: User, permit: Permit, *, at: datetime) -> frozenset[str]:
    """Return what a person may do to a permit now: `decide`, `countersign`, `restrict`, `withdraw`."""
    return frozenset(step for step in _CHECKS if _may(step, user, permit, at))


def _may(step: str, user: User, permit: Permit, at: datetime) -> bool:
    try:
        _CHECKS[step](user, permit, at)
    except DomainError:
        return False
    return True


def _check_decide(user: User, permit: Permit, _: datetime) -> None:
    facts = facts_of_permit(permit)
    check_may_decide_permit(actor_of(user), facts)
    check_decide_permit_now(facts)


def _check_countersign(user: User, permit: Permit, _: datetime) -> None:
    facts = facts_of_permit(permit)
    check_may_countersign_permit(actor_of(user), facts)
    check_countersign_permit_now(facts)


def _check_restrict(user: User, permit: Permit, at: datetime) -> None:
    check_may_restrict_permit(actor_of(user), permit.jurisdiction)
    check_restrict_now(permit.rule_facts(), on=localdate(at))


def _check_withdraw(user: User, permit: Permit, _: datetime) -> None:
    check_may_ask_permit(actor_of(user), str(permit.provider_id))
    check_withdraw_permit_now(permit.rule_facts())


_CHECKS: Final = {
    "decide": _check_decide,
    "countersign": _check_countersign,
    "restrict": _check_restrict,
    "withdraw": _check_withdraw,
}
