"""Whatever people try, in whatever order: nothing is certified unreviewed, nobody decides twice."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from openbeian.core.errors import DomainError
from openbeian.core.lifecycle import APPLICATION_STEPS, OWNERS, ApplicationStatus, is_final
from openbeian.core.roles import OrganisationKind
from openbeian.core.standard import Conclusion
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application, Correction
from openbeian.portal.applications.standing import build_standing
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Filing
from openbeian.portal.log.models import Entry
from openbeian.portal.review import actions as review
from openbeian.portal.review.models import Decision
from openbeian.portal.review.queries import officers_for
from openbeian.portal.review.requirements import open_requirements
from openbeian.portal.signing import load_signer
from tests.portal.factories import _WAYS, AT, BASE, Cast, application_at, build_cast

S = ApplicationStatus
WHY = {"reason": "r", "reason_code": "other"}
DECISIONS = [step.name for step in APPLICATION_STEPS.values() if step.four_eyes]
PEOPLE = [
    *("gd_preparer", "zj_preparer", "gd_intake", "gd_reviewer", "gd_tester", "gd_decider"),
    *("gd_countersigner", "national_decider", "national_countersigner", "publisher", "auditor"),
]


ROUTES = {"filing": {}, "registration": {"model__origin": "called", "model__base_number": BASE}}


class Lifecycle(RuleBasedStateMachine):
    """People press whatever button, one after another; each press succeeds or is refused whole."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize(route=st.sampled_from(["filing", "filing", "registration"]))
    def begin(self, route: str) -> None:
        self.cast: Cast = build_cast()
        self.application: Application = application_at(S.DRAFT, self.cast, **ROUTES[route])

    def _try(self, act, *args, **kwargs) -> None:
        before = (self._status(), AuditEvent.objects.count(), Entry.objects.count())
        try:
            act(*args, **kwargs, at=AT)
        except DomainError:
            assert before == (self._status(), AuditEvent.objects.count(), Entry.objects.count())

    def _status(self) -> ApplicationStatus:
        self.application.refresh_from_db()
        return self.application.state

    @rule(
        step=st.sampled_from(["submit", "resubmit", "accept", "order_retest"]),
        who=st.sampled_from(PEOPLE),
    )
    def take(self, step: str, who: str) -> None:
        self._try(getattr(applications, step), self.application, by=self.cast.people[who])

    @rule(who=st.sampled_from(PEOPLE))
    def recommend(self, who: str) -> None:
        self._try(review.recommend, self.application, by=self.cast.people[who])

    @rule(who=st.sampled_from(PEOPLE), which=st.sampled_from(["A01", "A19", ""]))
    def conclude(self, who: str, which: str) -> None:
        ids = [which] if which else open_requirements(self.application)
        met = dict.fromkeys(ids, review.Concluded(Conclusion.CONFORMS))
        self._try(review.conclude, self.application, met, by=self.cast.people[who])

    @rule(who=st.sampled_from(PEOPLE), count=st.integers(0, 2))
    def send_back(self, who: str, count: int) -> None:
        items = [applications.CorrectionItem("x", "y", "other")] * count
        self._try(applications.return_for_correction, self.application, items=items, by=self.cast.people[who])

    @rule(who=st.sampled_from(PEOPLE))
    def record(self, who: str) -> None:
        self._try(
            applications.record_retest, self.application, agrees=True, summary="s", by=self.cast.people[who]
        )

    @rule(who=st.sampled_from(PEOPLE), data=st.data())
    def answer_or_close(self, who: str, data) -> None:
        corrections = list(Correction.objects.all())
        if corrections:
            correction = data.draw(st.sampled_from(corrections))
            self._try(applications.reply, correction, text="已改", by=self.cast.people[who])
            self._try(applications.close_correction, correction, by=self.cast.people[who])

    @rule(who=st.sampled_from(PEOPLE), outcome=st.sampled_from(DECISIONS))
    def decide(self, who: str, outcome: str) -> None:
        self._try(review.decide, self.application, outcome=outcome, **WHY, by=self.cast.people[who])

    @rule(who=st.sampled_from(PEOPLE), outcome=st.sampled_from(DECISIONS))
    def countersign(self, who: str, outcome: str) -> None:
        decision = Decision.objects.last()
        if decision is not None:
            self._try(review.countersign, decision, outcome=outcome, **WHY, by=self.cast.people[who])

    @rule()
    def certify(self) -> None:
        if self._status() is S.CONFIRMED:
            _WAYS[S.CERTIFIED][-1](self.application, self.cast, "gd", AT)

    @rule(who=st.sampled_from([*PEOPLE, "gd_publisher", "zj_publisher"]))
    def register(self, who: str) -> None:
        self._try(filings.register, self.application, signer=load_signer(), by=self.cast.people[who])

    @rule(to=st.sampled_from([S.IN_REVIEW, S.PROVINCIAL_DECISION, S.NATIONAL_DECISION, S.CONFIRMED]))
    def leap(self, to: ApplicationStatus) -> None:
        """Go a stretch of the usual way at once, or chance would hardly ever get far."""
        is_registration = self.application.route == "registration"
        for step in _WAYS[S.GRANTED if is_registration and to is S.CONFIRMED else to]:
            try:
                with transaction.atomic():
                    step(self.application, self.cast, "gd", AT)
            except DomainError:
                pass

    @invariant()
    def nothing_is_certified_unreviewed(self) -> None:
        if not hasattr(self, "application"):
            return
        needed = {"approve": "provincial", "confirm": "national"}
        if self.application.route == "registration":
            needed = {"grant_registration": "provincial"}
        if Filing.objects.exists() or self._status() in {S.CONFIRMED, S.GRANTED}:
            taken = dict(Decision.objects.exclude(countersigned_by=None).values_list("step_taken", "level"))
            assert needed.items() <= taken.items()
            assert Filing.objects.count() <= 1
            assert self.application.versions.exclude(recommended_by=None).exists()
            assert open_requirements(self.application) == []

    @invariant()
    def nobody_decides_twice(self) -> None:
        for decision in Decision.objects.exclude(countersigned_by=None):
            assert decision.decided_by_id != decision.countersigned_by_id
        national = {d.decided_by_id for d in Decision.objects.filter(level="national")}
        provincial = {d.decided_by_id for d in Decision.objects.filter(level="provincial")}
        assert not national & provincial

    @invariant()
    def every_status_has_an_owner_or_is_final_and_the_page_says_who(self) -> None:
        if not hasattr(self, "application"):
            return
        owner = OWNERS[self._status()]
        assert (owner is None) == is_final(self._status())
        standing = build_standing(self.application, on=AT.date())
        assert (standing.owner is None) == (owner is None)
        assert standing.since == self.application.status_since
        assert standing.next_step.zh
        is_office_s = owner not in {None, OrganisationKind.PROVIDER}
        assert (standing.due is not None) == is_office_s, self._status()
        if is_office_s:
            assert officers_for(self.application), "an office has somebody who can go on"


@pytest.mark.django_db
def test_nothing_is_certified_unreviewed_and_nobody_decides_twice():
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
