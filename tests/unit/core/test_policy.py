from dataclasses import replace

import pytest

from openbeian.core.errors import BadInputError
from openbeian.core.facts import ApplicationFacts, FilingFacts, PetitionFacts
from openbeian.core.lifecycle import (
    APPLICATION_STEPS,
    FILING_STEPS,
    PETITION_STEPS,
    ApplicationStatus,
    FilingStatus,
    PetitionStatus,
    TransitionNotAllowedError,
)
from openbeian.core.policy import (
    AlreadyDecidedError,
    BaseNotValidError,
    CorrectionsOpenError,
    NoCorrectionsError,
    NotDecidedError,
    ProfileNotAcceptedError,
    ReasonMissingError,
    WrongRouteError,
    check_countersign_now,
    check_profile_accepted,
    check_step_now,
)

STEPS = [*APPLICATION_STEPS.values(), *FILING_STEPS.values(), *PETITION_STEPS.values()]
DECISIONS = [step for step in STEPS if step.four_eyes]


def facts_before(step, **changes):
    status = step.sources[0]
    if isinstance(status, FilingStatus):
        return replace(FilingFacts("Guangdong-X-202611230001", status, "GD", "tianhe"), **changes)
    if isinstance(status, PetitionStatus):
        levels = {"pass_on": ("provincial", "national"), "put_to_nation": ("national",)}
        petition = PetitionFacts(
            "e1", status, "GD", "tianhe", levels.get(step.name, ("provincial",)), "prepares"
        )
        return replace(petition, **changes)
    corrections = 1 if step.name == "return_for_correction" else 0
    facts = ApplicationFacts("a1", status, "GD", "tianhe", "full", corrections, 1, "prepares")
    if step.routes == {"registration"}:
        facts = replace(facts, route="registration", base_status="valid")
    return replace(facts, **changes)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_is_possible_from_its_sources_with_a_reason(step):
    check_step_now(facts_before(step), step, reason="because")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_needs_a_reason_only_where_its_row_says_so(step):
    if step.needs_reason:
        with pytest.raises(ReasonMissingError, match="needs a reason"):
            check_step_now(facts_before(step), step, reason="  ")
    else:
        check_step_now(facts_before(step), step)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_is_not_possible_from_elsewhere(step):
    elsewhere = FilingStatus.REVOKED if step.name in FILING_STEPS else ApplicationStatus.CERTIFIED
    facts = facts_before(step, status=elsewhere)
    for check in (check_step_now, check_countersign_now):
        with pytest.raises(TransitionNotAllowedError):
            check(facts, step)


def test_an_application_with_open_corrections_is_not_passed_on():
    step = APPLICATION_STEPS["recommend"]
    with pytest.raises(CorrectionsOpenError, match="2 corrections are still open"):
        check_step_now(facts_before(step, open_corrections=2), step)


def test_an_application_is_not_returned_without_an_item_to_correct():
    step = APPLICATION_STEPS["return_for_correction"]
    with pytest.raises(NoCorrectionsError, match="at least one item"):
        check_step_now(facts_before(step, open_corrections=0), step, reason="incomplete")


@pytest.mark.parametrize("step", DECISIONS, ids=lambda step: step.name)
def test_a_pending_decision_is_countersigned_and_not_made_again(step):
    facts = facts_before(step, first_decision_by="decides")
    check_countersign_now(facts, step)
    with pytest.raises(AlreadyDecidedError, match="waits for its countersignature"):
        check_step_now(facts, step, reason="because")


@pytest.mark.parametrize("step", DECISIONS, ids=lambda step: step.name)
def test_there_is_nothing_to_countersign_before_somebody_has_decided(step):
    with pytest.raises(NotDecidedError, match="a decider has to go first"):
        check_countersign_now(facts_before(step), step)


@pytest.mark.parametrize(
    ("profile", "production"), [("full", True), ("", True), ("full", False), ("demo", False)]
)
def test_full_assessments_are_accepted_everywhere_and_reduced_ones_in_a_demonstration(profile, production):
    check_profile_accepted(profile, production=production)


def test_a_production_portal_accepts_no_reduced_assessment():
    with pytest.raises(ProfileNotAcceptedError, match="“demo”") as caught:
        check_profile_accepted("demo", production=True)
    assert isinstance(caught.value, BadInputError)


@pytest.mark.parametrize("name", ["approve", "certify", "grant_registration", "register"])
def test_a_step_of_the_other_route_is_not_possible(name):
    step = APPLICATION_STEPS[name]
    other = "filing" if step.routes == {"registration"} else "registration"
    with pytest.raises(WrongRouteError, match=f"is not a step of a {other}"):
        check_step_now(facts_before(step, route=other), step)


@pytest.mark.parametrize(
    ("status", "said"),
    [("", "is not in the register"), ("suspended", "is suspended"), ("revoked", "is revoked")],
)
def test_a_registration_is_granted_and_numbered_only_while_the_model_it_calls_is_validly_on_file(
    status, said
):
    grant, register = APPLICATION_STEPS["grant_registration"], APPLICATION_STEPS["register"]
    for step, check in ((grant, check_step_now), (register, check_step_now)):
        with pytest.raises(BaseNotValidError, match=said):
            check(facts_before(step, base_status=status), step)
    with pytest.raises(BaseNotValidError, match=said):
        check_countersign_now(facts_before(grant, base_status=status, first_decision_by="x"), grant)
