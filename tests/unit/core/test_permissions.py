from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import NotAllowedError
from openbeian.core.lifecycle import APPLICATION_STEPS, FILING_STEPS, ApplicationStatus, FilingStatus
from openbeian.core.permissions import (
    Actor,
    ApplicationFacts,
    FilingFacts,
    Membership,
    MissingRoleError,
    NothingToCountersignError,
    NotIndependentError,
    NotVisibleError,
    WrongOfficeError,
    WrongProviderError,
    WrongProvinceError,
    check_may_countersign,
    check_may_see,
    check_may_set_classes,
    check_may_take,
    may_countersign,
    may_see,
    may_set_classes,
    may_take,
)
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role

APPLICATION = ApplicationFacts(
    id="a1",
    status=ApplicationStatus.PROVINCIAL_DECISION,
    jurisdiction="GD",
    provider_id="tianhe",
    profile="full",
    open_corrections=0,
    version=1,
    prepared_by="prepares",
    reviewed_by=frozenset({"reviews"}),
)
FILING = FilingFacts("Guangdong-X-202611230001", FilingStatus.VALID, "GD", "tianhe")
STEPS = [*APPLICATION_STEPS.values(), *FILING_STEPS.values()]
DECISIONS = [step for step in STEPS if step.four_eyes]


def member(kind, *roles, of="office", place=None, called="somebody"):
    return Actor(called, (Membership(of, kind, place, frozenset(roles)),))


def provider(*roles, of="tianhe", called="somebody"):
    return member(OrganisationKind.PROVIDER, *roles, of=of, called=called)


def provincial(*roles, place="GD", called="somebody"):
    return member(OrganisationKind.PROVINCIAL, *roles, place=place, called=called)


def national(*roles, called="somebody"):
    return member(OrganisationKind.NATIONAL, *roles, called=called)


def facts_for(step):
    return APPLICATION if step.name in APPLICATION_STEPS else FILING


def step_named(name):
    return APPLICATION_STEPS.get(name) or FILING_STEPS[name]


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("submit", provider(Role.PREPARER)),
        ("submit", provider(Role.PREPARER, called="prepares")),
        ("resubmit", provider(Role.PREPARER, Role.ASSESSMENT_HEAD)),
        ("withdraw", provider(Role.PREPARER)),
        ("accept", provincial(Role.INTAKE_OFFICER)),
        ("return_for_correction", provincial(Role.INTAKE_OFFICER)),
        ("return_for_correction", provincial(Role.REVIEWER, called="reviews")),
        ("order_retest", provincial(Role.REVIEWER)),
        ("record_retest", provincial(Role.TESTER)),
        ("recommend", provincial(Role.REVIEWER, called="reviews")),
        ("approve", provincial(Role.DECIDER)),
        ("refuse", provincial(Role.DECIDER)),
        ("confirm", national(Role.DECIDER)),
        ("certify", national(Role.PUBLISHER)),
        ("suspend", national(Role.DECIDER)),
    ],
)
def test_the_right_person_may_take_the_step(name, actor):
    step = step_named(name)
    check_may_take(actor, step, facts_for(step))
    assert may_take(actor, step, facts_for(step))


@pytest.mark.parametrize(
    ("name", "actor", "error", "who"),
    [
        ("submit", provincial(*Role), WrongOfficeError, "the preparer of the provider that applied"),
        ("submit", provider(Role.PREPARER, of="other"), WrongProviderError, "of the provider that applied"),
        ("submit", provider(Role.LEGAL_REPRESENTATIVE), MissingRoleError, "the preparer of the provider"),
        (
            "accept",
            provincial(Role.INTAKE_OFFICER, place="BJ"),
            WrongProvinceError,
            "provincial office of GD",
        ),
        (
            "accept",
            provincial(Role.REVIEWER),
            MissingRoleError,
            "the intake officer of the provincial office",
        ),
        (
            "return_for_correction",
            provincial(Role.TESTER),
            MissingRoleError,
            "intake officer or document reviewer",
        ),
        ("approve", national(Role.DECIDER), WrongOfficeError, "the decider of the provincial office of GD"),
        ("approve", provincial(Role.COUNTERSIGNER), MissingRoleError, "the decider of the provincial office"),
        ("confirm", provincial(Role.DECIDER), WrongOfficeError, "the decider of the national office"),
        ("revoke", national(Role.PUBLISHER), MissingRoleError, "the decider of the national office"),
        ("certify", Actor("nobody", ()), WrongOfficeError, "the publisher of the national office"),
    ],
)
def test_anybody_else_is_told_who_could(name, actor, error, who):
    step = step_named(name)
    with pytest.raises(error, match=who) as caught:
        check_may_take(actor, step, facts_for(step))
    assert f"「{step.label.zh}」只能由" in caught.value.text.zh
    assert not may_take(actor, step, facts_for(step))


