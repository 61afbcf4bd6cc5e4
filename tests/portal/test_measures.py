"""Measures: suspended, reinstated, revoked; each by two people."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import FILING_STEPS, ApplicationStatus, FilingStatus
from openbeian.core.petitions import PetitionKind
from openbeian.core.policy import ReasonMissingError, WrongRouteError, check_step_now
from openbeian.core.roles import Role
from openbeian.portal.accounts.actions import SYSTEM, add_member
from openbeian.portal.audit.queries import history_of
from openbeian.portal.filings import actions
from openbeian.portal.filings.models import Filing, Measure
from openbeian.portal.filings.queries import facts_of, measures_possible, open_measures
from openbeian.portal.log.queries import entries_about
from openbeian.portal.petitions.actions import draw_up
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, application_at, filing_at
from tests.portal.pages.world import html_of

F = FilingStatus


def _take(filing: Filing, kind: str, cast: Cast, **more) -> Filing:
    measure = actions.propose_measure(
        filing, kind=kind, cause="查实。", reason_code="other", by=cast.national_decider, at=AT, **more
    )
    actions.countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    filing.refresh_from_db()
    return filing


@pytest.mark.parametrize(
    ("kinds", "then"),
    [
        (["suspend"], F.SUSPENDED),
        (["suspend", "reinstate"], F.VALID),
        (["suspend", "revoke"], F.REVOKED),
        (["revoke"], F.REVOKED),
        (["cancel"], F.CANCELLED),
        (["expire"], F.EXPIRED),
    ],
)
def test_measures_lead_where_the_table_says(cast: Cast, kinds, then):
    filing = filing_at(cast)
    for kind in kinds:
        _take(filing, kind, cast)
    assert filing.state is then
    assert [entry.kind for entry in entries_about(filing.number)][1:] == [f"filing.{kind}" for kind in kinds]


def test_nothing_changes_before_the_second_signature(cast: Cast):
    filing = filing_at(cast)
    measure = actions.propose_measure(
        filing, kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    filing.refresh_from_db()
    assert filing.state is F.VALID
    assert list(open_measures(cast.national_countersigner)) == [measure]
    assert list(open_measures(cast.auditor)) == [measure]
    for elsewhere in (cast.gd_decider, cast.gd_preparer, cast.platform):
        assert not open_measures(elsewhere).exists()
    assert entries_about(filing.number).count() == 1
    with pytest.raises(NotNowError):
        actions.propose_measure(
            filing, kind="revoke", cause="c", reason_code="other", by=cast.national_decider, at=AT
        )


def test_who_does_not_agree_says_why_and_nothing_changes(cast: Cast):
    filing = filing_at(cast)
    measure = actions.propose_measure(
        filing, kind="revoke", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    with pytest.raises(ReasonMissingError):
        actions.countersign_measure(measure, agree=False, by=cast.national_countersigner, at=AT)
    actions.countersign_measure(
        measure, agree=False, reason="证据不足", by=cast.national_countersigner, at=AT
    )
    filing.refresh_from_db()
    assert filing.state is F.VALID
    assert history_of(filing).last().kind == "filing.measure_rejected"
    assert not open_measures(cast.national_countersigner).exists()
    with pytest.raises(NotNowError):
        actions.countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)


def test_nobody_countersigns_their_own_measure(cast: Cast):
    nation = cast.organisations["national_office"]
    both = [Role.DECIDER, Role.COUNTERSIGNER]
    add_member(nation, email="national_decider@example.com", name="x", roles=both, by=SYSTEM, at=AT)
    measure = actions.propose_measure(
        filing_at(cast), kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    with pytest.raises(NotAllowedError):
        actions.countersign_measure(measure, agree=True, by=cast.national_decider, at=AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"countersigned_at": AT},
        {"agreed": True},
        {"kind": "forget"},
    ],
)
def test_the_database_itself_refuses_half_and_unknown_measures(cast: Cast, changes):
    actions.propose_measure(
        filing_at(cast), kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.update(**changes)


def test_the_database_itself_refuses_the_same_person_twice(cast: Cast):
    measure = actions.propose_measure(
        filing_at(cast), kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(
            countersigned_by=cast.national_decider, countersigned_at=AT, agreed=True
        )


def test_a_suspension_may_have_an_end_and_it_is_public(cast: Cast):
    filing = _take(filing_at(cast), "suspend", cast, until=date(2027, 1, 31))
    assert filing.status_until == date(2027, 1, 31)
    assert "2027-01-31" in entries_about(filing.number).last().body
    assert _take(filing, "reinstate", cast).status_until is None


@pytest.mark.parametrize(("kind", "until"), [("suspend", date(2026, 11, 23)), ("revoke", date(2027, 1, 31))])
def test_an_end_that_makes_no_sense_is_refused(cast: Cast, kind, until):
    with pytest.raises(BadInputError):
        actions.propose_measure(
            filing_at(cast),
            kind=kind,
            cause="c",
            reason_code="other",
            until=until,
            by=cast.national_decider,
            at=AT,
        )


def test_a_measure_needs_a_cause_a_name_and_the_right_status(cast: Cast):
    filing = filing_at(cast)
    with pytest.raises(ReasonMissingError):
        actions.propose_measure(filing, kind="suspend", by=cast.national_decider, at=AT)
    with pytest.raises(BadInputError, match="no measure"):
        actions.propose_measure(
            filing, kind="forget", cause="c", reason_code="other", by=cast.national_decider, at=AT
        )
    with pytest.raises(NotNowError):
        actions.propose_measure(
            filing, kind="reinstate", cause="c", reason_code="other", by=cast.national_decider, at=AT
        )
    measure = actions.propose_measure(
        filing, kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    assert "suspend" in str(measure)


def test_a_registration_is_its_provinces_from_the_measure_to_the_reconsideration(cast: Cast):
    registration = actions.register(
        application_at(ApplicationStatus.GRANTED, cast),
        signer=load_signer(),
        by=cast.gd_publisher,
        at=AT,
    )
    for other in (cast.national_decider, cast.zj_decider, cast.gd_countersigner, cast.gd_reviewer):
        with pytest.raises(NotAllowedError):
            actions.propose_measure(
                registration, kind="suspend", cause="c", reason_code="other", by=other, at=AT
            )
    national = FILING_STEPS["suspend"]
    with pytest.raises(WrongRouteError):
        check_step_now(facts_of(registration), national, reason="c")
    measure = actions.propose_measure(
        registration, kind="suspend", cause="查实。", reason_code="other", by=cast.gd_decider, at=AT
    )
    assert list(open_measures(cast.gd_countersigner)) == [measure]
    for other in (cast.national_countersigner, cast.zj_countersigner):
        assert not open_measures(other).exists()
        with pytest.raises(NotAllowedError):
            actions.countersign_measure(measure, agree=True, by=other, at=AT)
    actions.countersign_measure(measure, agree=True, by=cast.gd_countersigner, at=AT)
    registration.refresh_from_db()
    assert registration.state is F.SUSPENDED
    office = str(cast.organisations["gd_office"].pk)
    assert {e.organisation_id for e in history_of(registration) if "measure" in e.kind} == {office}
    asked = draw_up(registration.application, kind=PetitionKind.RECONSIDERATION, by=cast.gd_preparer, at=AT)
    assert asked.levels == ["provincial"]
    assert [step.name for step in measures_possible(cast.gd_decider, registration)] == [
        "reinstate",
        "revoke",
        "cancel",
        "expire",
    ]


def test_measures_are_found_by_words_and_the_open_ones_are_not_told_to_the_provider(
    cast: Cast, client: Client
):
    filing = filing_at(cast)
    actions.propose_measure(
        filing, kind="suspend", cause="保密事由", reason_code="other", by=cast.national_decider, at=AT
    )
    client.force_login(cast.national_countersigner)
    assert "待会签的措施" in html_of(client.get("/filings/"))
    for words, count in ((filing.number.lower(), 2), ("小舟", 2), ("别家", 1), ("", 2)):
        page = html_of(client.get("/filings/", {"q": words}))
        assert page.count(f"/filings/{filing.number}/") == count, words
    assert "保密事由" in html_of(client.get(f"/filings/{filing.number}/"))
    client.force_login(cast.gd_preparer)
    page = html_of(client.get(f"/filings/{filing.number}/"))
    assert "保密事由" not in page
    assert "由国家网信办的决定人提出" in page
    assert "待会签的措施" not in html_of(client.get("/filings/"))
