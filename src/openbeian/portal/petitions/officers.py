"""Who of an office has a petition, and who could have it."""

from openbeian.core.lifecycle import PetitionStatus, Step, steps_from
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.petitions.models import Petition, PetitionAssignment
from openbeian.portal.petitions.steps import facts_of
from openbeian.portal.review.officers import people_for_steps
from openbeian.portal.review.steps import LEVELS

__all__ = ["assignment_of", "level_at", "officers_for", "steps_of_office"]


def level_at(status: PetitionStatus) -> str:
    """Return the level of the office that has a petition in this status; empty where none has it."""
    owner = PETITION_OWNERS[status]
    return "" if owner is None else LEVELS.get(owner, "")


def steps_of_office(petition: Petition) -> list[Step]:
    """Return the steps of the office that has a petition; none while it is with the provider, or over."""
    owner = PETITION_OWNERS[petition.state]
    if owner in {None, OrganisationKind.PROVIDER}:
        return []
    return [step for step in steps_from(petition.state) if step.office is owner]


def officers_for(petition: Petition) -> list[User]:
    """Return the people of the office that has a petition who could take a step on it, by name."""
    return people_for_steps(steps_of_office(petition), facts_of(petition))


def assignment_of(petition: Petition) -> PetitionAssignment | None:
    """Return who has it at the office that is to act; None where nobody has taken it."""
    given = petition.assignments.filter(level=level_at(petition.state))
    return given.select_related("officer").first()
