"""Duties after filing: what is owed, reported, reminded of, overdue; draws for re-inspection."""

import json
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client

from openbeian import clock
from openbeian.core.duties import DutyKind
from openbeian.core.duty_rights import may_order_reinspection
from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.evidence.reinspections import Reinspection as Draw
from openbeian.portal.accounts.actions import issue_api_key
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.duties import actions
from openbeian.portal.duties.drawing import draw_ordered, order_reinspection
from openbeian.portal.duties.models import CalendarKey, Duty, ModelUpdate, Reinspection, ReminderGiven
from openbeian.portal.duties.queries import calendar_token, duties_shown_to
from openbeian.portal.duties.reckoning import keep_all
from openbeian.portal.duties.reminding import remind
from openbeian.portal.filings.models import Filing
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.notices.delivering import deliver_waiting
from openbeian.portal.notices.models import Notice
from openbeian.portal.operations.background import Rota
from tests.portal.factories import AT, Cast, filing_at

TODAY = date(2026, 11, 23)
DIGEST = "ab" * 32


@pytest.fixture
def filing(cast: Cast) -> Filing:
    made = filing_at(cast)
    Notice.objects.update(expanded_at=AT)
    return made


def _report(filing: Filing, cast: Cast, **changes):
    given = {"kind": DutyKind.KEYWORDS, "done_on": TODAY, "digest": DIGEST, "items": 12_000}
    return actions.report_duty(filing, **(given | changes), by=cast.gd_preparer, at=changes.pop("at", AT))


def _due(filing: Filing) -> dict[str, str]:
    return {one.kind: str(one.due_on) for one in filing.duties.all()}


def _client(cast: Cast, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.people[who])
    return client


def test_a_new_filing_owes_a_library_in_a_week_and_banks_in_a_month(filing: Filing):
    assert keep_all() == 5
    assert keep_all() == 0
    month = "2026-12-23"
    banks = dict.fromkeys(("bank_generated", "bank_refuse", "bank_answer"), month)
    assert _due(filing) == {"keywords": "2026-11-30", **banks, "reassessment": "None"}


def test_a_report_sets_the_next_day_and_says_what_is_odd(cast: Cast, filing: Filing):
    first = _report(filing, cast)
    assert (first.days_late, first.is_unchanged, first.is_short) == (0, False, False)
    at = AT + timedelta(days=10)
    second = actions.report_duty(
        filing,
        kind=DutyKind.KEYWORDS,
        done_on=TODAY + timedelta(days=10),
        digest=DIGEST,
        items=9_000,
        by=cast.gd_preparer,
        at=at,
    )
    assert (second.days_late, second.is_unchanged, second.is_short) == (3, True, True)
    assert _due(filing)["keywords"] == "2026-12-10"
    assert str(second).endswith("2026-12-03")


def test_reports_are_for_the_providers_own_people_and_days_that_can_be(cast: Cast, filing: Filing):
    _report(filing, cast)
    for changes in (
        {"done_on": TODAY + timedelta(1)},
        {"done_on": TODAY - timedelta(1)},
        {"digest": "x"},
        {"items": 0},
    ):
        with pytest.raises(BadInputError):
            _report(filing, cast, **changes)
    for who in ("zj_preparer", "gd_reviewer", "auditor"):
        with pytest.raises(NotAllowedError):
            actions.report_duty(
                filing,
                kind=DutyKind.KEYWORDS,
                done_on=TODAY,
                digest=DIGEST,
                items=1,
                by=cast.people[who],
                at=AT,
            )
    Filing.objects.update(status="suspended")
    with pytest.raises(NotNowError, match="not valid at present"):
        _report(filing, cast)
    assert not duties_shown_to(cast.gd_preparer, on=TODAY).exists()


def test_an_important_update_calls_for_an_assessment_and_tells_the_office(cast: Cast, filing: Filing):
    given = {"summary": "换了底座。", "updated_on": TODAY, "by": cast.gd_preparer, "at": AT}
    actions.report_update(filing, version="2.0", is_important=False, **given)
    assert _due(filing)["reassessment"] == "None"
    made = actions.report_update(filing, version="3.0", is_important=True, **given)
    assert str(made).endswith("3.0")
    assert _due(filing)["reassessment"] == "2026-12-21"
    for version in ("3.0", " "):
        with pytest.raises(BadInputError, match="new one’s name"):
            actions.report_update(filing, version=version, is_important=True, **given)
    deliver_waiting(at=AT)
    assert [one.to for one in mail.outbox] == [["gd_reviewer@example.com"]]
    _report(filing, cast, kind=DutyKind.REASSESSMENT, items=4000)
    assert _due(filing)["reassessment"] == "None"


