"""Whatever people try with petitions and measures, in whatever order: two people, no state without owner."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from openbeian.core.errors import DomainError
from openbeian.core.lifecycle import FILING_STEPS, PETITION_STEPS, ApplicationStatus
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.petitions import PetitionKind
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Filing, Measure
from openbeian.portal.filings.queries import measures_possible
from openbeian.portal.log.models import Entry
from openbeian.portal.petitions import actions
from openbeian.portal.petitions.models import FilingVersion, Petition, PetitionDecision
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, application_at, filing_at

PEOPLE = [
    *("gd_preparer", "gd_reviewer", "gd_decider", "gd_countersigner", "zj_decider"),
    *("national_decider", "national_countersigner", "auditor"),
]
WHY = {"reason": "r", "reason_code": "other"}
WHO = st.sampled_from(PEOPLE)
OUTCOMES = [step.name for step in PETITION_STEPS.values() if step.four_eyes]


class Petitions(RuleBasedStateMachine):
    """People press whatever button; each press succeeds or is refused whole."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self._reload()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    cast: Cast
    filing: Filing
    """Entered once; each example takes back what it did."""

    def _reload(self) -> None:
        self.filing = Filing.objects.get(pk=type(self).filing.pk)

    def _try(self, act, *args, **kwargs) -> None:
        before = self._counts()
        try:
            act(*args, **kwargs, at=AT)
        except DomainError:
            assert before == self._counts()

    def _counts(self) -> tuple[object, ...]:
        self.filing.refresh_from_db()
        return (
            self.filing.status,
            AuditEvent.objects.count(),
            Entry.objects.count(),
            Petition.objects.count(),
        )

    @rule(who=WHO, kind=st.sampled_from(list(PetitionKind)))
    def ask(self, who: str, kind: PetitionKind) -> None:
        by = self.cast.people[who]
        self._try(actions.draw_up, self.filing.application, kind=kind, grounds="g", by=by)
        for petition in Petition.objects.filter(status="drawn_up"):
            self._try(actions.save_grounds, petition, grounds="g", happened_on=AT.date(), by=by)
            self._try(actions.change_entries, petition, {"service.scope": f"新 {petition.pk}"}, by=by)
            self._try(actions.hand_in, petition, by=by)

    @rule(who=WHO, what=st.sampled_from(["put_up", "give_back", "hand_in", "drop"]))
    def handle(self, who: str, what: str) -> None:
        more = WHY if what == "give_back" else {}
        for petition in Petition.objects.all():
            self._try(getattr(actions, what), petition, **more, by=self.cast.people[who])

    @rule(first=WHO, second=WHO, outcome=st.sampled_from(OUTCOMES), other=st.sampled_from(OUTCOMES))
    def decide(self, first: str, second: str, outcome: str, other: str) -> None:
        for petition in Petition.objects.all():
            self._try(actions.decide, petition, outcome=outcome, **WHY, by=self.cast.people[first])
        for decision in PetitionDecision.objects.filter(countersigned_at=None):
            for last in (other, outcome):
                by = self.cast.people[second]
                self._try(actions.countersign, decision, outcome=last, **WHY, signer=load_signer(), by=by)

    @rule(first=WHO, second=WHO, kind=st.sampled_from(["suspend", "reinstate", "revoke"]))
    def measure(self, first: str, second: str, kind: str) -> None:
        why = {"cause": "c", "reason_code": "other"}
        self._try(filings.propose_measure, self.filing, kind=kind, **why, by=self.cast.people[first])
        for one in Measure.objects.filter(countersigned_at=None):
            self._try(filings.countersign_measure, one, agree=True, by=self.cast.people[second])

    @rule()
    def usual_way(self) -> None:
        """Go the usual way of an amendment at once, or chance would hardly ever get far."""
        self.ask("gd_preparer", PetitionKind.AMENDMENT)
        self.handle("gd_reviewer", "put_up")
        self.decide("gd_decider", "gd_countersigner", "grant", "grant")

    @rule()
    def usual_measure(self) -> None:
        """Suspend it at once by the two people whose measure it is."""
        who = "gd" if self.filing.route == "registration" else "national"
        self.measure(f"{who}_decider", f"{who}_countersigner", "suspend")

    @invariant()
    def measures_are_taken_by_two_people_of_the_office_that_put_it_on_file(self) -> None:
        office = "gd_office" if self.filing.route == "registration" else "national_office"
        for measure in Measure.objects.all():
            people = [one for one in (measure.decided_by, measure.countersigned_by) if one is not None]
            assert len(set(people)) == len(people)
            assert {one.memberships.get().organisation for one in people} == {self.cast.organisations[office]}
        waiting = Measure.objects.filter(countersigned_at=None)
        assert all(measures_possible(self._second(office), one.filing) for one in waiting), "it has an owner"

    def _second(self, office: str) -> User:
        return self.cast.people[f"{office.partition('_')[0]}_countersigner"]

    @invariant()
    def nobody_decides_twice(self) -> None:
        for decision in PetitionDecision.objects.exclude(countersigned_by=None):
            assert decision.decided_by_id != decision.countersigned_by_id

    @invariant()
    def every_state_has_an_owner_or_is_final_and_every_version_was_granted(self) -> None:
        for petition in Petition.objects.all():
            owner = PETITION_OWNERS[petition.state]
            assert (owner is None) == (petition.status in {"granted", "rejected", "dropped"})
            assert (petition.due_on is not None) == (owner not in {None, OrganisationKind.PROVIDER})
        for version in FilingVersion.objects.select_related("petition"):
            taken = version.petition.decisions.exclude(countersigned_by=None).values_list(
                "step_taken", flat=True
            )
            assert version.petition.status == "granted"
            assert {"grant", "grant_nationally"} & set(taken)

    @invariant()
    def a_filing_s_status_is_what_the_log_says_last(self) -> None:
        self.filing.refresh_from_db()
        last = Entry.objects.filter(subject=self.filing.number).last()
        assert f'"status":"{self.filing.status}"' in last.body
        assert self.filing.state in {step.target for step in FILING_STEPS.values()}


def _registration(cast: Cast) -> Filing:
    granted = application_at(ApplicationStatus.GRANTED, cast)
    return filings.register(granted, signer=load_signer(), by=cast.gd_publisher, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("on_file", [filing_at, _registration])
def test_two_people_decide_each_petition_and_every_state_has_an_owner(cast: Cast, on_file):
    Petitions.cast, Petitions.filing = cast, on_file(cast)
    run_state_machine_as_test(
        Petitions,
        settings=settings(
            max_examples=2 if on_file is filing_at else 1,
            stateful_step_count=8,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
