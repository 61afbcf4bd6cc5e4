"""Sandbox permits and sightings through the pages: asked for, decided, limited, ended; followed up."""

import pytest

from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sightings.models import PlacesTaken, SightedService
from openbeian.trust.snapshots import service_hash
from tests.portal.factories import AT
from tests.portal.pages.world import ask_permit, html_of, seen_by_a_gate
from tests.portal.permits import draft, granted

ASKED = {
    "uses": ["trial", "evaluation"],
    "purpose": "内测；<b>商业秘密</b>",
    "testers": "tester-1\ntester-2",
    "trial_users": "40",
    "gates": "4",
    "begins_on": "2999-01-01",
    "ends_on": "2999-03-01",
}


def test_a_permit_is_asked_for_and_granted_through_the_pages(page, cast):
    application = draft(cast)
    provider = page("gd_preparer")
    assert "Ask for a permit" in html_of(provider.get("/sandbox/desk/"))
    assert application.reference in html_of(provider.get("/sandbox/ask/"))
    fields = ASKED | {"application": application.pk}
    assert "Please mend the following" in html_of(provider.post("/sandbox/ask/", {"purpose": ""}))
    long = html_of(provider.post("/sandbox/ask/", fields | {"ends_on": "2999-12-31"}))
    assert "lasts at most 183 days" in long
    made = provider.post("/sandbox/ask/", fields, follow=True)
    permit = Permit.objects.get()
    html = html_of(made)
    assert "40" in html
    assert "(4 gates, 10 each)" in html
    assert "&lt;b&gt;" in html
    assert "Withdraw" in html
    _grant_through_pages(page, permit)

    public = html_of(page("platform").get("/sandbox/"))
    assert permit.number in public
    assert "商业秘密" not in public
    assert "tester-1" not in public


def _grant_through_pages(page, permit):
    at = f"/sandbox/desk/{permit.pk}/"
    decider, countersigner = page("gd_decider"), page("gd_countersigner")
    assert "To be decided" in html_of(decider.get("/sandbox/desk/"))
    assert "Please mend the following" in html_of(decider.post(f"{at}decide/", {}))
    decider.post(f"{at}decide/", {"outcome": "grant", "reason": "可控。", "office_testers": "o-1"})
    assert "To be countersigned" in html_of(decider.get(at))
    assert "Please mend the following" in html_of(countersigner.post(f"{at}countersign/", {}))
    assert decider.post(f"{at}countersign/", {"agree": "yes"}).status_code == 403
    html = html_of(countersigner.post(f"{at}countersign/", {"agree": "yes"}, follow=True))
    permit.refresh_from_db()
    assert permit.number in html
    assert "1 of the testers are the office’s own" in html
    assert "Not begun" in html


def test_a_permit_is_limited_and_ended_through_the_pages(page, cast):
    permit = granted(cast)
    Permit.objects.update(ends_on="2999-01-01")
    at, officer = f"/sandbox/desk/{permit.pk}/", page("gd_decider")
    for n, gate in enumerate(("g-1", "g-2", "g-3")):
        PlacesTaken.objects.create(
            permit=permit, organisation=permit.provider, gate=gate, trial_users=n, reported_at=AT
        )
    html = html_of(officer.get(at))
    assert "3 at 3 gates" in html
    assert "more gates than the 2 granted" in html
    wanted = {"limit-uses": ["trial"], "limit-trial_users": "4", "limit-ends_on": "2999-01-01"}
    assert "Please mend the following" in html_of(officer.post(f"{at}limit/", wanted))
    wider = wanted | {"limit-trial_users": "5", "limit-reason": "r"}
    assert "for more, the provider has to ask" in html_of(officer.post(f"{at}limit/", wider))
    officer.post(f"{at}limit/", wanted | {"limit-trial_users": "2", "limit-reason": "投诉。"})
    permit.refresh_from_db()
    assert (permit.uses, permit.trial_users) == (["trial"], 2)
    assert "Please mend the following" in html_of(officer.post(f"{at}end/", {}))
    assert "Ended early" in html_of(officer.post(f"{at}end/", {"end-reason": "改了用途。"}, follow=True))


def test_what_was_asked_for_is_withdrawn_through_the_pages(page, cast):
    permit = ask_permit(draft(cast), cast)
    assert page("zj_preparer").get(f"/sandbox/desk/{permit.pk}/").status_code == 404
    assert page("platform").get("/sandbox/desk/").status_code == 403
    assert page("gd_decider").get("/sandbox/ask/").status_code == 403
    address = f"/sandbox/desk/{permit.pk}/withdraw/"
    assert "Withdrawn" in html_of(page("gd_preparer").post(address, follow=True))
    assert "No sandbox permit" in html_of(page("gd_preparer").get("/sandbox/"))


@pytest.fixture
def seen(cast) -> SightedService:
    return seen_by_a_gate(cast)


def test_an_office_sees_what_gates_have_seen_tries_an_id_and_notes_what_came_of_it(page, cast, seen):
    officer = page("gd_reviewer")
    html = html_of(officer.get("/sightings/"))
    assert seen.hash[:12] in html
    assert "Unknown to the register" in html
    tried = html_of(officer.get("/sightings/?service=<svc>"))
    assert service_hash("<svc>").hex() in tried
    assert "No gate has reported it" in tried
    SightedService.objects.update(hash=service_hash("svc-7").hex())
    assert "Gates have seen it" in html_of(officer.get("/sightings/?service=svc-7"))
    at = f"/sightings/{service_hash('svc-7').hex()}/"
    assert "Please mend the following" in html_of(officer.post(at, {"reason": ""}))
    html = html_of(officer.post(at, {"reason": "已通知<b>备案"}, follow=True))
    assert "已通知&lt;b&gt;备案" in html
    assert "gd_reviewer" in html
    assert seen.hash[:12] not in html_of(officer.get("/sightings/"))
    assert "platform_house" in html


def test_nobody_else_sees_sightings(page, cast, seen):
    for who in ("platform", "gd_preparer", "administrator"):
        assert page(who).get("/sightings/").status_code == 403
        assert page(who).get(f"/sightings/{seen.hash}/").status_code == 403
    auditor = page("auditor")
    assert "Note what came of it" not in html_of(auditor.get(f"/sightings/{seen.hash}/"))
    assert auditor.post(f"/sightings/{seen.hash}/", {"reason": "r"}).status_code == 403