def test_a_provider_is_reminded_once_before_on_and_every_week_after(cast: Cast, filing: Filing):
    for days in (0, 1, 5, 5, 6, 7, 8, 8, 9, 15):
        remind(at=AT + timedelta(days=days))
    given = ReminderGiven.objects.filter(kind="keywords").order_by("id")
    assert [(one.stage, one.number) for one in given] == [
        ("before", 0),
        ("on", 0),
        ("after", 0),
        ("after", 1),
    ]
    deliver_waiting(at=AT)
    assert {one.to[0] for one in mail.outbox} == {"gd_preparer@example.com"}
    assert "更新关键词库，应于 2026-11-30 前完成。" in mail.outbox[0].body
    assert f"/duties/{filing.number}/" in mail.outbox[0].body
    mail.outbox.clear()
    assert Rota().look(at=AT + timedelta(days=15))["remind"] == 0
    assert "keywords" in str(ReminderGiven.objects.first())


def test_the_office_sees_what_is_overdue_and_filters_it(cast: Cast, filing: Filing):
    keep_all()
    Duty.objects.filter(kind="keywords").update(due_on=date(2026, 1, 1))
    for who, sees in (("gd_reviewer", True), ("zj_reviewer", False), ("auditor", True), ("publisher", True)):
        html = _client(cast, who).get("/duties/").content.decode()
        assert ("days overdue" in html) is sees, who
        assert "Update the should-refuse bank</td>" not in html
    officer = _client(cast, "gd_reviewer")
    assert "Update the should-refuse bank</td>" in officer.get("/duties/?show=all").content.decode()
    assert "days overdue" not in officer.get("/duties/?kind=bank_refuse").content.decode()
    assert "days overdue" not in officer.get("/duties/?jurisdiction=ZJ").content.decode()
    assert "days overdue" in officer.get("/duties/?kind=nothing").content.decode()
    assert _client(cast, "platform").get("/duties/").status_code == 403


def test_duties_are_reported_through_the_pages(cast: Cast, filing: Filing):
    Filing.objects.update(issued_on=date(2026, 1, 1))
    at, provider = f"/duties/{filing.number}/", _client(cast, "gd_preparer")
    assert "Not worked out yet" in provider.get(at).content.decode()
    assert provider.get(f"{at}report/?kind=keywords").status_code == 200
    assert provider.get(f"{at}update/").status_code == 200
    today = clock.now().date()
    fields = {"kind": "keywords", "done_on": str(today), "digest": DIGEST, "items": "12000", "note": "<b>"}
    assert "Please mend" in provider.post(f"{at}report/", fields | {"digest": "AB"}).content.decode()
    early = provider.post(f"{at}report/", fields | {"done_on": "2020-01-01"}).content.decode()
    assert "has to lie between" in early
    html = provider.post(f"{at}report/", fields, follow=True).content.decode()
    assert "12\u202f000</span> items" in html
    assert "&lt;b&gt;" in html
    update = {"version": "2.0", "updated_on": str(today), "is_important": "yes", "summary": "<i>"}
    assert "2.0" in provider.post(f"{at}update/", update, follow=True).content.decode()
    assert "was reported before" in provider.post(f"{at}update/", update).content.decode()
    assert ModelUpdate.objects.get().is_important
    assert "12\u202f000</span> items" in _client(cast, "gd_reviewer").get(at).content.decode()
    assert _client(cast, "gd_reviewer").post(f"{at}report/", fields).status_code == 403
    assert _client(cast, "zj_preparer").get(at).status_code == 404


def test_a_calendar_has_a_secret_address_that_can_be_replaced(cast: Cast, filing: Filing):
    Filing.objects.update(service_name="小舟, 很长的名字；" * 8)
    keep_all()
    at, provider = f"/duties/{filing.number}/", _client(cast, "gd_preparer")
    assert "Make an address" in provider.get(at).content.decode()
    provider.post(f"{at}calendar/renew/")
    address = f"{at}{calendar_token(CalendarKey.objects.get())}.ics"
    assert address in provider.get(at).content.decode()
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().split("\r\n")
    assert lines.count("BEGIN:VEVENT") == 4
    assert "DTSTART;VALUE=DATE:20261130" in lines
    assert "小舟\\, 很长" in answer.content.decode().replace("\r\n ", "")
    assert max(len(line.encode()) for line in lines) <= 75
    provider.post(f"{at}calendar/renew/")
    assert Client().get(address).status_code == 404
    assert str(CalendarKey.objects.get()).startswith("calendar of")
    with pytest.raises(NotAllowedError):
        actions.renew_calendar(filing, by=cast.gd_reviewer, at=AT)


