"""Decisions on lists that took effect are taken back: the register is as before, and who and why is kept."""

import pytest
from django.urls import reverse

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.models import ListChange, ProblemReport, RowDecision, TakenBack
from openbeian.portal.register.searching import Wanted, search
from openbeian.portal.register.undo_actions import take_back
from tests.portal.factories import AT, Cast
from tests.portal.test_deciding_lists import FIRST, HEADS, KEEP, OTHER_NUMBER, OWN, TAKE, bring, decide, taken

WHY = "核对后发现名单有误。"


@pytest.fixture
def entry(cast: Cast) -> RegisterEntry:
    """Take a list over, and return its one entry."""
    taken(bring(HEADS + FIRST, name="旧.csv"))
    return RegisterEntry.objects.get()


def applied(cast: Cast, verdict, entry=None) -> RowDecision:
    brought = bring(HEADS + OTHER_NUMBER)
    decide(brought, cast, verdict, entry=entry)
    taken(brought, by=cast.publisher)
    return RowDecision.objects.get()


def back(decision: RowDecision, by, reason: str = WHY) -> list[TakenBack]:
    return take_back(decision, reason=reason, by=by, at=AT)


def columns() -> list[dict[str, object]]:
    return list(RegisterEntry.objects.order_by("pk").values())


def test_an_entry_that_was_rewritten_is_what_it_was(cast: Cast, entry):
    before = columns()
    decision = applied(cast, TAKE, entry)
    assert columns() != before
    (kept,) = back(decision, cast.publisher)
    assert columns() == before
    assert search(Wanted(search=entry.number), size=9).entries == [entry]
    assert (kept.verdict, kept.reason, kept.decided_reason) == ("take", WHY, "已核对。")
    event = AuditEvent.objects.get(kind="register.decision_taken_back")
    assert (event.by_name, event.detail["reason"]) == (cast.publisher.audit_name, WHY)
    assert taken(bring(HEADS + OTHER_NUMBER)).taken.conflicting == 1, "the row conflicts again"


def test_an_entry_that_was_made_is_gone(cast: Cast, entry):
    before = columns()
    decision = applied(cast, OWN)
    back(decision, cast.publisher)
    assert columns() == before
    assert ListChange.objects.filter(entry=entry).count() == 1


def test_what_was_kept_is_asked_about_again(cast: Cast, entry):
    back(applied(cast, KEEP), cast.publisher)
    assert not RowDecision.objects.exists()
    assert taken(bring(HEADS + OTHER_NUMBER)).taken.conflicting == 1


def test_only_a_publisher_takes_back_with_a_reason_what_took_effect(cast: Cast, entry):
    brought = bring(HEADS + OTHER_NUMBER)
    (decision,) = decide(brought, cast, TAKE, entry=entry)
    with pytest.raises(NotNowError, match="not taken effect"):
        back(decision, cast.publisher)
    taken(brought, by=cast.publisher)
    decision.refresh_from_db()
    with pytest.raises(NotAllowedError):
        back(decision, cast.gd_decider)
    with pytest.raises(BadInputError, match="Say why"):
        back(decision, cast.publisher, " ")
    assert RowDecision.objects.exists()


def stays(decision: RowDecision, cast: Cast) -> None:
    after = columns()
    with pytest.raises(NotNowError, match="has changed since"):
        back(decision, cast.publisher)
    assert columns() == after
    assert RowDecision.objects.get() == decision


def test_what_a_later_list_has_changed_stays(cast: Cast, entry):
    decision = applied(cast, TAKE, entry)
    more = "序号,属地,模型名称,备案单位,备案编号,曾用名\n" + OTHER_NUMBER.strip() + ",深圳旧名有限公司\n"
    assert taken(bring(more, name="后.csv")).taken.changed == 1
    stays(decision, cast)


def test_an_entry_about_which_somebody_has_reported_stays(cast: Cast, entry):
    decision = applied(cast, OWN)
    ProblemReport.objects.create(entry=decision.entry, reference="r", kind="other", text="…", reported_at=AT)
    stays(decision, cast)


def test_the_page_of_a_list_takes_a_decision_back(cast: Cast, entry, client):
    decision = applied(cast, TAKE, entry)
    address = reverse("office:taken", args=[decision.applied_in_id])
    undo = reverse("office:back", args=[decision.pk])
    client.force_login(cast.publisher)
    html = client.get(f"{address}?lang=en").content.decode()
    assert "Take this decision back" in html
    answer = client.post(undo, {"reason": WHY}, follow=True)
    assert "Decisions taken back since" in answer.content.decode()
    assert WHY in answer.content.decode()
    assert client.post(undo, {"reason": WHY}).status_code == 404
