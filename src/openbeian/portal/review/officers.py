"""Who of an office can go on with something, whatever it is: asked where work is given to people."""

from collections.abc import Sequence

from django.db.models import Q

from openbeian.core.errors import BadInputError, NotAllowedError
from openbeian.core.facts import Facts
from openbeian.core.lifecycle import Step
from openbeian.core.permissions import Actor, may_have_a_part
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import Membership, User
from openbeian.portal.accounts.queries import actor_by

__all__ = ["check_in_office", "check_is_able", "people_for_steps"]


def people_for_steps(steps: Sequence[Step], facts: Facts) -> list[User]:
    """Return the people of offices who could take or countersign one of `steps`, by name."""
    steps = [step for step in steps if step.office is not OrganisationKind.PROVIDER]
    kinds = {step.office.value for step in steps}
    in_charge = Q(organisation__jurisdiction=facts.jurisdiction)
    in_charge |= ~Q(organisation__kind=OrganisationKind.PROVINCIAL.value)
    members = Membership.objects.filter(
        in_charge, organisation__kind__in=kinds, ended_at=None, user__is_active=True
    ).select_related("user", "organisation")
    able = [one.user for one in members if any(may_have_a_part(actor_by(one), step, facts) for step in steps)]
    return sorted(dict.fromkeys(able), key=lambda user: user.name)


def check_in_office(actor: Actor, steps: Sequence[Step], facts: Facts) -> None:
    """Check that somebody has a part in the office that can take one of `steps`.

    Raises:
        NotAllowedError: They have none.
    """
    if not any(may_have_a_part(actor, step, facts) for step in steps):
        raise NotAllowedError(
            "只有办理此件的机构中有相应角色的人员可以分派。",
            "Only somebody of the office that has this, with a role for it, may assign it.",
        )


def check_is_able(officer: User, able: Sequence[User]) -> None:
    """Check that an officer is one of those who can go on.

    Raises:
        BadInputError: They aren't.
    """
    if officer not in able:
        raise BadInputError(
            f"{officer.name}此刻不能办理此件；请选择本机构中有相应角色且未参与前一环节的人员。",
            f"{officer.name} can't work on this now; choose somebody of the office with a role for it who "
            "had no part before.",
        )
