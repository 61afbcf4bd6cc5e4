"""Every role at every step in every state: who may, and whether now, over the whole tables."""

from dataclasses import replace
from itertools import product

import pytest

from openbeian.core.errors import DomainError, NotAllowedError, NotNowError
from openbeian.core.facts import ApplicationFacts, FilingFacts, PetitionFacts
from openbeian.core.lifecycle import (
    APPLICATION_STEPS,
    FILING_STEPS,
    PETITION_STEPS,
    REGISTRATION_STEPS,
    ApplicationStatus,
    FilingStatus,
    PetitionStatus,
)
from openbeian.core.permissions import Actor, Membership, check_may_take
from openbeian.core.policy import check_step_now
from openbeian.core.roles import GIVEN_ROLES, OrganisationKind, Role

EVERYBODY = [(kind, role) for kind in OrganisationKind for role in sorted(GIVEN_ROLES[kind])]
PLACES = {"own": ("GD", "house"), "foreign": ("ZJ", "elsewhere")}
APPLICATION = ApplicationFacts(
    id="a",
    status=ApplicationStatus.DRAFT,
    jurisdiction="GD",
    provider_id="house",
    profile="full",
    open_corrections=0,
    version=1,
    prepared_by="preparer",
)
PETITION = PetitionFacts("p", PetitionStatus.DRAWN_UP, "GD", "house", ("provincial",), "preparer")
WAYS = {"pass_on": ("provincial", "national"), "put_to_nation": ("national",)}
FILING = FilingFacts("Guangdong-X-202611230001", FilingStatus.VALID, "GD", "house")


def _cases(steps, facts, statuses):
    return [(step, replace(facts, status=status)) for step, status in product(steps.values(), statuses)]


def _petition_cases():
    """Return every step of a petition in every status of one that goes the way the step belongs to."""
    for step, facts in _cases(PETITION_STEPS, PETITION, PetitionStatus):
        yield step, replace(facts, levels=WAYS.get(step.name, ("provincial",)))


CASES = [
    *_cases(APPLICATION_STEPS, APPLICATION, ApplicationStatus),
    *_cases(FILING_STEPS, FILING, FilingStatus),
    *_petition_cases(),
    *_cases(REGISTRATION_STEPS, replace(FILING, route="registration"), FilingStatus),
]


def _actor(kind, role, where):
    place, house = PLACES[where]
    jurisdiction = place if kind is OrganisationKind.PROVINCIAL else None
    return Actor("somebody", (Membership(house, kind, jurisdiction, frozenset({role})),))


def _refusal(actor, step, facts):
    try:
        check_may_take(actor, step, facts)
        check_step_now(facts, step, reason="a reason")
    except DomainError as error:
        return error
    return None


@pytest.mark.parametrize("where", PLACES)
def test_a_step_is_taken_by_its_role_in_its_place_from_its_states_and_never_otherwise(where):
    taken = 0
    for (kind, role), (step, facts) in product(EVERYBODY, CASES):
        decides = {Role.DECIDER} if step.four_eyes else step.roles
        in_place = where == "own" or kind is OrganisationKind.NATIONAL
        may = kind is step.office and role in decides and in_place
        refusal = _refusal(_actor(kind, role, where), step, facts)
        case = (kind, role, step.name, facts.status)
        if not may:
            assert isinstance(refusal, NotAllowedError), case
        elif facts.status not in step.sources:
            assert isinstance(refusal, NotNowError), case
        else:
            taken += refusal is None
    assert taken >= (len(APPLICATION_STEPS) if where == "own" else 5)
