"""What may be asked about what is decided, who decides it, and what follows."""

from itertools import product

import pytest

from openbeian.core.facts import PetitionFacts
from openbeian.core.lifecycle import (
    FILING_STEPS,
    FOLLOWING_STEPS,
    PETITION_STEPS,
    ApplicationStatus,
    FilingStatus,
    PetitionStatus,
    next_status,
)
from openbeian.core.permissions import (
    Actor,
    Membership,
    NotIndependentError,
    check_may_countersign,
    check_may_take,
    may_see,
)
from openbeian.core.petitions import (
    PETITION_RULES,
    NotOpenToPetitionError,
    PetitionKind,
    WrongLevelError,
    check_level,
    consequence_of,
    levels_of,
)
from openbeian.core.roles import OrganisationKind, Role
from openbeian.standards import load_terms

K, P = PetitionKind, PetitionStatus
LEVELS = [("provincial",), ("national",), ("provincial", "national")]
PETITION = PetitionFacts(
    "e1",
    P.AT_PROVINCE,
    "GD",
    "tianhe",
    ("provincial",),
    prepared_by="asks",
    reviewed_by=frozenset({"examines"}),
)


def officer(called, *roles, kind=OrganisationKind.PROVINCIAL):
    place = "GD" if kind is OrganisationKind.PROVINCIAL else None
    return Actor(called, (Membership("office", kind, place, frozenset(roles)),))


@pytest.mark.parametrize("kind", PetitionKind)
def test_every_kind_says_what_it_is_and_its_terms_are_known(kind):
    rule = PETITION_RULES[kind]
    assert all((*rule.label, *rule.meaning, rule.about))
    assert {rule.ask_within or "decide_petition", rule.decide_within} <= set(load_terms())


@pytest.mark.parametrize("kind", PetitionKind)
def test_what_follows_leads_away_from_where_it_was_asked(kind):
    for status in [*ApplicationStatus, *FilingStatus]:
        if status not in PETITION_RULES[kind].about:
            with pytest.raises(NotOpenToPetitionError, match="can't be asked while"):
                consequence_of(kind, status)
            continue
        name = consequence_of(kind, status)
        assert (name is None) == PETITION_RULES[kind].changes_facts
        if name is not None:
            step = {**FILING_STEPS, **FOLLOWING_STEPS}[name]
            assert next_status(status, step) is step.target


@pytest.mark.parametrize(
    ("kind", "route", "decided_at", "levels"),
    [
        (K.RECONSIDERATION, "filing", "provincial", ("provincial",)),
        (K.RECONSIDERATION, "filing", "national", ("national",)),
        (K.APPEAL, "filing", "provincial", ("national",)),
        (K.APPEAL, "registration", "provincial", ("national",)),
        (K.AMENDMENT, "filing", "national", ("provincial",)),
        (K.BASE_MODEL_CHANGE, "filing", "national", ("provincial", "national")),
        (K.BASE_MODEL_CHANGE, "registration", "provincial", ("provincial",)),
        (K.CANCELLATION, "filing", "national", ("national",)),
        (K.CANCELLATION, "registration", "provincial", ("provincial",)),
    ],
)
def test_a_petition_goes_to_whoever_may_decide_it(kind, route, decided_at, levels):
    assert levels_of(kind, route=route, decided_at=decided_at) == levels


def test_each_step_belongs_to_the_petitions_that_go_its_way():
    fitting = {
        "put_to_province": [LEVELS[0], LEVELS[2]],
        "put_to_nation": [LEVELS[1]],
        "grant": [LEVELS[0]],
        "pass_on": [LEVELS[2]],
    }
    for (name, step), levels in product(PETITION_STEPS.items(), LEVELS):
        facts = PetitionFacts("e1", step.sources[0], "GD", "tianhe", levels, "asks")
        if levels in fitting.get(name, LEVELS):
            check_level(facts, step)
        else:
            with pytest.raises(WrongLevelError, match="is not its step"):
                check_level(facts, step)


@pytest.mark.parametrize("called", ["asks", "examines"])
def test_nobody_decides_what_they_asked_examined_or_decided_before(called):
    both = officer(called, Role.DECIDER, Role.COUNTERSIGNER)
    for check in (check_may_take, check_may_countersign):
        with pytest.raises(NotIndependentError):
            check(both, PETITION_STEPS["grant"], PETITION)


def test_offices_see_a_petition_once_it_is_handed_in():
    reviewer = officer("x", Role.REVIEWER)
    assert may_see(reviewer, PETITION)
    drawn_up = PetitionFacts("e1", P.DRAWN_UP, "GD", "tianhe", ("provincial",), "asks")
    assert not may_see(reviewer, drawn_up)