def test_a_build_server_reports_by_the_api(cast: Cast, filing: Filing):
    Filing.objects.update(issued_on=date(2026, 1, 1))
    keys = {}
    for scopes in (["read"], ["read", "write"]):
        _, keys[len(scopes)] = issue_api_key(
            cast.organisations["gd_provider"],
            name="CI",
            scopes=scopes,
            valid_for=timedelta(days=30),
            by=cast.gd_preparer,
            at=clock.now(),
        )
    at = f"/api/v1/duties/{filing.number}"
    body = {"kind": "keywords", "digest": DIGEST, "items": 12_000}

    def post(path: str, told: dict[str, object], key: int = 2):
        auth = {"Authorization": f"Bearer {keys[key]}"}
        return Client(headers=auth).post(f"{at}{path}", json.dumps(told), content_type="application/json")

    assert post("/reports", body, key=1).status_code == 403
    assert post("/reports", body | {"digest": "x"}).status_code == 422
    assert post("/reports", body | {"done_on": "2999-01-01"}).status_code == 422
    made = post("/reports", body)
    assert (made.status_code, made.json()["days_late"]) == (201, 0)
    update = {"version": "2.0", "is_important": True, "summary": "新版本"}
    owed = post("/model-updates", update)
    assert owed.status_code == 201
    listed = Client(headers={"Authorization": f"Bearer {keys[1]}"}).get(at).json()
    assert {one["kind"]: one["standing"] for one in listed}["reassessment"] == "ahead"
    assert listed == owed.json()
    assert Client().get(at).status_code == 401


def test_a_draw_is_committed_in_the_log_first_and_can_be_drawn_again(cast: Cast, filing: Filing, home):
    officer = _client(cast, "gd_reviewer")
    assert officer.get("/duties/draws/new/").status_code == 200
    given = {"jurisdiction": "GD", "size": "2", "reason": "年度复查"}
    assert "1 filings are valid" in officer.post("/duties/draws/new/", given).content.decode()
    html = officer.post("/duties/draws/new/", given | {"size": "1"}, follow=True).content.decode()
    assert "Waits for the log" in html
    made = Reinspection.objects.get()
    assert officer.get(f"/duties/draws/{made.pk}.json").status_code == 404
    assert draw_ordered(at=AT) == 0
    publish_everything(open_for_publishing(), at=AT)
    note = home / "public" / "log" / "checkpoint"
    whole = note.read_text(encoding="utf-8")
    for damaged in ("", whole.replace("\n", "\n0\n", 1)):
        note.write_text(damaged, encoding="utf-8")
        assert draw_ordered(at=AT) == 0
    note.write_text(whole, encoding="utf-8")
    assert [draw_ordered(at=AT), draw_ordered(at=AT)] == [1, 0]
    assert filing.number in officer.get(f"/duties/draws/{made.pk}/").content.decode()
    assert "Order a draw" in officer.get("/duties/draws/").content.decode()
    assert "Order a draw" not in _client(cast, "auditor").get("/duties/draws/").content.decode()
    record = Draw.parse(json.loads(officer.get(f"/duties/draws/{made.pk}.json").content))
    assert (record.differences(), record.drawn) == ({}, (filing.number,))
    entry = officer.get(f"/log/entries/{Reinspection.objects.get().entry.index}/").content.decode()
    assert "1 of 1 valid filings will be drawn" in entry
    deliver_waiting(at=AT)
    assert [one.subject for one in mail.outbox] == ["[备案] 小舟：被抽中随机复查"]
    assert _client(cast, "zj_reviewer").get(f"/duties/draws/{made.pk}/").status_code == 404
    assert _client(cast, "auditor").get(f"/duties/draws/{made.pk}/").status_code == 200
    assert _client(cast, "gd_preparer").get("/duties/draws/").status_code == 403


def test_a_draw_is_ordered_by_the_office_of_the_place_or_of_the_nation(cast: Cast, filing: Filing):
    given = {"size": 1, "reason": "复查", "at": AT}
    for place, who in (
        ("GD", "zj_reviewer"),
        ("", "gd_reviewer"),
        ("GD", "gd_preparer"),
        ("GD", "publisher"),
    ):
        assert not may_order_reinspection(actor_of(cast.people[who]), place)
        with pytest.raises(NotAllowedError):
            order_reinspection(jurisdiction=place, by=cast.people[who], **given)
    made = order_reinspection(jurisdiction="", by=cast.national_decider, **given)
    assert str(made) == f"R-{made.pk}"
    with pytest.raises(BadInputError):
        order_reinspection(jurisdiction="", by=cast.national_decider, size=1, reason=" ", at=AT)
