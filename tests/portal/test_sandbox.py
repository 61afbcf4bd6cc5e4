"""Sandbox permits in the portal: two officers, trail, log, snapshot and the gate that reads it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permits import AlreadyFiledError, NotNarrowerError, PermitState, PermitUse
from openbeian.core.policy import ReasonMissingError
from openbeian.core.roles import Role
from openbeian.portal.accounts.actions import SYSTEM, add_member
from openbeian.portal.audit.queries import history_of
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.models import Entry
from openbeian.portal.log.queries import entries_about
from openbeian.portal.log.snapshots import is_due
from openbeian.portal.sandbox import actions
from openbeian.portal.sandbox.models import Permit, PermitDecision
from openbeian.portal.sandbox.queries import (
    granted_permits,
    open_to_permit,
    permits_concerning,
    snapshot_permits,
    state_of,
)
from openbeian.portal.sandbox.standing import can_do
from openbeian_gate.client import SnapshotClient
from openbeian_gate.gate import Gate
from openbeian_gate.policy import Visitor
from openbeian_gate.refusals import NotATesterError, PermitEndedError, PermitFullError, UseNotPermittedError
from openbeian_gate.verify.keys import load_keys
from tests.portal.factories import AT, Cast
from tests.portal.permits import TERMS, ask, draft, grant, granted

S = ApplicationStatus
DAY = timedelta(days=1)


def test_a_permit_is_asked_for_granted_limited_and_ended_with_every_step_on_record(cast: Cast):
    permit = ask(cast)
    assert (permit.number, permit.status, permit.named) == ("", "asked", 1)
    assert entries_about(permit.number).count() == 0
    permit = grant(cast, permit, office_testers=["officer-1"])
    assert permit.number == "Guangdong-SP202611230001"
    assert permit.named == 2
    permit = actions.limit_permit(
        permit,
        uses=[PermitUse.TRIAL],
        trial_users=2,
        ends_on=date(2026, 12, 1),
        reason="出现投诉。",
        by=cast.gd_countersigner,
        at=AT,
    )
    permit = actions.end_permit(permit, reason="提供者改了用途。", by=cast.gd_decider, at=AT)
    assert state_of(permit, at=AT) is PermitState.ENDED
    assert [event.kind for event in history_of(permit)] == [
        f"permit.{step}" for step in ("asked", "decided", "granted", "limited", "ended")
    ]
    assert [event.by_id for event in history_of(permit)] == [
        who.audit_id
        for who in (
            cast.gd_preparer,
            cast.gd_decider,
            cast.gd_countersigner,
            cast.gd_countersigner,
            cast.gd_decider,
        )
    ]
    logged = list(entries_about(permit.number))
    assert [entry.kind for entry in logged] == ["permit.granted", "permit.limited", "permit.ended"]
    assert '"testers":2' in logged[0].body
    assert '"trial_users":2' in logged[1].body


def test_neither_the_log_nor_the_database_names_a_tester_and_the_log_no_purpose(cast: Cast):
    permit = granted(cast, testers=["zhang.san@example.com"])
    assert "商业秘密" in permit.purpose
    for entry in Entry.objects.all():
        assert "zhang" not in entry.body
        assert "商业秘密" not in entry.body
    stored = [str(value) for value in Permit.objects.values_list().get()]
    assert not [value for value in stored if "zhang" in value]


@pytest.mark.parametrize(
    "changes",
    [
        {"uses": []},
        {"testers": [], "trial_users": 0},
        {"begins_on": date(2026, 11, 22)},
        {"ends_on": date(2027, 11, 22)},
        {"gates": 5},
        {"purpose": "  "},
        {"testers": ["t" * 257]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_may_not_be_asked_for_leaves_nothing_behind(cast: Cast, changes):
    with pytest.raises(BadInputError):
        ask(cast, **changes)
    assert not Permit.objects.exists()


def test_only_a_service_that_is_not_on_file_takes_a_permit(cast: Cast):
    certified = draft(cast, S.CERTIFIED)
    with pytest.raises(AlreadyFiledError):
        ask(cast, certified)
    assert certified not in open_to_permit(cast.gd_preparer)
    confirmed = draft(cast, S.CONFIRMED)
    permit = ask(cast, confirmed)
    assert confirmed in open_to_permit(cast.gd_preparer)
    actions.decide_permit(permit, grants=True, reason="可控。", by=cast.gd_decider, at=AT)
    confirmed.status = S.CERTIFIED.value  # as a round does, between the two signatures
    confirmed.save(update_fields=["status"])
    with pytest.raises(AlreadyFiledError):
        actions.countersign_permit(permit, agree=True, by=cast.gd_countersigner, at=AT)


def test_only_the_provinces_officers_decide_and_never_one_person_twice(cast: Cast):
    permit = ask(cast)
    for who in (cast.zj_decider, cast.gd_countersigner, cast.national_decider, cast.gd_preparer):
        with pytest.raises(NotAllowedError):
            actions.decide_permit(permit, grants=True, reason="r", by=who, at=AT)
    with pytest.raises(NotNowError):
        actions.countersign_permit(permit, agree=True, by=cast.gd_countersigner, at=AT)
    both = add_member(
        cast.organisations["gd_office"],
        email="both@example.com",
        name="both",
        roles=[Role.DECIDER, Role.COUNTERSIGNER],
        by=SYSTEM,
        at=AT,
    )
    actions.decide_permit(permit, grants=True, reason="r", by=both, at=AT)
    with pytest.raises(NotNowError):
        actions.decide_permit(permit, grants=False, reason="r", by=cast.gd_decider, at=AT)
    for who in (both, cast.zj_countersigner, cast.gd_decider):
        with pytest.raises(NotAllowedError):
            actions.countersign_permit(permit, agree=True, by=who, at=AT)
    assert can_do(both, permit, at=AT) == frozenset()
    assert can_do(cast.gd_countersigner, permit, at=AT) == {"countersign"}
    permit = actions.countersign_permit(permit, agree=True, by=cast.gd_countersigner, at=AT)
    for who in (cast.zj_decider, cast.gd_reviewer, cast.gd_preparer, cast.national_decider):
        with pytest.raises(NotAllowedError):
            actions.end_permit(permit, reason="r", by=who, at=AT)
        with pytest.raises(NotAllowedError):
            actions.limit_permit(
                permit, uses=[], trial_users=0, ends_on=permit.ends_on, reason="r", by=who, at=AT
            )
    assert can_do(cast.gd_decider, permit, at=AT) == {"restrict"}


@pytest.mark.parametrize("agreed", [True, False, None])
def test_the_database_itself_refuses_one_person_twice(cast: Cast, agreed):
    permit = ask(cast)
    decision = actions.decide_permit(permit, grants=True, reason="r", by=cast.gd_decider, at=AT)
    by = cast.gd_decider if agreed is not None else None
    with pytest.raises(IntegrityError), transaction.atomic():
        PermitDecision.objects.filter(pk=decision.pk).update(
            agreed=agreed, countersigned_by=by, countersigned_at=AT
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        PermitDecision.objects.create(
            permit=permit, grants=True, reason="r", decided_by=cast.gd_countersigner, decided_at=AT
        )
    for changes in ({"status": "granted"}, {"status": "lost"}, {"number": "X"}, {"ended_at": AT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Permit.objects.filter(pk=permit.pk).update(**changes)


def test_a_refusal_takes_two_as_well_and_what_is_not_agreed_is_decided_anew(cast: Cast):
    permit = ask(cast)
    actions.decide_permit(permit, grants=True, reason="r", by=cast.gd_decider, at=AT)
    with pytest.raises(ReasonMissingError):
        actions.countersign_permit(permit, agree=False, by=cast.gd_countersigner, at=AT)
    permit = actions.countersign_permit(
        permit, agree=False, reason="人数过多。", by=cast.gd_countersigner, at=AT
    )
    assert permit.status == "asked"
    with pytest.raises(ReasonMissingError):
        actions.decide_permit(permit, grants=False, reason=" ", by=cast.gd_decider, at=AT)
    actions.decide_permit(permit, grants=False, reason="风险未控。", by=cast.gd_decider, at=AT)
    permit = actions.countersign_permit(permit, agree=True, by=cast.gd_countersigner, at=AT)
    assert permit.status == "refused"
    assert not Entry.objects.filter(kind__startswith="permit.").exists()
    assert list(granted_permits()) == []
    with pytest.raises(NotNowError):
        actions.end_permit(permit, reason="r", by=cast.gd_decider, at=AT)


def test_what_was_asked_for_can_be_withdrawn_until_it_is_decided(cast: Cast):
    permit = ask(cast)
    actions.decide_permit(permit, grants=True, reason="r", by=cast.gd_decider, at=AT)
    with pytest.raises(NotAllowedError):
        actions.withdraw_permit(permit, by=cast.zj_preparer, at=AT)
    permit = actions.withdraw_permit(permit, by=cast.gd_preparer, at=AT)
    for step in (
        lambda: actions.withdraw_permit(permit, by=cast.gd_preparer, at=AT),
        lambda: actions.countersign_permit(permit, agree=True, by=cast.gd_countersigner, at=AT),
    ):
        with pytest.raises(NotNowError):
            step()


def test_a_permit_is_never_widened_and_a_late_signature_grants_nothing_gone_by(cast: Cast):
    permit = granted(cast)
    for changes in ({"trial_users": 5}, {"ends_on": date(2027, 1, 1)}, {}):
        terms = {"uses": TERMS["uses"], "trial_users": 4, "ends_on": permit.ends_on} | changes
        with pytest.raises(NotNarrowerError):
            actions.limit_permit(permit, **terms, reason="r", by=cast.gd_decider, at=AT)
    late = ask(cast, permit.application, ends_on=date(2026, 11, 24))
    actions.decide_permit(late, grants=True, reason="r", by=cast.gd_decider, at=AT)
    with pytest.raises(BadInputError):
        actions.countersign_permit(late, agree=True, by=cast.gd_countersigner, at=AT + 5 * DAY)


def test_a_permit_is_read_whole_by_those_concerned_only(cast: Cast):
    permit = ask(cast)
    for who in (cast.gd_preparer, cast.gd_intake, cast.national_decider, cast.auditor):
        assert list(permits_concerning(who)) == [permit]
    for who in (cast.zj_preparer, cast.zj_decider, cast.platform, cast.administrator):
        assert list(permits_concerning(who)) == []


def test_days_are_days_in_china(cast: Cast):
    permit = granted(cast, ends_on=date(2026, 11, 23))
    (listed,) = snapshot_permits(at=AT)
    assert listed.begins_at == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert listed.ends_at == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert state_of(permit, at=datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) is PermitState.ACTIVE
    assert state_of(permit, at=datetime(2026, 11, 23, 16, tzinfo=UTC)) is PermitState.EXPIRED


def test_what_has_ended_stays_in_the_snapshot_for_a_while(cast: Cast):
    permit = granted(cast, ends_on=date(2026, 12, 1))
    ends = datetime(2026, 12, 1, 4, tzinfo=UTC)
    assert [one.number for one in snapshot_permits(at=ends + 90 * DAY)] == [permit.number]
    assert list(snapshot_permits(at=ends + 91 * DAY)) == []
    actions.end_permit(permit, reason="r", by=cast.gd_decider, at=AT)
    assert [one.is_ended for one in snapshot_permits(at=AT + 90 * DAY)] == [True]
    assert list(snapshot_permits(at=AT + 91 * DAY)) == []


@pytest.mark.django_db(transaction=True)
def test_a_gate_goes_by_what_was_granted_and_learns_of_an_early_end(transactional_db, home, cast: Cast):
    permit = grant(cast, ask(cast), office_testers=["officer-1"])
    log = open_for_publishing()
    publish_everything(log, at=AT)
    public = home / "public"
    client = SnapshotClient(public / "snapshot.json", load_keys(public / "keys.json"))
    assert client.refresh(AT)
    gate, service = Gate(client), permit.service_id
    for user in ("tester-1", "officer-1", "anybody", "somebody"):
        assert gate.admit(service, AT, Visitor(user, "trial")).permit == permit.number
    for user, use, error in (
        ("one more", "trial", PermitFullError),  # four trial users among two gates
        ("tester-1", "internal", UseNotPermittedError),
        ("", "trial", NotATesterError),
    ):
        with pytest.raises(error):
            gate.admit(service, AT, Visitor(user, use))
    assert not is_due(at=AT)
    actions.end_permit(permit, reason="r", by=cast.gd_decider, at=AT)
    assert is_due(at=AT)
    publish_everything(log, at=AT)
    assert client.refresh(AT)
    with pytest.raises(PermitEndedError):
        gate.admit(service, AT, Visitor("tester-1", "trial"))
    assert gate.trials.counts() == {}
