"""Sandbox permits: terms, states, who and whether now, as truth tables."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.numbering import FilingNumber, PermitNumber, RegistrationNumber
from openbeian.core.permissions import Actor, Membership, MissingRoleError, NotIndependentError
from openbeian.core.permit_rights import (
    check_may_ask_permit,
    check_may_countersign_permit,
    check_may_decide_permit,
    check_may_follow_up,
    check_may_restrict_permit,
    may_follow_up,
    may_restrict_permit,
)
from openbeian.core.permits import (
    LONGEST_FOR,
    MOST_GATES,
    MOST_TESTERS,
    MOST_TRIAL_USERS,
    STATE_LABELS,
    USE_LABELS,
    NotNarrowerError,
    PermitFacts,
    PermitState,
    PermitStatus,
    PermitTerms,
    PermitUse,
    check_countersign_permit_now,
    check_decide_permit_now,
    check_narrower,
    check_reason_given,
    check_restrict_now,
    check_terms,
    check_withdraw_permit_now,
    permit_state,
    quota,
)
from openbeian.core.policy import AlreadyDecidedError, NotDecidedError, ReasonMissingError
from openbeian.core.roles import OrganisationKind, Role

ON = date(2026, 11, 27)
DAY = timedelta(days=1)
U = PermitUse
TERMS = PermitTerms(frozenset({U.TRIAL, U.RESEARCH}), 3, 50, 2, ON, ON + 30 * DAY)
FACTS = PermitFacts(PermitStatus.ASKED, "GD", "tianhe", "asks", ON, ON + 30 * DAY)
K = OrganisationKind


def member(kind, *roles, of="office", place=None, called="somebody"):
    return Actor(called, (Membership(of, kind, place, frozenset(roles)),))


# --- terms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"testers": 0},
        {"trial_users": 0},
        {"testers": MOST_TESTERS, "trial_users": MOST_TRIAL_USERS, "gates": MOST_GATES},
        {"ends_on": ON},
        {"ends_on": ON + LONGEST_FOR - DAY},
    ],
)
def test_what_may_be_asked_for(changes):
    check_terms(replace(TERMS, **changes), on=ON)


@pytest.mark.parametrize(
    "changes",
    [
        {"uses": frozenset()},
        {"testers": 0, "trial_users": 0},
        {"testers": MOST_TESTERS + 1},
        {"trial_users": MOST_TRIAL_USERS + 1},
        {"trial_users": -1},
        {"gates": 0},
        {"gates": MOST_GATES + 1},
        {"trial_users": 1, "gates": 2},
        {"begins_on": ON - DAY},
        {"ends_on": ON - DAY},
        {"ends_on": ON + LONGEST_FOR},
    ],
)
def test_what_may_not(changes):
    with pytest.raises(BadInputError):
        check_terms(replace(TERMS, **changes), on=ON)


@given(st.integers(0, MOST_TRIAL_USERS), st.integers(1, MOST_GATES))
def test_all_gates_together_never_let_in_more_trial_users_than_were_granted(users, gates):
    assert quota(users, gates) * gates <= users


@pytest.mark.parametrize(
    "changes",
    [
        {"uses": frozenset({U.TRIAL})},
        {"trial_users": 10},
        {"trial_users": 0},
        {"ends_on": ON},
        {"uses": frozenset({U.RESEARCH}), "trial_users": 0, "ends_on": ON + DAY},
    ],
)
def test_a_permit_may_be_made_narrower(changes):
    check_narrower(TERMS, replace(TERMS, **changes), on=ON)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, NotNarrowerError),
        ({"uses": TERMS.uses | {U.INTERNAL}}, NotNarrowerError),
        ({"trial_users": 51}, NotNarrowerError),
        ({"ends_on": ON + 31 * DAY}, NotNarrowerError),
        ({"trial_users": 10, "ends_on": ON + 31 * DAY}, NotNarrowerError),
        ({"gates": 1}, NotNarrowerError),
        ({"testers": 2}, NotNarrowerError),
        ({"begins_on": ON + DAY}, NotNarrowerError),
        ({"ends_on": ON - DAY}, BadInputError),
        ({"uses": frozenset()}, BadInputError),
    ],
)
def test_but_never_wider_nor_into_nothing(changes, error):
    with pytest.raises(error):
        check_narrower(TERMS, replace(TERMS, **changes), on=ON)


def test_a_permit_for_trial_users_alone_is_not_limited_to_nobody():
    with pytest.raises(BadInputError, match="Nothing would be left"):
        check_narrower(replace(TERMS, testers=0), replace(TERMS, testers=0, trial_users=0), on=ON)


# --- states ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "on", "state"),
    [
        (PermitStatus.ASKED, ON, PermitState.ASKED),
        (PermitStatus.REFUSED, ON, PermitState.REFUSED),
        (PermitStatus.WITHDRAWN, ON, PermitState.WITHDRAWN),
        (PermitStatus.ENDED, ON, PermitState.ENDED),
        (PermitStatus.GRANTED, ON - DAY, PermitState.UPCOMING),
        (PermitStatus.GRANTED, ON, PermitState.ACTIVE),
        (PermitStatus.GRANTED, ON + 30 * DAY, PermitState.ACTIVE),
        (PermitStatus.GRANTED, ON + 31 * DAY, PermitState.EXPIRED),
    ],
)
def test_how_a_permit_stands_on_a_day(status, on, state):
    assert permit_state(replace(FACTS, status=status), on=on) is state


def _passes(check, *arguments, **more):
    try:
        check(*arguments, **more)
    except NotNowError:
        return False
    return True


@pytest.mark.parametrize(("status", "decided"), list(product(PermitStatus, [None, "decides"])))
def test_what_can_be_done_in_which_status(status, decided):
    facts = replace(FACTS, status=status, first_decision_by=decided)
    asked, granted = status is PermitStatus.ASKED, status is PermitStatus.GRANTED
    assert _passes(check_decide_permit_now, facts) is (asked and decided is None)
    assert _passes(check_countersign_permit_now, facts) is (asked and decided is not None)
    assert _passes(check_withdraw_permit_now, facts) is asked
    for days in (-1, 0, 30, 31):
        assert _passes(check_restrict_now, facts, on=ON + days * DAY) is (granted and days <= 30)


def test_why_not_is_said_precisely():
    with pytest.raises(AlreadyDecidedError):
        check_decide_permit_now(replace(FACTS, first_decision_by="decides"))
    with pytest.raises(NotDecidedError):
        check_countersign_permit_now(FACTS)
    with pytest.raises(ReasonMissingError):
        check_reason_given("  ")
    check_reason_given("材料齐全。")


def test_everything_has_a_name_in_both_languages():
    assert set(USE_LABELS) == set(PermitUse)
    assert set(STATE_LABELS) == set(PermitState)
    for label in (*USE_LABELS.values(), *STATE_LABELS.values()):
        assert label.zh
        assert label.en


# --- who ------------------------------------------------------------------------------------------

EVERYBODY = [
    member(kind, role, of=of, place=place, called=called)
    for kind, role, (of, place), called in product(
        OrganisationKind, Role, [("tianhe", "GD"), ("other", "ZJ")], ["somebody", "asks", "decides"]
    )
]


def _may(check, *arguments):
    try:
        check(*arguments)
    except NotAllowedError:
        return False
    return True


@pytest.mark.parametrize("kind", OrganisationKind)
def test_who_may_do_what(kind):
    for actor in EVERYBODY:
        if actor.memberships[0].kind is kind:
            _check_rights(actor)


def _check_rights(actor):
    (one,) = actor.memberships
    (role,) = one.roles
    at_office = one.kind is K.PROVINCIAL and one.jurisdiction == "GD"
    decided = replace(FACTS, first_decision_by="decides")
    stranger = actor.id != "asks"
    restricts = at_office and role in {Role.DECIDER, Role.COUNTERSIGNER}
    is_own = one.kind is K.PROVIDER and one.organisation_id == "tianhe"
    assert _may(check_may_ask_permit, actor, "tianhe") is (is_own and role is Role.PREPARER)
    assert _may(check_may_decide_permit, actor, FACTS) is (at_office and role is Role.DECIDER and stranger)
    assert _may(check_may_countersign_permit, actor, decided) is (
        at_office and role is Role.COUNTERSIGNER and stranger and actor.id != "decides"
    )
    assert _may(check_may_restrict_permit, actor, "GD") is may_restrict_permit(actor, "GD") is restricts


def test_nobody_has_two_parts_in_one_permit():
    both = member(K.PROVINCIAL, Role.DECIDER, Role.COUNTERSIGNER, place="GD", called="asks")
    with pytest.raises(NotIndependentError):
        check_may_decide_permit(both, FACTS)
    with pytest.raises(NotIndependentError):
        check_may_countersign_permit(both, replace(FACTS, first_decision_by="decides"))
    with pytest.raises(NotIndependentError):
        check_may_countersign_permit(replace(both, id="decides"), replace(FACTS, first_decision_by="decides"))
    with pytest.raises(MissingRoleError):
        check_may_ask_permit(both, "tianhe")


@pytest.mark.parametrize(("kind", "role"), list(product(OrganisationKind, Role)))
def test_who_may_follow_a_sighting_up(kind, role):
    offices = {K.PROVINCIAL, K.NATIONAL}
    holding = role not in {
        Role.PREPARER,
        Role.LEGAL_REPRESENTATIVE,
        Role.ASSESSMENT_HEAD,
        Role.LAWFULNESS_HEAD,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
        Role.MEMBER_ADMINISTRATOR,
    }
    actor = member(kind, role)
    assert may_follow_up(actor) is (kind in offices and holding)
    if may_follow_up(actor):
        assert check_may_follow_up(actor).kind is kind


# --- numbers --------------------------------------------------------------------------------------


def test_a_permits_number_is_of_a_series_of_its_own():
    number = PermitNumber.build("guangdong", on=ON, serial=7)
    assert str(number) == "Guangdong-SP202611270007"
    assert PermitNumber.parse(" guangdong－sp202611270007") == number
    for other in (FilingNumber, RegistrationNumber):
        with pytest.raises(BadInputError):
            other.parse(str(number))
    for written in ("Guangdong-X-202611270007", "Guangdong-SP20261127", "Guangdong-SP202613270007"):
        with pytest.raises(BadInputError):
            PermitNumber.parse(written)
    for place, serial in (("广东", 1), ("Guangdong", 0), ("Guangdong", 10000)):
        with pytest.raises(BadInputError):
            PermitNumber.build(place, on=ON, serial=serial)
