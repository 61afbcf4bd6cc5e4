"""Truth tables: every person tries every step where it is possible; only those named get through."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction

from openbeian.core.errors import DomainError, NotAllowedError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permissions import may_see
from openbeian.core.standard import Conclusion
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import visible_to
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Round
from openbeian.portal.review import actions as review
from openbeian.portal.review.queries import possible_steps
from openbeian.portal.review.requirements import open_requirements
from openbeian.portal.review.steps import facts_of
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, application_at, filing_at

S = ApplicationStatus
Act = Callable[[Application, User], object]


def _who_gets_through(cast: Cast, act: Callable[[User], object]) -> set[str]:
    allowed = set()
    for name, person in cast.people.items():
        try:
            with transaction.atomic():
                act(person)
                transaction.set_rollback(True)
        except NotAllowedError:
            continue
        allowed.add(name)
    return allowed


def _recommend(application: Application, by: User) -> None:
    met = dict.fromkeys(open_requirements(application), review.Concluded(Conclusion.CONFORMS))
    review.conclude(application, met, by=by, at=AT)
    review.recommend(application, by=by, at=AT)


STEPS: dict[str, tuple[ApplicationStatus, Act, set[str]]] = {
    "submit": (S.DRAFT, lambda a, by: applications.submit(a, by=by, at=AT), {"gd_preparer"}),
    "accept": (S.SUBMITTED, lambda a, by: applications.accept(a, by=by, at=AT), {"gd_intake"}),
    "return_for_correction": (
        S.IN_REVIEW,
        lambda a, by: applications.return_for_correction(
            a, items=[applications.CorrectionItem("x", "y", "other")], by=by, at=AT
        ),
        {"gd_intake", "gd_reviewer"},
    ),
    "order_retest": (
        S.IN_REVIEW,
        lambda a, by: applications.order_retest(a, by=by, at=AT),
        {"gd_reviewer"},
    ),
    "record_retest": (
        S.RETEST,
        lambda a, by: applications.record_retest(a, agrees=True, summary="s", by=by, at=AT),
        {"gd_tester"},
    ),
    "recommend": (S.IN_REVIEW, _recommend, {"gd_reviewer"}),
    "withdraw": (S.IN_REVIEW, lambda a, by: applications.withdraw(a, by=by, at=AT), {"gd_preparer"}),
    "approve": (
        S.PROVINCIAL_DECISION,
        lambda a, by: review.decide(a, outcome="approve", by=by, at=AT),
        {"gd_decider"},
    ),
    "refuse": (
        S.PROVINCIAL_DECISION,
        lambda a, by: review.decide(a, outcome="refuse", reason_code="other", reason="r", by=by, at=AT),
        {"gd_decider"},
    ),
    "send_back": (
        S.PROVINCIAL_DECISION,
        lambda a, by: review.decide(a, outcome="send_back", reason_code="other", reason="r", by=by, at=AT),
        {"gd_decider"},
    ),
    "confirm": (
        S.NATIONAL_DECISION,
        lambda a, by: review.decide(a, outcome="confirm", by=by, at=AT),
        {"national_decider"},
    ),
    "refuse_nationally": (
        S.NATIONAL_DECISION,
        lambda a, by: review.decide(
            a, outcome="refuse_nationally", reason_code="other", reason="r", by=by, at=AT
        ),
        {"national_decider"},
    ),
    "send_back_nationally": (
        S.NATIONAL_DECISION,
        lambda a, by: review.decide(
            a, outcome="send_back_nationally", reason_code="other", reason="r", by=by, at=AT
        ),
        {"national_decider"},
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_only_the_people_of_the_table_take_a_step_and_are_shown_its_button(cast: Cast, step: str):
    status, act, expected = STEPS[step]
    application = application_at(status, cast)
    assert _who_gets_through(cast, lambda person: act(application, person)) == expected
    assert {name for name, person in cast.people.items() if _offers(person, application, step)} == expected


def test_resubmitting_is_the_preparers(cast: Cast):
    application = application_at(S.CORRECTION, cast)
    applications.reply(application.corrections.get(), text="已改", by=cast.gd_preparer, at=AT)
    allowed = _who_gets_through(cast, lambda person: applications.resubmit(application, by=person, at=AT))
    assert allowed == {"gd_preparer"}


@pytest.mark.parametrize(
    ("status", "outcome", "first", "expected"),
    [
        (S.PROVINCIAL_DECISION, "approve", "gd_decider", {"gd_countersigner"}),
        (S.NATIONAL_DECISION, "confirm", "national_decider", {"national_countersigner"}),
    ],
)
def test_only_the_countersigner_of_the_same_office_countersigns(cast: Cast, status, outcome, first, expected):
    application = application_at(status, cast)
    decision = review.decide(application, outcome=outcome, by=getattr(cast, first), at=AT)
    allowed = _who_gets_through(
        cast, lambda person: review.countersign(decision, outcome=outcome, by=person, at=AT)
    )
    assert allowed == expected
    offered = {name for name, person in cast.people.items() if _offers(person, application, outcome)}
    assert offered == expected


def _offers(person: User, application: Application, outcome: str) -> bool:
    return outcome in {step.name for step in possible_steps(person, application)}


def test_only_the_publisher_plans_and_certifies(cast: Cast):
    application = application_at(S.CONFIRMED, cast)

    def plan(person: User) -> Round:
        return filings.plan_round(series=1, name="第一批", held_on=date(2026, 11, 23), by=person, at=AT)

    assert _who_gets_through(cast, plan) == {"publisher"}
    planned = plan(cast.publisher)

    def certify(person: User) -> object:
        return filings.certify_round(
            planned, applications=[application], signer=load_signer(), by=person, at=AT
        )

    assert _who_gets_through(cast, certify) == {"publisher"}


@pytest.mark.parametrize("kind", ["suspend", "revoke", "cancel", "expire"])
def test_only_national_deciders_and_countersigners_take_measures(cast: Cast, kind: str):
    filing = filing_at(cast)

    def propose(person: User) -> object:
        return filings.propose_measure(filing, kind=kind, cause="c", reason_code="other", by=person, at=AT)

    assert _who_gets_through(cast, propose) == {"national_decider"}
    measure = propose(cast.national_decider)

    def countersign(person: User) -> object:
        return filings.countersign_measure(measure, agree=True, by=person, at=AT)

    assert _who_gets_through(cast, countersign) == {"national_countersigner"}


@pytest.mark.parametrize("status", S)
def test_what_may_be_seen_is_what_is_found(cast: Cast, status: ApplicationStatus):
    application = application_at(status, cast)
    for name, person in cast.people.items():
        found = visible_to(person).filter(pk=application.pk).exists()
        assert found == may_see(actor_of(person), facts_of(application)), name


def test_a_colleague_without_any_role_finds_nothing(cast: Cast):
    application_at(S.IN_REVIEW, cast)
    cast.gd_reviewer.memberships.update(roles=[])
    assert not visible_to(cast.gd_reviewer).exists()


def test_every_refusal_says_so_in_both_languages(cast: Cast):
    application = application_at(S.SUBMITTED, cast)
    with pytest.raises(DomainError) as refused:
        applications.accept(application, by=cast.zj_intake, at=AT)
    assert "广东" in refused.value.text.zh or "GD" in refused.value.text.zh
    assert refused.value.text.en.endswith(".")
