"""What gates report: taken in once, matched, followed up, counted; a real gate reports to a real portal."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from openbeian import clock
from openbeian.core.errors import NotAllowedError
from openbeian.core.policy import ReasonMissingError
from openbeian.core.register_counts import kept_back
from openbeian.core.roles import OrganisationKind
from openbeian.core.sighting_counts import refusals_by_reason
from openbeian.portal.accounts.actions import SYSTEM, add_member, create_organisation, issue_api_key
from openbeian.portal.accounts.models import ApiKey, Organisation
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.outbox import append
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sightings import actions
from openbeian.portal.sightings.models import AnswerDay, GateReport, PlacesTaken, SightedService, SightingDay
from openbeian.portal.sightings.queries import answers_by_day, matches, sighted, trends
from openbeian.portal.statistics.catalogue import find_statistic
from openbeian.trust.snapshots import service_hash
from openbeian_gate.client import SnapshotClient
from openbeian_gate.gate import Gate
from openbeian_gate.refusals import NotFiledError
from openbeian_gate.reporting import Reporter, Reporting
from openbeian_gate.verify.keys import load_keys
from openbeian_gate.verify.report import MAX_REPORT_BYTES, GateDay, parse_report
from openbeian_gate.verify.report import GateReport as Reported
from tests.portal.factories import AT, EDITION, Cast
from tests.portal.permits import draft

ADDRESS = "/api/v1/sightings"
DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
UNKNOWN, OTHER = (service_hash(name).hex() for name in ("svc-999", "svc-998"))


def day(on: date = TODAY, sightings=None, others: int = 0, **answers: int) -> GateDay:
    sightings = {UNKNOWN: 2} if sightings is None else sightings
    return GateDay(on, answers or {"not_filed": sum(sightings.values())}, sightings, others)


def report(n: int, *days: GateDay, gate: str = "store-1", made_at: datetime = AT, **more) -> bytes:
    values = {"permits": {}, "decisions": [], "left_out": 0, "sampled": 0} | more
    return Reported(f"{n:032x}", gate, made_at, days or (day(),), **values).to_bytes()


def receive(cast: Cast, data: bytes, *, of: str = "platform_house", at: datetime = AT):
    return actions.receive_report(data, organisation=cast.organisations[of], by=cast.platform, at=at)


def key_for(cast: Cast, who: str = "platform", of: str = "platform_house", scopes=("sightings",)) -> str:
    return issue_api_key(
        cast.organisations[of],
        name="gates",
        scopes=scopes,
        valid_for=30 * DAY,
        by=getattr(cast, who),
        at=clock.now(),
    )[1]


def post(key: str, data: bytes | str, **headers: str):
    client = Client(headers={"authorization": f"Bearer {key}"} | headers, enforce_csrf_checks=True)
    return client.post(ADDRESS, data, content_type="application/json")


# --- taking in ------------------------------------------------------------------------------------


def test_a_report_is_counted_once_however_often_it_comes(cast: Cast):
    data = report(1, day(not_filed=2, revoked=5))
    assert [receive(cast, data)[1] for _ in range(3)] == [True, False, False]
    (service,) = SightedService.objects.all()
    assert (service.hash, service.total, service.first_day) == (UNKNOWN, 2, TODAY)
    assert dict(AnswerDay.objects.values_list("answer", "count")) == {"not_filed": 2, "revoked": 5}
    with pytest.raises(actions.OtherReportError):
        receive(cast, report(1, day(not_filed=3)))
    with pytest.raises(IntegrityError), transaction.atomic():
        GateReport.objects.create(
            organisation=cast.organisations["platform_house"],
            report_id=f"{1:032x}",
            gate="g",
            sha256="0" * 64,
            made_at=AT,
            received_at=AT,
        )


def test_reports_add_up_over_gates_and_days(cast: Cast):
    receive(cast, report(1, day(sightings={UNKNOWN: 2, OTHER: 1})))
    receive(cast, report(2, day(sightings={UNKNOWN: 3})))
    receive(cast, report(3, day(), day(TODAY - DAY, {UNKNOWN: 1}), gate="store-2"))
    seen = {service.hash: service for service in sighted(include_followed=False)}
    unknown = seen[UNKNOWN]
    assert (unknown.total, unknown.gates, unknown.first_day) == (8, 2, TODAY - DAY)
    assert seen[OTHER].gates == 1
    assert trends([unknown], on=TODAY)[unknown.pk] == [0] * 12 + [1, 7]
    assert SightingDay.objects.filter(service=unknown).count() == 3
    begun = AuditEvent.objects.filter(kind="gate.began_reporting")
    assert [event.subject_name.split()[0] for event in begun] == ["store-1", "store-2"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b'{"schema":"openbeian.gate-report/1"}',
        report(1, made_at=AT - 61 * DAY),
        report(1, made_at=AT + 2 * DAY),
        report(1, day(TODAY + 2 * DAY)),
        report(1, day(TODAY - 41 * DAY)),
        report(1).replace(UNKNOWN.encode(), b"<script>" + UNKNOWN[8:].encode()),
    ],
)
def test_what_is_no_report_leaves_nothing_behind(cast: Cast, data):
    with pytest.raises(actions.BadReportError):
        receive(cast, data)
    assert not GateReport.objects.exists()


def test_too_many_reports_are_put_off_and_old_ones_forgotten(cast: Cast, monkeypatch):
    monkeypatch.setattr(actions, "_MOST_OF_A_GATE", 2)
    monkeypatch.setattr(actions, "_MOST_OF_A_PLATFORM", 3)
    for n in range(2):
        receive(cast, report(n))
    with pytest.raises(actions.TooManyReportsError):
        receive(cast, report(2))
    receive(cast, report(2, gate="store-2"))
    with pytest.raises(actions.TooManyReportsError):
        receive(cast, report(3, gate="store-3"))
    receive(cast, report(3), at=AT + timedelta(hours=2))
    later = AT + 91 * DAY
    receive(cast, report(9, day(later.date()), made_at=later), at=later)
    assert GateReport.objects.count() == 1


def test_places_taken_under_a_permit_are_kept_by_gate(cast: Cast):
    permit = Permit.objects.create(
        number="Guangdong-SP202611230001",
        application=draft(cast),
        provider=cast.organisations["gd_provider"],
        purpose="p",
        begins_on=TODAY,
        ends_on=TODAY,
        status="granted",
        asked_by=cast.gd_preparer,
        asked_at=AT,
        granted_at=AT,
    )
    for n, (gate, users) in enumerate([("a", 3), ("b", 1), ("a", 4)]):
        receive(cast, report(n, gate=gate, permits={permit.number: users, "unknown": 9}))
    assert dict(PlacesTaken.objects.values_list("gate", "trial_users")) == {"a": 4, "b": 1}


def test_a_service_that_has_been_filed_since_shows_so(cast: Cast):
    application = draft(cast)
    hashed = service_hash(application.service_id).hex()
    assert matches([UNKNOWN]) == matches([hashed]) == {}  # of drafts offices know nothing
    application.status = "submitted"
    application.save(update_fields=["status"])
    assert matches([hashed])[hashed].label.en == "Applied for, not on file"
    receive(cast, report(1))  # notes the hashes of all there are
    assert matches([hashed])[hashed].number == ""
    filing = _filed(draft(cast), cast)
    filed = service_hash(filing.service_id).hex()
    for _ in range(2):  # before it is noted, and after
        assert matches([filed])[filed].number == filing.number
        receive(cast, report(2, gate="store-2"))


def _filed(application: Application, cast: Cast) -> Filing:
    day = {"planned_by": cast.publisher, "planned_at": AT, "held_on": TODAY}
    return Filing.objects.create(
        number="Guangdong-XiaoZhou-202611230001",
        application=application,
        provider=application.provider,
        provider_name="p",
        service_name="小舟",
        service_id=application.service_id,
        jurisdiction="GD",
        route="filing",
        edition=EDITION,
        status_since=AT,
        issued_on=TODAY,
        round=Round.objects.create(series=1, name="r", **day),
        certificate={},
        log_entry=append("filing.certified", "n", facts={}, hashes={}, at=AT),
    )


def test_an_officer_notes_what_came_of_it_and_what_is_seen_again_waits_again(cast: Cast):
    receive(cast, report(1))
    service = SightedService.objects.get()
    for who in (cast.platform, cast.gd_preparer, cast.auditor):
        with pytest.raises(NotAllowedError):
            actions.follow_up(service, reason="r", by=who, at=AT)
    with pytest.raises(ReasonMissingError):
        actions.follow_up(service, reason=" ", by=cast.gd_reviewer, at=AT)
    actions.follow_up(service, reason="已通知备案。", by=cast.gd_reviewer, at=AT)
    assert list(sighted(include_followed=False)) == []
    assert sighted(include_followed=True).get().followed_by == cast.gd_reviewer
    receive(cast, report(2, day(TODAY + DAY)), at=AT + DAY)
    assert sighted(include_followed=False).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        SightedService.objects.update(followed_reason="")


# --- over HTTP ------------------------------------------------------------------------------------


def test_the_api_takes_reports_from_platforms_keys_alone(cast: Cast):
    data = report(1, day(clock.now().date()), made_at=clock.now())
    key = key_for(cast)
    first, again = post(key, data), post(key, data)
    assert (first.status_code, first.json()) == (201, {"id": f"{1:032x}", "is_new": True})
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert ApiKey.objects.get().last_used_at is not None
    for wrong, status in (
        (key_for(cast, scopes=("read",)), 403),
        (key_for(cast, "gd_preparer", "gd_provider", scopes=("read", "write")), 403),
        ("beian_unknown", 401),
    ):
        assert post(wrong, data).status_code == status
    session = Client()
    session.force_login(cast.platform)
    assert session.post(ADDRESS, data, content_type="application/json").status_code == 401


def test_hostile_bodies_get_a_problem_in_both_languages(cast: Cast):
    key = key_for(cast)
    now = clock.now()
    for data, status, code in (
        (b"{" * 5000, 422, "bad_report"),
        (b"\xff\xfe", 422, "bad_report"),
        (json.dumps({"schema": "openbeian.gate-report/1", "id": "'; DROP TABLE--"}), 422, "bad_report"),
        (report(1, made_at=now - 90 * DAY), 422, "bad_report"),
        (b" " * (MAX_REPORT_BYTES + 1), 413, "too_large"),
    ):
        answer = post(key, data)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code)
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert problem["detail_zh"]
    post(key, report(1, day(now.date()), made_at=now))
    other = post(key, report(1, day(now.date(), not_filed=9), made_at=now))
    assert (other.status_code, other.json()["code"]) == (409, "other_report")


@pytest.mark.django_db(transaction=True)
def test_a_gate_reports_to_a_portal_over_the_network(transactional_db, live_server, home, cast: Cast):
    publish_everything(open_for_publishing(), at=clock.now())
    public = home / "public"
    client = SnapshotClient(public / "snapshot.json", load_keys(public / "keys.json"))
    reporter = Reporter(Reporting(to=live_server.url + ADDRESS, key=key_for(cast), gate="store-1"))
    gate, at = Gate(client, watchers=[reporter]), clock.now()
    for _ in range(3):
        with pytest.raises(NotFiledError):
            gate.admit("svc-999", at)
    reporter.flush(at)
    assert SightedService.objects.get().hash == UNKNOWN
    assert SightedService.objects.get().total == 3
    measured = {one.name: one.values for one in reporter.measures()}
    assert measured["reports_total"]['{outcome="stored"}'] == 1


def test_a_platform_gets_its_key_by_command(cast: Cast, capsys):
    platform = cast.organisations["platform_house"]
    call_command("platform_key", platform.name, "platform@example.com", "--days", "7")
    key = capsys.readouterr().out.strip()
    now = clock.now()
    assert post(key, report(1, day(now.date()), made_at=now)).status_code == 201
    for more in (["nobody", "platform@example.com"], [platform.name, "gd_preparer@example.com"]):
        with pytest.raises(CommandError):
            call_command("platform_key", *more)


# --- the statistic --------------------------------------------------------------------------------


def _platforms(cast: Cast, count: int) -> list[Organisation]:
    made = []
    for n in range(count):
        house = create_organisation(kind=OrganisationKind.PLATFORM, name=f"平台 {n}", by=SYSTEM, at=AT)
        add_member(house, email=f"p{n}@example.com", name=f"p{n}", roles=[], by=SYSTEM, at=AT)
        made.append(house)
    return made


def test_the_statistic_is_what_counting_the_reports_gives(cast: Cast):
    platforms = _platforms(cast, 3)
    sent: list[tuple[int, bytes]] = []
    for n in range(12):
        days = [
            day(TODAY - DAY * (n % 3 + back), {}, not_filed=10 + n, revoked=n % 2, admitted=n, permit_full=4)
            for back in range(2)
        ]
        data = report(n, *days, gate=f"g-{n % 4}")
        sent.append((n % 3, data))
        for _ in range(2):  # each comes twice
            actions.receive_report(data, organisation=platforms[n % 3], by=cast.platform, at=AT)
    counted: dict[date, Counter[str]] = {}
    reporting: dict[date, set[int]] = {}
    for platform, data in sent:
        for one in parse_report(data).days:
            counted.setdefault(one.day, Counter()).update(one.answers)
            reporting.setdefault(one.day, set()).add(platform)
    assert {one.day: (one.platforms, dict(one.answers)) for one in answers_by_day(30)} == {
        on: (len(reporting[on]), dict(counts)) for on, counts in counted.items()
    }
    sheet = find_statistic("gate-sightings", datetime(2026, 11, 23, tzinfo=UTC))
    assert [row[0] for row in sheet.rows] == [on.isoformat() for on in sorted(counted)]
    for row in sheet.rows:
        on = date.fromisoformat(row[0])
        reasons = refusals_by_reason(counted[on])
        shown = kept_back(reasons) if len(reporting[on]) >= 3 else dict.fromkeys(reasons)
        assert list(row[1:]) == list(shown.values())
    assert {len(platforms) for platforms in reporting.values()} == {1, 2}


def test_the_statistic_shows_figures_once_enough_platforms_report(cast: Cast):
    assert find_statistic("gate-sightings", AT).rows == []
    for n, house in enumerate(_platforms(cast, 3)):
        assert "不公布" in find_statistic("gate-sightings", AT).sentence.zh or n == 0
        data = report(n, day(sightings={UNKNOWN: 5}))
        actions.receive_report(data, organisation=house, by=cast.platform, at=AT)
    sheet = find_statistic("gate-sightings", AT)
    assert sheet.rows == [("2026-11-23", 15, 0, 0, 0, 0, 0, 0)]
    assert "15" in sheet.sentence.en
    assert (
        "What gates refused"
        in Client(headers={"accept-language": "en"}).get("/statistics/definitions/").content.decode()
    )
    csv = Client().get("/statistics/gate-sightings.csv").content.decode()
    assert "2026-11-23,15,0" in csv
    api = Client().get("/api/v1/statistics/gate-sightings").json()
    assert api["rows"] == [["2026-11-23", 15, 0, 0, 0, 0, 0, 0]]
