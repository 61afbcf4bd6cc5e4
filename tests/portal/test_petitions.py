"""Petitions: asked by a provider, examined by its province, decided by two people, and what follows."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus, FilingStatus, PetitionStatus
from openbeian.core.petitions import NotOpenToPetitionError, PetitionKind, WrongLevelError
from openbeian.core.policy import AlreadyDecidedError, ReasonMissingError
from openbeian.core.roles import Role
from openbeian.portal.accounts.actions import SYSTEM, add_member
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.audit.queries import history_of
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Filing, Measure, RegisterEntry
from openbeian.portal.filings.queries import suspensions_over
from openbeian.portal.log.queries import entries_about
from openbeian.portal.petitions import actions
from openbeian.portal.petitions.checking import IncompletePetitionError
from openbeian.portal.petitions.models import FilingVersion, Petition, PetitionDecision
from openbeian.portal.petitions.queries import (
    decisions_shown_to,
    is_late,
    kinds_open_to,
    open_decision_of,
    petitions_seen_by,
    petitions_waiting_for,
    possible_steps,
    versions_of,
)
from openbeian.portal.review import actions as review
from openbeian.portal.signing import load_signer
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.certificate import parse_certificate
from tests.portal.documents import documents_of
from tests.portal.evidence import evidence_file
from tests.portal.factories import AT, Cast, application_at, filing_at

A, F, K, P = ApplicationStatus, FilingStatus, PetitionKind, PetitionStatus
ON = AT.date()


def _drawn_up(cast: Cast, about: Application, kind: PetitionKind, *, on: date | None = ON) -> Petition:
    petition = actions.draw_up(about, kind=kind, grounds="情况说明。", by=cast.gd_preparer, at=AT)
    if petition.happened_on is None:
        actions.save_grounds(petition, grounds="情况说明。", happened_on=on, by=cast.gd_preparer, at=AT)
    petition.refresh_from_db()
    return petition


def _up(cast: Cast, petition: Petition) -> Petition:
    actions.hand_in(petition, by=cast.gd_preparer, at=AT)
    return actions.put_up(petition, examination="齐全。", by=cast.gd_reviewer, at=AT)


def _decide(cast: Cast, petition: Petition, outcome: str, *, who: str, reason: str = "理由。") -> None:
    decision = actions.decide(
        petition, outcome=outcome, reason_code="other", reason=reason, by=cast.people[f"{who}_decider"], at=AT
    )
    actions.countersign(
        decision,
        outcome=outcome,
        reason_code="other",
        reason=reason,
        signer=load_signer(),
        by=cast.people[f"{who}_countersigner"],
        at=AT,
    )
    petition.refresh_from_db()


def _newcomers(cast: Cast, house: str, who: str) -> None:
    """Let other people decide for an office from now on."""
    for role in (Role.DECIDER, Role.COUNTERSIGNER):
        cast.people[f"{who}_{role.value}"] = add_member(
            cast.organisations[house],
            email=f"{who}-{role.value}@example.com",
            name=f"{who} {role.value}",
            roles=[role],
            by=SYSTEM,
            at=AT,
        )


def _suspend(cast: Cast, filing: Filing, **more) -> Measure:
    measure = filings.propose_measure(
        filing,
        kind="suspend",
        cause="查实。",
        reason_code="incident",
        by=cast.national_decider,
        at=AT,
        **more,
    )
    filings.countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    filing.refresh_from_db()
    return measure


def test_an_amendment_becomes_a_version_on_file_with_history_log_and_a_new_certificate(cast: Cast):
    filing = filing_at(cast)
    old = parse_certificate(canonical(filing.certificate))
    petition = _drawn_up(cast, filing.application, K.AMENDMENT)
    by = cast.gd_preparer
    changes = {"service.name": "小舟新语", "provider.contact_name": "林知夏"}
    actions.change_entries(petition, changes, by=by, at=AT)
    upload = actions.attach(petition, kind="document", name="说明.txt", chunks=[b"x"], by=by, at=AT)
    actions.attach(petition, kind="document", name="说明.txt", chunks=["已更名。".encode()], by=by, at=AT)
    actions.detach(upload, by=by, at=AT)
    petition = _up(cast, petition)
    assert (petition.before, petition.due_on) == ({"service.name": "小舟"}, date(2027, 1, 5))
    with pytest.raises(WrongLevelError):
        actions.decide(petition, outcome="pass_on", by=cast.gd_decider, at=AT)
    _decide(cast, petition, "grant", who="gd")
    filing.refresh_from_db()
    assert petition.state is P.GRANTED
    assert (filing.service_name, filing.state) == ("小舟新语", F.VALID)
    new = parse_certificate(canonical(filing.certificate))
    assert (new.claims.number, new.claims.service.name) == (old.claims.number, "小舟新语")
    assert filing.log_entry.kind == "filing.amended"
    assert new.digest in filing.log_entry.body
    version = versions_of(filing).get()
    assert version.changes == [{"field": "service.name", "before": "小舟", "after": "小舟新语"}]
    assert (version.number, version.log_entry, "v2" in str(version)) == (2, filing.log_entry, True)
    assert RegisterEntry.objects.get(filing=filing).service_name == "小舟新语"
    application = Application.objects.get(filing=filing)
    assert (application.version, application.service_name) == (2, "小舟新语")
    assert "说明.txt" in [one["name"] for one in application.versions.get(number=2).files]
    assert attachments_of(application).filter(name="evidence.jsonl").exists()
    assert history_of(filing).last().kind == "filing.amended"


def test_an_amendment_that_no_certificate_speaks_of_leaves_the_certificate_as_it_is(cast: Cast):
    filing = filing_at(cast)
    before = filing.certificate
    petition = _drawn_up(cast, filing.application, K.AMENDMENT)
    actions.change_entries(petition, {"provider.contact_name": "温如许"}, by=cast.gd_preparer, at=AT)
    _decide(cast, _up(cast, petition), "grant", who="gd")
    filing.refresh_from_db()
    assert (filing.certificate, filing.log_entry.kind) == (before, "filing.certified")
    assert entries_about(filing.number).last().kind == "filing.amended"


def test_another_base_model_needs_new_evidence_the_province_and_then_the_nation(cast: Cast):
    filing = filing_at(cast)
    petition = _drawn_up(cast, filing.application, K.BASE_MODEL_CHANGE)
    by = cast.gd_preparer
    actions.change_entries(petition, {"model.architecture": "混合专家"}, by=by, at=AT)
    with pytest.raises(IncompletePetitionError, match="assessed anew"):
        actions.hand_in(petition, by=by, at=AT)
    for kind, path in evidence_file().items():
        actions.attach(petition, kind=kind, name=f"2-{path.name}", chunks=[path.read_bytes()], by=by, at=AT)
    petition = _up(cast, petition)
    assert petition.report["results"]
    _decide(cast, petition, "pass_on", who="gd")
    assert petition.state is P.AT_NATION
    assert [step.name for step in possible_steps(cast.national_decider, petition)] == [
        "grant_nationally",
        "reject_nationally",
        "look_again_nationally",
    ]
    _decide(cast, petition, "grant_nationally", who="national")
    version = filing.application.versions.last()
    assert version.facts["model.architecture"] == "混合专家"
    new = {"2-evidence.jsonl", "2-head.dsse.json", "2-keys.json"}
    assert {one["name"] for one in version.files} == new | documents_of("filing").keys()


def test_a_cancellation_asked_by_the_provider_is_the_nation_s_to_grant(cast: Cast):
    filing = filing_at(cast)
    petition = _up(cast, _drawn_up(cast, filing.application, K.CANCELLATION, on=ON - timedelta(days=60)))
    assert (petition.state, is_late(petition, ON)) == (P.AT_NATION, True)
    _decide(cast, petition, "grant_nationally", who="national")
    filing.refresh_from_db()
    assert filing.state is F.CANCELLED
    assert entries_about(filing.number).last().kind == "filing.cancel"
    with pytest.raises(NotOpenToPetitionError):
        actions.draw_up(filing.application, kind=K.AMENDMENT, by=cast.gd_preparer, at=AT)


def test_a_refusal_is_looked_at_again_by_other_people_and_the_review_goes_on(cast: Cast):
    application = application_at(A.REFUSED, cast)
    assert kinds_open_to(application, None) == [K.RECONSIDERATION, K.APPEAL]
    petition = _up(cast, _drawn_up(cast, application, K.RECONSIDERATION))
    assert (petition.levels, petition.happened_on, petition.ask_by) == (["provincial"], ON, date(2027, 1, 22))
    with pytest.raises(NotAllowedError):
        actions.decide(petition, outcome="grant", by=cast.gd_decider, at=AT)
    _newcomers(cast, "gd_office", "gd2")
    _decide(cast, petition, "grant", who="gd2")
    application.refresh_from_db()
    assert application.state is A.IN_REVIEW
    assert entries_about(application.reference).last().kind == "application.reopen"


def test_an_appeal_goes_to_the_nation_and_not_after_the_term(cast: Cast):
    application = application_at(A.REFUSED, cast)
    petition = _drawn_up(cast, application, K.APPEAL)
    with pytest.raises(NotNowError, match="2027-01-22"):
        actions.hand_in(petition, by=cast.gd_preparer, at=AT + timedelta(days=70))
    _decide(cast, _up(cast, petition), "reject_nationally", who="national")
    petition.refresh_from_db()
    application.refresh_from_db()
    assert (petition.state, application.state) == (P.REJECTED, A.REFUSED)


def test_a_suspension_is_reinstated_and_a_revocation_restored_by_petition(cast: Cast):
    filing = filing_at(cast)
    _suspend(cast, filing)
    petition = _up(cast, _drawn_up(cast, filing.application, K.REINSTATEMENT))
    waiting = filings.propose_measure(
        filing, kind="revoke", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    with pytest.raises(AlreadyDecidedError, match="measure"):
        _decide(cast, petition, "grant_nationally", who="national")
    filings.countersign_measure(waiting, agree=False, reason="r", by=cast.national_countersigner, at=AT)
    decision = PetitionDecision.objects.get()
    assert decision.countersigned_by is None
    actions.countersign(
        decision, outcome="grant_nationally", signer=load_signer(), by=cast.national_countersigner, at=AT
    )
    filing.refresh_from_db()
    assert filing.state is F.VALID
    revoked = filings.propose_measure(
        filing, kind="revoke", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    filings.countersign_measure(revoked, agree=True, by=cast.national_countersigner, at=AT)
    again = _up(cast, _drawn_up(cast, filing.application, K.RECONSIDERATION))
    _newcomers(cast, "national_office", "n2")
    _decide(cast, again, "grant_nationally", who="n2")
    filing.refresh_from_db()
    assert filing.state is F.VALID
    assert entries_about(filing.number).last().kind == "filing.restore"


def test_a_suspension_ends_by_itself_after_its_last_day_unless_a_measure_waits(cast: Cast):
    filing = filing_at(cast)
    _suspend(cast, filing, until=date(2026, 11, 30))
    assert Measure.objects.get().reason_code == "incident"
    assert filings.lift_suspensions(by=SYSTEM, at=AT + timedelta(days=7)) == []
    late = AT + timedelta(days=8)
    waiting = filings.propose_measure(
        filing, kind="revoke", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    assert filings.lift_suspensions(by=SYSTEM, at=late) == []
    filings.countersign_measure(waiting, agree=False, reason="r", by=cast.national_countersigner, at=AT)
    assert filings.lift_suspensions(by=SYSTEM, at=late) == [filing]
    filing.refresh_from_db()
    assert (filing.state, filing.status_until) == (F.VALID, None)
    assert entries_about(filing.number).last().kind == "filing.lift"
    assert history_of(filing).last().by_id == "system"


def test_a_suspension_that_was_prolonged_just_now_does_not_end(cast: Cast, monkeypatch):
    filing = filing_at(cast)
    _suspend(cast, filing, until=date(2026, 11, 30))
    late = AT + timedelta(days=8)
    found = list(suspensions_over(timezone.localdate(late)))
    assert found == [filing]
    Filing.objects.filter(pk=filing.pk).update(status_until=date(2026, 12, 31))
    monkeypatch.setattr("openbeian.portal.filings.actions.lifting.suspensions_over", lambda _: found)
    assert filings.lift_suspensions(by=SYSTEM, at=late) == []


def test_a_petition_is_returned_completed_and_its_clock_stands_still(cast: Cast):
    filing = filing_at(cast)
    petition = _drawn_up(cast, filing.application, K.CANCELLATION)
    actions.hand_in(petition, by=cast.gd_preparer, at=AT)
    with pytest.raises(ReasonMissingError):
        actions.give_back(petition, reason=" ", by=cast.gd_reviewer, at=AT)
    back = actions.give_back(
        petition, reason="缺说明。", reason_code="incomplete", by=cast.gd_reviewer, at=AT
    )
    assert (back.state, back.due_on, back.return_code) == (P.RETURNED, None, "incomplete")
    later = AT + timedelta(days=7)
    again = actions.hand_in(petition, by=cast.gd_preparer, at=later)
    assert (again.state, again.due_on) == (P.EXAMINED, date(2027, 1, 12))
    assert list(petitions_waiting_for(cast.gd_reviewer)) == [again]
    assert actions.drop(again, by=cast.gd_preparer, at=later).state is P.DROPPED
    assert petition.reference == str(petition)


def test_the_first_outcome_is_hidden_until_the_second_and_disagreement_goes_back(cast: Cast):
    filing = filing_at(cast)
    petition = _up(cast, _drawn_up(cast, filing.application, K.CANCELLATION))
    decision = actions.decide(petition, outcome="grant_nationally", by=cast.national_decider, at=AT)
    assert open_decision_of(petition) == decision
    assert [one.is_hidden for one in decisions_shown_to(cast.national_countersigner, petition)] == [True]
    assert [one.is_hidden for one in decisions_shown_to(cast.national_decider, petition)] == [False]
    assert "grant" not in str(history_of(petition).last().detail)
    shown = [step.name for step in possible_steps(cast.national_countersigner, petition)]
    assert shown[0] == "grant_nationally"
    with pytest.raises(ReasonMissingError):
        _countersign(cast, decision, "reject_nationally", reason="")
    with pytest.raises(BadInputError, match="no outcome"):
        _countersign(cast, decision, "hand_in")
    _countersign(cast, decision, "reject_nationally")
    petition.refresh_from_db()
    assert petition.state is P.EXAMINED
    assert "national" in str(decision)


def _countersign(cast: Cast, decision: PetitionDecision, outcome: str, *, reason: str = "r") -> None:
    actions.countersign(
        decision,
        outcome=outcome,
        reason_code="other",
        reason=reason,
        signer=load_signer(),
        by=cast.national_countersigner,
        at=AT,
    )


def test_the_database_itself_refuses_the_same_person_twice_and_two_petitions_of_a_kind(cast: Cast):
    filing = filing_at(cast)
    petition = _up(cast, _drawn_up(cast, filing.application, K.CANCELLATION))
    actions.decide(petition, outcome="grant_nationally", by=cast.national_decider, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PetitionDecision.objects.update(
            countersigned_by=cast.national_decider, countersigned_at=AT, step_taken="grant_nationally"
        )
    with pytest.raises(NotNowError, match="open already"):
        actions.draw_up(filing.application, kind=K.CANCELLATION, by=cast.gd_preparer, at=AT)
    assert FilingVersion.objects.count() == 0


def test_only_the_provider_s_preparer_asks_and_edits(cast: Cast):
    filing = filing_at(cast)
    petition = _drawn_up(cast, filing.application, K.AMENDMENT)
    for stranger in (cast.zj_preparer, cast.gd_reviewer, cast.auditor):
        by = {"by": stranger, "at": AT}
        for act in (
            lambda by=by: actions.draw_up(filing.application, kind=K.CANCELLATION, **by),
            lambda by=by: actions.save_grounds(petition, grounds="x", **by),
            lambda by=by: actions.attach(petition, kind="document", name="a.txt", chunks=[b"x"], **by),
            lambda by=by: actions.change_entries(petition, {"service.name": "x"}, **by),
            lambda by=by: actions.hand_in(petition, **by),
            lambda by=by: actions.drop(petition, **by),
        ):
            with pytest.raises(NotAllowedError):
                act()


def test_what_is_drawn_up_is_seen_by_its_provider_and_the_auditor_only(cast: Cast):
    petition = _drawn_up(cast, filing_at(cast).application, K.CANCELLATION)
    people = ("gd_preparer", "auditor", "gd_reviewer", "national_decider", "zj_reviewer", "platform")

    def seeing() -> list[str]:
        return [who for who in people if petitions_seen_by(cast.people[who]).exists()]

    assert seeing() == ["gd_preparer", "auditor"]
    actions.hand_in(petition, by=cast.gd_preparer, at=AT)
    assert seeing() == ["gd_preparer", "auditor", "gd_reviewer", "national_decider"]
    cast.gd_preparer.memberships.update(roles=[])
    assert not petitions_seen_by(cast.gd_preparer).exists()


def test_what_can_not_be_asked_is_refused_with_what_to_do(cast: Cast):
    filing = filing_at(cast)
    by = cast.gd_preparer
    petition = _drawn_up(cast, filing.application, K.AMENDMENT, on=None)
    refused = [
        ({"service.latin_name": "Other"}, "apply anew"),
        ({"nothing.here": "x"}, "no entry"),
        ({"service.name": 3}, "a text"),
        ({"service.name": "x" * 20_001}, "too long"),
    ]
    for changes, words in refused:
        with pytest.raises(BadInputError, match=words):
            actions.change_entries(petition, changes, by=by, at=AT)
    with pytest.raises(BadInputError, match="no kind"):
        actions.attach(petition, kind="song", name="a", chunks=[b"x"], by=by, at=AT)
    with pytest.raises(BadInputError, match="longer"):
        actions.save_grounds(petition, grounds="x" * 8001, by=by, at=AT)
    with pytest.raises(BadInputError, match="ahead"):
        actions.save_grounds(petition, grounds="x", happened_on=ON + timedelta(days=1), by=by, at=AT)
    with pytest.raises(IncompletePetitionError, match="which day"):
        actions.hand_in(petition, by=by, at=AT)
    actions.save_grounds(petition, grounds="", happened_on=ON, by=by, at=AT)
    with pytest.raises(IncompletePetitionError, match="grounds"):
        actions.hand_in(petition, by=by, at=AT)
    actions.save_grounds(petition, grounds="x", happened_on=ON, by=by, at=AT)
    with pytest.raises(IncompletePetitionError, match="at least one entry"):
        actions.hand_in(petition, by=by, at=AT)
    actions.change_entries(petition, {"provider.contact_email": "nothing"}, by=by, at=AT)
    with pytest.raises(IncompletePetitionError, match="wrong format"):
        actions.hand_in(petition, by=by, at=AT)
    kept = actions.keep_entry(petition, "provider.contact_email", by=by, at=AT)
    assert kept.changes == {}
    cancelling = _drawn_up(cast, filing.application, K.CANCELLATION)
    with pytest.raises(BadInputError, match="amendment"):
        actions.change_entries(cancelling, {"service.name": "x"}, by=by, at=AT)


def test_what_was_changed_while_it_was_looked_at_is_handed_in_once_more(cast: Cast):
    from openbeian.portal.petitions.checking import check_whole, examined_of

    petition = _drawn_up(cast, filing_at(cast).application, K.AMENDMENT)
    before = examined_of(petition)
    actions.change_entries(petition, {"service.name": "x"}, by=cast.gd_preparer, at=AT)
    petition.refresh_from_db()
    with pytest.raises(IncompletePetitionError, match="once more"):
        check_whole(petition, before)


def test_a_national_refusal_is_reconsidered_by_the_nation_and_not_appealed(cast: Cast):
    application = application_at(A.NATIONAL_DECISION, cast)
    decision = review.decide(
        application,
        outcome="refuse_nationally",
        reason_code="other",
        reason="r",
        by=cast.national_decider,
        at=AT,
    )
    review.countersign(
        decision,
        outcome="refuse_nationally",
        reason_code="other",
        reason="r",
        by=cast.national_countersigner,
        at=AT,
    )
    application.refresh_from_db()
    assert kinds_open_to(application, None) == [K.RECONSIDERATION]
    assert _drawn_up(cast, application, K.RECONSIDERATION).levels == ["national"]
    assert kinds_open_to(SimpleNamespace(state=A.DRAFT, decisions=application.decisions), None) == []
