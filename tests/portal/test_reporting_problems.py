"""Reporting a problem with an entry: anybody may, nobody is kept track of, the offices concerned answer."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.register import report_actions as actions
from openbeian.portal.register.models import ProblemReport
from openbeian.portal.register.reports import ProblemKind, may_answer, open_reports, reports_for
from openbeian.portal.register.throttle import TooManyError, check_not_too_often
from tests.portal.factories import AT, Cast
from tests.portal.pages.world import published_elsewhere

GOOD = {"kind": "wrong_facts", "text": "英文名称拼写有误，应为 Craftsman。", "contact": "reader@example.com"}


@pytest.fixture(autouse=True)
def _forget_addresses():
    cache.clear()


@pytest.fixture
def entry(cast: Cast):
    made = published_elsewhere()
    made.jurisdiction = "GD"
    made.save()
    return made


@pytest.fixture
def report(entry) -> ProblemReport:
    return _report(entry)


def _report(entry, *, contact: str = "reader@example.com", at=AT) -> ProblemReport:
    return actions.report_problem(
        entry, kind=ProblemKind.OTHER, text="某处不对，请核。", contact=contact, by=actions.ANONYMOUS, at=at
    )


def _signed_in(cast: Cast, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.people[who])
    return client


def test_anybody_reports_a_problem_and_reads_the_answer_at_an_address_of_their_own(client, cast, entry):
    page = client.get(f"/register/{entry.key}/report/?lang=en").content.decode()
    assert "Your network address is not kept" in page
    answer = client.post(f"/register/{entry.key}/report/", GOOD, follow=True)
    path = answer.redirect_chain[-1][0]
    assert "Keep the address of this page" in answer.content.decode()
    reference = path.split("/")[-2]
    office = _signed_in(cast, "gd_reviewer")
    assert entry.service_name in office.get("/reports/").content.decode()
    assert "reader@example.com" in office.get(f"/reports/{reference}/").content.decode()
    office.post(f"/reports/{reference}/", {"answer": "已更正，谢谢。"})
    shown = client.get(path).content.decode()
    assert "已更正，谢谢。" in shown
    assert "reader@example.com" not in shown
    office.post(f"/reports/{reference}/close/")
    closed = ProblemReport.objects.get(reference=reference)
    assert (closed.contact, closed.closed_by) == ("", cast.gd_reviewer)
    assert "No report is waiting" in office.get("/reports/").content.decode()
    assert "Closed" in office.get("/reports/?all=1").content.decode()
    assert "Publish the answer" not in office.get(f"/reports/{reference}/").content.decode()
    kinds = list(AuditEvent.objects.filter(subject_type="problemreport").values_list("kind", "by_id"))
    assert kinds == [
        ("report.made", "public"),
        ("report.answered", cast.gd_reviewer.audit_id),
        ("report.closed", cast.gd_reviewer.audit_id),
    ]
    assert not AuditEvent.objects.filter(detail__icontains="Craftsman").exists()


def test_a_form_that_says_too_little_is_given_back(client, entry):
    html = client.post(f"/register/{entry.key}/report/?lang=en", {"kind": "x", "text": "no"}).content.decode()
    assert "Please mend the following" in html
    assert not ProblemReport.objects.exists()


def test_a_robot_that_fills_in_every_field_is_thanked_and_forgotten(client, entry):
    answer = client.post(f"/register/{entry.key}/report/", GOOD | {"website": "https://spam.example"})
    assert answer.url == f"/register/{entry.key}/"
    assert not ProblemReport.objects.exists()


def test_nothing_can_be_reported_about_what_is_not_on_file(client, db):
    assert client.get("/register/nothing/report/").status_code == 404


def test_an_address_reports_five_times_an_hour_and_is_kept_nowhere(client, entry):
    for _ in range(5):
        assert client.post(f"/register/{entry.key}/report/", GOOD, REMOTE_ADDR="192.0.2.7").status_code == 302
    refused = client.post(f"/register/{entry.key}/report/?lang=en", GOOD, REMOTE_ADDR="192.0.2.7")
    assert (refused.status_code, "too often" in refused.content.decode()) == (429, True)
    assert client.post(f"/register/{entry.key}/report/", GOOD, REMOTE_ADDR="192.0.2.8").status_code == 302
    kept = [str(value) for row in ProblemReport.objects.values_list() for value in row]
    assert not any("192.0.2" in value for value in kept)


def test_a_household_counts_once_and_behind_a_proxy_only_the_proxys_word_counts(settings):
    def ask(**meta: str) -> None:
        check_not_too_often(RequestFactory().post("/", **meta), at=AT)

    for last in range(5):
        ask(REMOTE_ADDR=f"2001:db8::{last + 1}")
    with pytest.raises(TooManyError):
        ask(REMOTE_ADDR="2001:db8::ffff")
    check_not_too_often(RequestFactory().post("/", REMOTE_ADDR="2001:db8::1"), at=AT + timedelta(hours=1))
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for n in range(5):
        ask(HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 203.0.113.9")
    with pytest.raises(TooManyError):
        ask(HTTP_X_FORWARDED_FOR="203.0.113.9")
    ask(HTTP_X_FORWARDED_FOR="unknown")


def test_an_entry_takes_twenty_open_reports_and_no_more(entry, cast):
    for _ in range(20):
        last = _report(entry)
    with pytest.raises(TooManyError):
        _report(entry)
    actions.close_report(last, by=cast.publisher, at=AT)
    _report(entry)


def test_a_day_takes_so_many_reports(entry, monkeypatch):
    monkeypatch.setattr(actions, "_MOST_A_DAY", 1)
    _report(entry)
    with pytest.raises(TooManyError):
        _report(entry)
    _report(entry, at=AT + timedelta(days=2))


@pytest.mark.parametrize(
    ("who", "reads", "answers"),
    [
        ("gd_intake", True, True),
        ("national_decider", True, True),
        ("auditor", True, False),
        ("zj_reviewer", False, False),
        ("gd_preparer", False, False),
        ("platform", False, False),
        ("administrator", False, False),
    ],
)
def test_reports_are_for_the_nation_the_province_concerned_and_auditors(cast, report, who, reads, answers):
    user = cast.people[who]
    assert reports_for(user).exists() is reads
    assert may_answer(user, report) is answers
    assert open_reports(user).exists() is answers
    if not answers:
        with pytest.raises(NotAllowedError):
            actions.answer_report(report, text="x", by=user, at=AT)
    office = who.startswith(("zj", "gd_intake", "national", "auditor"))
    assert _signed_in(cast, who).get("/reports/").status_code == (200 if office else 403)
    assert _signed_in(cast, who).get(f"/reports/{report.reference}/").status_code == (200 if reads else 404)


def test_an_answer_says_something_and_what_is_closed_stays_closed(cast, report):
    with pytest.raises(BadInputError):
        actions.answer_report(report, text="  ", by=cast.publisher, at=AT)
    actions.close_report(report, by=cast.publisher, at=AT)
    with pytest.raises(NotNowError):
        actions.answer_report(report, text="x", by=cast.publisher, at=AT)
    with pytest.raises(NotNowError):
        actions.close_report(report, by=cast.publisher, at=AT)
    assert str(report) == report.reference
    assert re.fullmatch(r"[\w-]{16}", report.reference)


def test_reports_wait_in_the_offices_work(cast, report):
    html = _signed_in(cast, "gd_reviewer").get("/work/").content.decode()
    assert "reports to deal with" in html