def test_one_of_several_memberships_is_enough():
    both = Actor(
        "busy", (*provider(Role.PREPARER, of="other").memberships, *provincial(Role.REVIEWER).memberships)
    )
    assert may_take(both, APPLICATION_STEPS["recommend"], APPLICATION)


def test_a_role_in_one_province_gives_nothing_in_another():
    roaming = Actor(
        "roams",
        (
            *provincial(Role.REVIEWER, place="GD").memberships,
            *provincial(Role.DECIDER, place="BJ").memberships,
        ),
    )
    assert not may_take(roaming, APPLICATION_STEPS["approve"], APPLICATION)


@pytest.mark.parametrize("name", ["accept", "recommend", "approve", "confirm", "certify"])
def test_whoever_prepared_an_application_takes_no_step_of_an_office(name):
    step = APPLICATION_STEPS[name]
    insider = member(step.office, *ROLES_OF[step.office], place="GD", called="prepares")
    with pytest.raises(NotIndependentError, match="You prepared this application"):
        check_may_take(insider, step, APPLICATION)


@pytest.mark.parametrize("step", [step for step in DECISIONS if step.name in APPLICATION_STEPS])
def test_a_reviewer_neither_decides_nor_countersigns_the_same_application(step):
    reviewer = member(step.office, *ROLES_OF[step.office], place="GD", called="reviews")
    with pytest.raises(NotIndependentError, match="You reviewed this application"):
        check_may_take(reviewer, step, APPLICATION)
    with pytest.raises(NotIndependentError, match="You reviewed this application"):
        check_may_countersign(reviewer, step, replace(APPLICATION, first_decision_by="decides"))


def test_whoever_decided_for_the_province_does_not_decide_for_the_nation():
    facts = replace(
        APPLICATION, status=ApplicationStatus.NATIONAL_DECISION, provincial_deciders=frozenset({"moved"})
    )
    with pytest.raises(NotIndependentError, match="took part in the provincial decision"):
        check_may_take(national(Role.DECIDER, called="moved"), APPLICATION_STEPS["confirm"], facts)


def test_whoever_decided_for_the_province_may_decide_there_again():
    facts = replace(APPLICATION, provincial_deciders=frozenset({"decides"}))
    assert may_take(provincial(Role.DECIDER, called="decides"), APPLICATION_STEPS["approve"], facts)


@pytest.mark.parametrize("step", DECISIONS, ids=lambda step: step.name)
def test_another_countersigner_of_the_same_office_may_countersign(step):
    facts = replace(facts_for(step), first_decision_by="decides")
    signer = member(step.office, Role.COUNTERSIGNER, place="GD", called="signs")
    check_may_countersign(signer, step, facts)
    assert may_countersign(signer, step, facts)


@pytest.mark.parametrize("step", DECISIONS, ids=lambda step: step.name)
def test_nobody_countersigns_their_own_decision(step):
    facts = replace(facts_for(step), first_decision_by="decides")
    decider = member(step.office, Role.DECIDER, Role.COUNTERSIGNER, place="GD", called="decides")
    with pytest.raises(NotIndependentError, match="another countersigner"):
        check_may_countersign(decider, step, facts)
    assert not may_countersign(decider, step, facts)


@pytest.mark.parametrize("step", DECISIONS, ids=lambda step: step.name)
def test_a_decider_without_the_role_does_not_countersign(step):
    facts = replace(facts_for(step), first_decision_by="decides")
    with pytest.raises(MissingRoleError, match="the countersigner of"):
        check_may_countersign(member(step.office, Role.DECIDER, place="GD"), step, facts)


def test_a_step_that_one_person_takes_is_not_countersigned():
    with pytest.raises(NothingToCountersignError, match="needs no countersignature"):
        check_may_countersign(provincial(*Role), APPLICATION_STEPS["accept"], APPLICATION)


