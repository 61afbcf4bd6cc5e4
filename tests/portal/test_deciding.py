"""Four eyes: two people, the second without having seen the first."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.policy import ReasonMissingError
from openbeian.core.roles import Role
from openbeian.portal.accounts.actions import SYSTEM, add_member
from openbeian.portal.audit.queries import history_of
from openbeian.portal.log.models import Entry
from openbeian.portal.review import actions
from openbeian.portal.review.models import Decision
from openbeian.portal.review.queries import decisions_shown_to, open_decision_of
from openbeian.portal.review.queue import Filters, Queued, queue_page
from openbeian.portal.review.steps import outcomes_at
from tests.portal.factories import AT, Cast, application_at

S = ApplicationStatus
BOTH = [Role.DECIDER, Role.COUNTERSIGNER]


def _decided(cast: Cast, outcome: str = "approve", status: ApplicationStatus = S.PROVINCIAL_DECISION):
    application = application_at(status, cast)
    who = "national" if status is S.NATIONAL_DECISION else "gd"
    decision = actions.decide(
        application,
        outcome=outcome,
        reason_code="other",
        reason="首位理由",
        by=getattr(cast, f"{who}_decider"),
        at=AT,
    )
    return application, decision


@pytest.mark.parametrize(
    ("status", "outcome", "then"),
    [
        (S.PROVINCIAL_DECISION, "approve", S.NATIONAL_DECISION),
        (S.PROVINCIAL_DECISION, "refuse", S.REFUSED),
        (S.PROVINCIAL_DECISION, "send_back", S.IN_REVIEW),
        (S.NATIONAL_DECISION, "confirm", S.CONFIRMED),
        (S.NATIONAL_DECISION, "refuse_nationally", S.REFUSED),
        (S.NATIONAL_DECISION, "send_back_nationally", S.IN_REVIEW),
    ],
)
def test_where_two_people_agree_the_step_is_taken(cast: Cast, status, outcome, then):
    application, decision = _decided(cast, outcome, status)
    application.refresh_from_db()
    assert application.state is status
    who = "national" if status is S.NATIONAL_DECISION else "gd"
    closed = actions.countersign(
        decision,
        outcome=outcome,
        reason_code="other",
        reason="次位理由",
        by=getattr(cast, f"{who}_countersigner"),
        at=AT,
    )
    application.refresh_from_db()
    assert application.state is then
    assert (closed.step_taken, closed.closed_at) == (outcome, AT)


@pytest.mark.parametrize(
    ("status", "first", "second", "taken"),
    [
        (S.PROVINCIAL_DECISION, "approve", "refuse", "send_back"),
        (S.PROVINCIAL_DECISION, "refuse", "approve", "send_back"),
        (S.NATIONAL_DECISION, "confirm", "refuse_nationally", "send_back_nationally"),
    ],
)
def test_where_they_differ_it_goes_back_with_both_reasons(cast: Cast, status, first, second, taken):
    application, decision = _decided(cast, first, status)
    who = "national" if status is S.NATIONAL_DECISION else "gd"
    closed = actions.countersign(
        decision,
        outcome=second,
        reason_code="other",
        reason="次位理由",
        by=getattr(cast, f"{who}_countersigner"),
        at=AT,
    )
    application.refresh_from_db()
    assert application.state is S.IN_REVIEW
    assert closed.step_taken == taken
    assert (closed.reason, closed.countersigned_reason) == ("首位理由", "次位理由")
    assert history_of(application).last().detail["agreed"] is False


def test_the_first_outcome_is_hidden_until_the_second_is_given(cast: Cast):
    application, decision = _decided(cast, "refuse")
    assert [one.is_hidden for one in decisions_shown_to(cast.gd_countersigner, application)] == [True]
    assert [one.is_hidden for one in decisions_shown_to(cast.gd_decider, application)] == [False]
    trail = str([event.detail for event in history_of(application)])
    assert "refuse" not in trail
    assert "首位理由" not in trail
    assert open_decision_of(application) == decision
    actions.countersign(
        decision, outcome="refuse", reason_code="other", reason="r", by=cast.gd_countersigner, at=AT
    )
    assert [one.is_hidden for one in decisions_shown_to(cast.gd_preparer, application)] == [False]
    assert open_decision_of(application) is None


def test_nobody_countersigns_their_own_decision_even_with_both_roles(cast: Cast):
    office = cast.organisations["gd_office"]
    add_member(office, email="gd_decider@example.com", name="x", roles=BOTH, by=SYSTEM, at=AT)
    _application, decision = _decided(cast)
    with pytest.raises(NotAllowedError):
        actions.countersign(decision, outcome="approve", by=cast.gd_decider, at=AT)


def test_the_database_itself_refuses_the_same_person_twice(cast: Cast):
    _application, decision = _decided(cast)
    with pytest.raises(IntegrityError, match=r"decision_takes_two_people|CHECK"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(
            countersigned_by=cast.gd_decider,
            countersigned_at=AT,
            closed_at=AT,
            countersigned_outcome="approve",
            step_taken="approve",
        )


@pytest.mark.parametrize(
    "half",
    [
        {"countersigned_at": AT},
        {"closed_at": AT},
        {"step_taken": "approve"},
        {"countersigned_outcome": "approve"},
    ],
)
def test_the_database_itself_refuses_half_a_countersignature(cast: Cast, half):
    _application, decision = _decided(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**half)


def test_the_database_itself_refuses_a_second_open_decision(cast: Cast):
    application, _decision = _decided(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            application=application,
            version_number=1,
            level="provincial",
            outcome="refuse",
            decided_by=cast.gd_countersigner,
            decided_at=AT,
        )


def test_somebody_who_decided_in_the_province_does_not_decide_for_the_nation(cast: Cast):
    nation = cast.organisations["national_office"]
    for who in ("gd_decider", "gd_countersigner"):
        add_member(nation, email=f"{who}@example.com", name="x", roles=BOTH, by=SYSTEM, at=AT)
    application = application_at(S.NATIONAL_DECISION, cast)
    for who in (cast.gd_decider, cast.gd_countersigner):
        with pytest.raises(NotAllowedError, match="provincial decision"):
            actions.decide(application, outcome="confirm", by=who, at=AT)


def test_somebody_who_reviewed_does_not_decide(cast: Cast):
    office = cast.organisations["gd_office"]
    roles = [Role.REVIEWER, Role.DECIDER]
    add_member(office, email="gd_reviewer@example.com", name="x", roles=roles, by=SYSTEM, at=AT)
    application = application_at(S.PROVINCIAL_DECISION, cast)
    with pytest.raises(NotAllowedError, match="reviewed"):
        actions.decide(application, outcome="approve", by=cast.gd_reviewer, at=AT)


def test_a_second_first_decision_is_too_late(cast: Cast):
    application, _decision = _decided(cast)
    with pytest.raises(NotNowError):
        actions.decide(application, outcome="approve", by=cast.gd_decider, at=AT)


def test_a_closed_decision_can_not_be_countersigned_again(cast: Cast):
    _application, decision = _decided(cast)
    actions.countersign(decision, outcome="approve", by=cast.gd_countersigner, at=AT)
    with pytest.raises(NotNowError):
        actions.countersign(decision, outcome="approve", by=cast.gd_countersigner, at=AT)


@pytest.mark.parametrize("outcome", ["submit", "certify", "nonsense", ""])
def test_what_is_no_outcome_is_refused(cast: Cast, outcome: str):
    application, decision = _decided(cast)
    with pytest.raises(BadInputError, match="no outcome"):
        actions.decide(application, outcome=outcome, by=cast.gd_decider, at=AT)
    with pytest.raises(BadInputError, match="no outcome"):
        actions.countersign(decision, outcome=outcome, by=cast.gd_countersigner, at=AT)


def test_an_outcome_of_the_other_level_does_not_fit(cast: Cast):
    _application, decision = _decided(cast)
    with pytest.raises((NotNowError, NotAllowedError)):
        actions.countersign(decision, outcome="confirm", by=cast.gd_countersigner, at=AT)


def test_refusing_and_sending_back_need_reasons_from_both(cast: Cast):
    application = application_at(S.PROVINCIAL_DECISION, cast)
    with pytest.raises(ReasonMissingError):
        actions.decide(application, outcome="refuse", by=cast.gd_decider, at=AT)
    decision = actions.decide(
        application, outcome="refuse", reason_code="figures", reason="r", by=cast.gd_decider, at=AT
    )
    with pytest.raises(ReasonMissingError):
        actions.countersign(
            decision, outcome="refuse", reason_code="other", reason=" ", by=cast.gd_countersigner, at=AT
        )


def test_only_the_step_taken_reaches_the_public_log(cast: Cast):
    _application, decision = _decided(cast)
    before = Entry.objects.count()
    actions.countersign(
        decision, outcome="refuse", reason_code="other", reason="r", by=cast.gd_countersigner, at=AT
    )
    (entry,) = Entry.objects.order_by("id")[before:]
    assert entry.kind == "application.send_back"
    assert "refuse" not in entry.body


def _queue(user, filters: Filters | None = None, *, on: date | None = None) -> list[Queued]:
    return list(queue_page(user, filters=filters or Filters(), number=1, on=on or AT.date()).items)


def test_a_queue_shows_what_waits_for_ones_office_by_the_day_it_is_due(cast: Cast):
    later = AT.replace(day=24)
    second = application_at(S.SUBMITTED, cast, at=later)
    first = application_at(S.IN_REVIEW, cast)
    application_at(S.SUBMITTED, cast, place="zj")
    with_provider = application_at(S.CORRECTION, cast)
    on = date(2026, 11, 30)
    items = _queue(cast.gd_reviewer, on=on)
    # Five working days to take one in, thirty to decide: the later one is due first.
    assert [item.application for item in items] == [second, first]
    assert [(item.days, item.left) for item in items] == [(4, 1), (5, 25)]
    assert _queue(cast.gd_reviewer, Filters(status="submitted"), on=on) == [items[0]]
    assert [item.application for item in _queue(cast.gd_preparer)] == [with_provider]
    assert _queue(cast.auditor) == []


def test_a_queue_says_what_awaits_a_countersignature(cast: Cast):
    _decided(cast)
    (item,) = _queue(cast.gd_countersigner)
    assert item.awaits_countersignature


def test_outcomes_are_those_of_the_level(cast: Cast):
    assert [step.name for step in outcomes_at(S.PROVINCIAL_DECISION)] == [
        "approve",
        "grant_registration",
        "refuse",
        "send_back",
    ]
    assert outcomes_at(S.IN_REVIEW) == ()


def test_an_application_sent_back_can_be_decided_anew(cast: Cast):
    application, decision = _decided(cast, "send_back")
    actions.countersign(
        decision, outcome="send_back", reason_code="other", reason="r", by=cast.gd_countersigner, at=AT
    )
    again = actions.recommend(application, by=cast.gd_reviewer, at=AT)
    assert actions.decide(again, outcome="approve", by=cast.gd_decider, at=AT).pk != decision.pk
    assert "provincial" in str(decision)
