import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from openbeian.core.lifecycle import (
    APPLICATION_STEPS,
    FILING_STEPS,
    FOLLOWING_STEPS,
    OWNERS,
    PETITION_STEPS,
    STATUS_LABELS,
    ApplicationStatus,
    FilingStatus,
    PetitionStatus,
    TransitionNotAllowedError,
    is_final,
    next_status,
    steps_from,
)
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.roles import (
    GIVEN_ROLES,
    ORGANISATION_LABELS,
    ROLE_LABELS,
    ROLES_OF,
    OrganisationKind,
    Role,
)

ALL_STATUSES = [*ApplicationStatus, *FilingStatus, *PetitionStatus]
ALL_STEPS = [*APPLICATION_STEPS.values(), *FILING_STEPS.values(), *PETITION_STEPS.values()]


def test_every_status_has_a_label_in_both_languages():
    assert list(STATUS_LABELS) == ALL_STATUSES
    assert all(label.zh and label.en for label in STATUS_LABELS.values())


def test_every_application_status_has_an_owner_unless_it_is_final():
    assert list(OWNERS) == list(ApplicationStatus)
    assert list(PETITION_OWNERS) == list(PetitionStatus)
    for owners in (OWNERS, PETITION_OWNERS):
        for status, owner in owners.items():
            assert (owner is None) == is_final(status), status


def test_the_owner_of_a_status_can_take_a_step_from_it():
    for status, owner in [*OWNERS.items(), *PETITION_OWNERS.items()]:
        assert owner is None or owner in {step.office for step in steps_from(status)}, status


@pytest.mark.parametrize(
    ("first", "statuses"),
    [
        (ApplicationStatus.DRAFT, ApplicationStatus),
        (FilingStatus.VALID, FilingStatus),
        (PetitionStatus.DRAWN_UP, PetitionStatus),
    ],
)
def test_every_status_is_reached_from_the_first(first, statuses):
    reached, open_ends = {first}, [first]
    while open_ends:
        ahead = {step.target for step in steps_from(open_ends.pop())} - reached
        reached |= ahead
        open_ends += ahead
    assert reached == set(statuses)


@pytest.mark.parametrize("status", ALL_STATUSES)
def test_an_end_is_reached_from_every_status(status):
    seen, open_ends = set(), [status]
    while open_ends:
        here = open_ends.pop()
        if is_final(here):
            return
        seen.add(here)
        open_ends += [step.target for step in steps_from(here) if step.target not in seen]
    pytest.fail(f"no end is reached from {status}")


def test_the_final_statuses_are_those_nothing_leads_away_from():
    assert [status for status in ALL_STATUSES if is_final(status)] == [
        ApplicationStatus.CERTIFIED,
        ApplicationStatus.REFUSED,
        ApplicationStatus.WITHDRAWN,
        FilingStatus.REVOKED,
        FilingStatus.CANCELLED,
        FilingStatus.EXPIRED,
        PetitionStatus.GRANTED,
        PetitionStatus.REJECTED,
        PetitionStatus.DROPPED,
    ]


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: step.name)
def test_every_step_is_open_to_roles_its_office_has(step):
    assert step.roles
    assert step.roles <= ROLES_OF[step.office]
    assert step.label.zh
    assert step.label.en


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: step.name)
def test_every_step_leads_from_its_sources_to_its_target_and_from_nowhere_else(step):
    for status in ALL_STATUSES:
        if status in step.sources:
            assert next_status(status, step) is step.target
            assert step in steps_from(status)
        else:
            with pytest.raises(TransitionNotAllowedError):
                next_status(status, step)


def test_no_two_steps_share_a_name():
    steps = [*ALL_STEPS, *FOLLOWING_STEPS.values()]
    assert len({step.name for step in steps}) == len(steps)


def test_what_follows_of_itself_is_no_step_anybody_is_offered():
    for step in FOLLOWING_STEPS.values():
        assert all(step not in steps_from(status) for status in ALL_STATUSES)
        assert {next_status(source, step) for source in step.sources} == {step.target}


def test_every_decision_takes_a_decider_and_a_countersigner():
    for step in ALL_STEPS:
        assert step.four_eyes == (step.roles == {Role.DECIDER, Role.COUNTERSIGNER}), step.name


def test_whoever_sends_back_or_takes_away_must_say_why():
    assert {step.name for step in ALL_STEPS if step.needs_reason} == {
        "return_for_correction",
        "refuse",
        "send_back",
        "refuse_nationally",
        "send_back_nationally",
        "suspend",
        "reinstate",
        "revoke",
        "cancel",
        "give_back",
        "reject",
        "look_again",
        "reject_nationally",
        "look_again_nationally",
    }


def test_a_refused_step_says_what_is_possible_instead():
    with pytest.raises(TransitionNotAllowedError) as caught:
        next_status(ApplicationStatus.DRAFT, APPLICATION_STEPS["accept"])
    assert caught.value.text.zh == "现处「草稿」，不能「受理」；此时可以：提交、撤回。"
    assert "possible now: Submit, Withdraw" in caught.value.text.en


def test_a_step_from_the_end_says_that_it_is_the_end():
    with pytest.raises(TransitionNotAllowedError, match="nothing, it is final"):
        next_status(ApplicationStatus.REFUSED, APPLICATION_STEPS["withdraw"])


def test_every_role_and_organisation_has_a_label_and_a_place():
    assert set(ROLE_LABELS) == set(Role)
    assert set(ORGANISATION_LABELS) == set(ROLES_OF) == set(OrganisationKind)
    assert frozenset().union(*GIVEN_ROLES.values()) == set(Role)


class ApplicationWalk(RuleBasedStateMachine):
    """Takes random steps, allowed and not, and watches what must hold on the way."""

    def __init__(self):
        super().__init__()
        self.status = ApplicationStatus.DRAFT
        self.taken = []

    @precondition(lambda self: not is_final(self.status))
    @rule(data=st.data())
    def take_an_allowed_step(self, data):
        step = data.draw(st.sampled_from(steps_from(self.status)))
        self.status = next_status(self.status, step)
        self.taken.append(step.name)

    @rule(step=st.sampled_from(list(APPLICATION_STEPS.values())))
    def try_any_step(self, step):
        try:
            self.status = next_status(self.status, step)
        except TransitionNotAllowedError:
            assert self.status not in step.sources
        else:
            self.taken.append(step.name)

    @invariant()
    def nothing_is_certified_without_both_decisions(self):
        if self.status is ApplicationStatus.CERTIFIED:
            last = self.taken[-2:]
            assert last in (["confirm", "certify"], ["grant_registration", "register"])
            if last[0] == "confirm":
                assert self.taken.index("approve") < self.taken.index("confirm")

    @invariant()
    def the_nation_only_decides_what_a_province_has_just_approved(self):
        if self.status is ApplicationStatus.NATIONAL_DECISION:
            assert self.taken[-1] == "approve"

    @invariant()
    def nothing_is_decided_that_was_not_accepted_and_recommended(self):
        if self.status is ApplicationStatus.PROVINCIAL_DECISION:
            assert self.taken[-1] == "recommend"
            assert {"accept", "resubmit"} & set(self.taken)

    @invariant()
    def what_has_ended_stays_ended(self):
        assert all(not is_final(APPLICATION_STEPS[name].target) for name in self.taken[:-1])


TestApplicationWalk = ApplicationWalk.TestCase
TestApplicationWalk.settings = settings(max_examples=150, stateful_step_count=25)
