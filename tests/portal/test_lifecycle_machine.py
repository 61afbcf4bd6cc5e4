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
from openbeian.core.lifecycle import APPLICATION_STEPS, OWNERS, ApplicationStatus
from openbeian.core.standard import Conclusion
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application, Correction
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import Filing
from openbeian.portal.log.models import Entry
from openbeian.portal.review import actions as review
from openbeian.portal.review.models import Decision
from openbeian.portal.review.requirements import open_requirements
from tests.portal.factories import _WAYS, AT, Cast, application_at, build_cast

S = ApplicationStatus
DECISIONS = [step.name for step in APPLICATION_STEPS.values() if step.four_eyes]
PEOPLE = [
    *("gd_preparer", "zj_preparer", "gd_intake", "gd_reviewer", "gd_tester", "gd_decider"),
    *("gd_countersigner", "national_decider", "national_countersigner", "publisher", "auditor"),
]


class Lifecycle(RuleBasedStateMachine):
    """People press whatever button, one after another; each press succeeds or is refused whole."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.cast: Cast = build_cast()
        self.application: Application = application_at(S.DRAFT, self.cast)

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
        items = [("x", "y")] * count
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
        self._try(review.decide, self.application, outcome=outcome, reason="r", by=self.cast.people[who])

    @rule(who=st.sampled_from(PEOPLE), outcome=st.sampled_from(DECISIONS))
    def countersign(self, who: str, outcome: str) -> None:
        decision = Decision.objects.last()
        if decision is not None:
            self._try(review.countersign, decision, outcome=outcome, reason="r", by=self.cast.people[who])

    @rule()
    def certify(self) -> None:
        if self._status() is S.CONFIRMED:
            _WAYS[S.CERTIFIED][-1](self.application, self.cast, "gd", AT)

    @rule(to=st.sampled_from([S.IN_REVIEW, S.PROVINCIAL_DECISION, S.NATIONAL_DECISION, S.CONFIRMED]))
    def leap(self, to: ApplicationStatus) -> None:
        """Go a stretch of the usual way at once, or chance would hardly ever get far."""
        for step in _WAYS[to]:
            try:
                with transaction.atomic():
                    step(self.application, self.cast, "gd", AT)
            except DomainError:
                pass

    @invariant()
    def nothing_is_certified_unreviewed(self) -> None:
        if not hasattr(self, "application"):
            return
        confirmed = {"approve": "provincial", "confirm": "national"}
        if Filing.objects.exists() or self._status() is S.CONFIRMED:
            taken = dict(Decision.objects.values_list("step_taken", "level"))
            assert confirmed.items() <= taken.items()
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
    def every_status_has_an_owner_or_is_final(self) -> None:
        if hasattr(self, "application"):
            assert self._status() in OWNERS


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