@pytest.mark.parametrize(
    ("actor", "sees_draft", "sees_submitted"),
    [
        (provider(Role.PREPARER), True, True),
        (provider(Role.PREPARER, of="other"), False, False),
        (provincial(Role.TESTER), False, True),
        (provincial(Role.TESTER, place="BJ"), False, False),
        (national(Role.PUBLISHER), False, True),
        (member(OrganisationKind.AUDITOR, Role.AUDITOR), True, True),
        (member(OrganisationKind.OPERATOR, Role.ADMINISTRATOR), False, False),
        (member(OrganisationKind.PLATFORM, *Role), False, False),
        (provider(), False, False),
        (provincial(), False, False),
        (member(OrganisationKind.AUDITOR), False, False),
        (Actor("nobody", ()), False, False),
    ],
)
def test_a_dossier_is_open_to_its_provider_its_offices_and_auditors(actor, sees_draft, sees_submitted):
    draft = replace(APPLICATION, status=ApplicationStatus.DRAFT)
    submitted = replace(APPLICATION, status=ApplicationStatus.SUBMITTED)
    assert may_see(actor, draft) is sees_draft
    assert may_see(actor, submitted) is may_see(actor, FILING) is sees_submitted


def test_whoever_may_not_see_is_told_who_may():
    check_may_see(provider(Role.PREPARER), APPLICATION)
    with pytest.raises(NotVisibleError, match="Only its provider, the offices in charge and auditors"):
        check_may_see(member(OrganisationKind.OPERATOR, Role.ADMINISTRATOR), APPLICATION)


memberships = st.builds(
    Membership,
    st.sampled_from(["tianhe", "other"]),
    st.sampled_from(OrganisationKind),
    st.sampled_from(["GD", "BJ", None]),
    st.frozensets(st.sampled_from(Role)),
)
actors = st.builds(
    Actor,
    st.sampled_from(["prepares", "reviews", "decides", "somebody"]),
    st.lists(memberships, max_size=3).map(tuple),
)
pending = replace(APPLICATION, first_decision_by="decides")


@given(actors, st.sampled_from(STEPS))
def test_auditors_administrators_and_platforms_change_nothing(actor, step):
    outside = {OrganisationKind.AUDITOR, OrganisationKind.OPERATOR, OrganisationKind.PLATFORM}
    outsider = Actor(actor.id, tuple(each for each in actor.memberships if each.kind in outside))
    assert not may_take(outsider, step, facts_for(step))
    assert not may_countersign(outsider, step, facts_for(step))


@given(actors, st.sampled_from(STEPS))
def test_nobody_takes_a_step_without_a_membership_that_allows_it(actor, step):
    allowed = any(
        each.kind is step.office
        and each.roles & step.roles
        and (each.kind is not OrganisationKind.PROVIDER or each.organisation_id == "tianhe")
        and (each.kind is not OrganisationKind.PROVINCIAL or each.jurisdiction == "GD")
        for each in actor.memberships
    )
    assert allowed or not may_take(actor, step, facts_for(step))


@given(actors, st.sampled_from([step for step in DECISIONS if step.name in APPLICATION_STEPS]))
def test_a_decision_always_takes_two_people_who_neither_prepared_nor_reviewed(actor, step):
    if may_countersign(actor, step, pending):
        assert actor.id == "somebody"
    if may_take(actor, step, pending):
        assert actor.id not in {"prepares", "reviews"}


@given(actors, st.sampled_from(STEPS))
def test_whoever_may_take_a_step_may_see_the_case_once_submitted(actor, step):
    facts = facts_for(step)
    usual = all(each.roles <= ROLES_OF[each.kind] for each in actor.memberships)
    if usual and may_take(actor, step, facts):
        assert may_see(actor, facts)


def test_every_refusal_speaks_both_languages():
    for step in STEPS:
        with pytest.raises(NotAllowedError) as caught:
            check_may_take(Actor("nobody", ()), step, facts_for(step))
        assert step.label.zh in caught.value.text.zh
        assert step.label.en in caught.value.text.en


@pytest.mark.parametrize("role", Role)
def test_classes_are_set_by_reviewers_and_publishers_of_the_province_or_the_nation(role):
    allowed = role in {Role.REVIEWER, Role.PUBLISHER}
    assert may_set_classes(provincial(role), "GD") == allowed
    assert may_set_classes(national(role), "GD") == allowed
    assert not may_set_classes(provincial(role, place="ZJ"), "GD")
    assert not may_set_classes(provider(role), "GD")


def test_whoever_sets_classes_does_so_for_the_office_that_may():
    of_both = Actor("x", (*provincial(Role.TESTER).memberships, *national(Role.REVIEWER).memberships))
    assert check_may_set_classes(of_both, "GD").kind is OrganisationKind.NATIONAL
    with pytest.raises(MissingRoleError, match="of the office of GD or of the national office"):
        check_may_set_classes(Actor("nobody", ()), "GD")
