"""Petitions are given to people, wait in a queue with the legal term, and say where they stand."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.petitions import PetitionKind
from openbeian.portal.audit.queries import history_of
from openbeian.portal.petitions import actions
from openbeian.portal.petitions.models import Petition, PetitionAssignment
from openbeian.portal.petitions.officers import assignment_of, officers_for
from openbeian.portal.petitions.queue import PetitionFilters, petition_queue
from openbeian.portal.petitions.standing import standing_of
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, application_at, filing_at
from tests.portal.pages.world import html_of

K = PetitionKind
ON = AT.date()


def _handed_in(cast: Cast, kind: PetitionKind = K.AMENDMENT, **more) -> Petition:
    by = cast.gd_preparer
    made = actions.draw_up(filing_at(cast, **more).application, kind=kind, grounds="说明。", by=by, at=AT)
    if kind is K.AMENDMENT:
        actions.change_entries(made, {"service.scope": "面向成年公众。"}, by=by, at=AT)
    actions.save_grounds(made, grounds="说明。", happened_on=ON, by=by, at=AT)
    return actions.hand_in(made, by=by, at=AT)


def _queue(user, on: date = ON, **filters):
    return petition_queue(user, filters=PetitionFilters(**filters), number=1, on=on).items


def test_a_petition_is_taken_given_and_handed_back_by_the_office_that_has_it(cast: Cast):
    petition = _handed_in(cast, K.CANCELLATION)
    assert officers_for(petition) == sorted([cast.gd_intake, cast.gd_reviewer], key=lambda one: one.name)
    for who in (cast.gd_preparer, cast.zj_reviewer, cast.gd_decider, cast.auditor):
        with pytest.raises(NotAllowedError):
            actions.assign(petition, officer=cast.gd_reviewer, by=who, at=AT)
    with pytest.raises(BadInputError, match="can't work on this now"):
        actions.assign(petition, officer=cast.gd_decider, by=cast.gd_reviewer, at=AT)
    given = actions.assign(petition, officer=cast.gd_intake, by=cast.gd_reviewer, at=AT)
    assert "gd_intake" in str(given)
    actions.assign(petition, officer=cast.gd_reviewer, by=cast.gd_reviewer, at=AT)
    assert assignment_of(petition).officer == cast.gd_reviewer
    actions.hand_back(petition, by=cast.gd_intake, at=AT)
    with pytest.raises(NotNowError, match="nothing is handed back"):
        actions.hand_back(petition, by=cast.gd_intake, at=AT)
    assert [e.kind for e in history_of(petition)][-3:] == [
        "petition.assigned",
        "petition.assigned",
        "petition.handed_back",
    ]
    up = actions.put_up(petition, by=cast.gd_reviewer, at=AT)
    assert officers_for(up) == [cast.national_countersigner, cast.national_decider]
    actions.assign(up, officer=cast.national_countersigner, by=cast.national_countersigner, at=AT)
    assert [one.level for one in petition.assignments.all()] == ["national"]
    with pytest.raises(IntegrityError), transaction.atomic():
        PetitionAssignment.objects.update(level="local")


def test_with_the_provider_or_over_nobody_of_an_office_has_it(cast: Cast):
    petition = _handed_in(cast)
    actions.give_back(petition, reason="缺。", reason_code="incomplete", by=cast.gd_reviewer, at=AT)
    petition.refresh_from_db()
    assert officers_for(petition) == []
    assert assignment_of(petition) is None
    with pytest.raises(NotNowError, match="No office has this petition"):
        actions.assign(petition, officer=cast.gd_reviewer, by=cast.gd_reviewer, at=AT)


def test_the_queue_is_filtered_and_what_is_due_first_comes_first(cast: Cast):
    first, other = _handed_in(cast), _handed_in(cast, K.CANCELLATION, service__latin_name="Other")
    Petition.objects.filter(pk=first.pk).update(due_on=ON - timedelta(days=3))
    actions.assign(first, officer=cast.gd_reviewer, by=cast.gd_reviewer, at=AT)
    assert [one.petition for one in _queue(cast.gd_reviewer)] == [first, other]
    (late,) = _queue(cast.gd_reviewer, overdue=True)
    assert (late.petition, late.is_overdue, late.over, late.officer) == (first, True, 1, "gd_reviewer")
    (free,) = _queue(cast.gd_reviewer, whose="nobody")
    assert (free.petition, free.is_overdue, free.left, free.due_on) == (other, False, 30, other.due_on)
    assert "amendment" in free.term.en
    assert [one.petition for one in _queue(cast.gd_reviewer, whose="mine")] == [first]
    assert [one.petition for one in _queue(cast.gd_reviewer, kind="cancellation")] == [other]
    assert _queue(cast.gd_reviewer, status="at_nation") == []
    assert _queue(cast.zj_reviewer) == []
    asked = PetitionFilters.of(QueryDict("kind=amendment&status=nonsense&whose=mine&overdue=1"))
    assert asked.query == "kind=amendment&whose=mine&overdue=1"
    assert PetitionFilters.of(QueryDict("")).query == ""


def test_the_queue_is_read_in_as_many_queries_however_long_it_is(cast: Cast, client: Client):
    _handed_in(cast)
    client.force_login(cast.gd_reviewer)
    with CaptureQueriesContext(connection) as one:
        assert client.get("/petitions/").status_code == 200
    for name in ("B", "C", "D"):
        _handed_in(cast, K.CANCELLATION, service__latin_name=name)
    with CaptureQueriesContext(connection) as four:
        assert client.get("/petitions/").status_code == 200
    assert len(four) == len(one)


def test_the_page_says_who_has_it_since_when_what_is_next_and_by_when(cast: Cast, client: Client):
    petition = _handed_in(cast)
    standing = standing_of(petition, on=ON + timedelta(days=7))
    assert (standing.owner.zh, standing.workdays, standing.left) == ("省级网信办（广东）", 5, 25)
    address = f"/petitions/{petition.reference}/"
    client.force_login(cast.gd_reviewer)
    client.post(f"{address}take/")
    assert "gd_reviewer 办理" in html_of(client.get(address))
    client.post(f"{address}assign/", {"officer": cast.gd_intake.pk})
    assert client.post(f"{address}assign/", {"officer": cast.gd_decider.pk}).status_code == 403
    html = html_of(client.get("/petitions/?whose=nobody"))
    assert "没有符合条件的待办" in html
    assert "gd_intake" in html_of(client.get("/petitions/"))
    client.post(f"{address}hand-back/")
    assert "尚未分派" in html_of(client.get(address))
    client.force_login(cast.gd_preparer)
    html = html_of(client.get(address))
    assert "省级网信办（广东）" in html
    assert str(petition.due_on) in html
    assert "gd_intake" not in html
    assert "分派" not in html


def test_a_provider_reads_why_a_petition_was_rejected_but_not_by_whom(cast: Cast, client: Client):
    petition = _handed_in(cast)
    actions.put_up(petition, by=cast.gd_reviewer, at=AT)
    said = {"outcome": "reject", "reason_code": "evidence"}
    first = actions.decide(petition, **said, reason="材料不足。", by=cast.gd_decider, at=AT)
    second = {"reason": "附件缺页。", "signer": load_signer(), "by": cast.gd_countersigner}
    actions.countersign(first, **said, **second, at=AT)
    petition.refresh_from_db()
    assert standing_of(petition, on=ON).owner is None
    client.force_login(cast.gd_preparer)
    html = html_of(client.get(f"/petitions/{petition.reference}/"))
    for words in ("评估证据缺失", "材料不足。", "附件缺页。"):
        assert words in html
    assert "gd_decider" not in html


def test_a_provider_reads_why_an_application_was_refused(cast: Cast, client: Client):
    application = application_at(ApplicationStatus.REFUSED, cast)
    client.force_login(cast.gd_preparer)
    html = html_of(client.get(f"/applications/{application.reference}/"))
    assert "理由。" in html
    assert "gd_decider" not in html
