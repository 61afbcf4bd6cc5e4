"""The registration route: what only calls a filed model is granted and numbered by its province alone."""

import json

import pytest
from django.test import Client

from openbeian.core.errors import NotAllowedError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.policy import BaseNotValidError, WrongRouteError
from openbeian.dossier.kinds import RUN_FILES
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.base_models import base_of
from openbeian.portal.applications.errors import FindingsError
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.audit.queries import history_of
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.bases import hanging_on
from openbeian.portal.filings.models import Filing
from openbeian.portal.log.models import Entry
from openbeian.portal.review import actions as review
from openbeian.portal.review.queries import possible_steps
from openbeian.portal.review.queue import queue_for
from openbeian.portal.signing import load_signer
from openbeian_gate.verify.certificate import parse_certificate
from tests.portal.factories import AT, BASE, Cast, application_at, conclude_all, confirm_all, filing_at
from tests.portal.pages.world import html_of

S = ApplicationStatus


def _calls(number: str, **changes: str) -> dict[str, str]:
    return {"model__origin": "called", "model__base_number": number, **changes}


def _suspend(filing: Filing, cast: Cast) -> None:
    measure = filings.propose_measure(
        filing, kind="suspend", cause="抽查不符。", reason_code="other", by=cast.national_decider, at=AT
    )
    filings.countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    filing.refresh_from_db()


def test_from_the_form_to_the_register_without_the_nation(cast: Cast):
    base = filing_at(cast, place="zj", service__latin_name="Base")
    application = application_at(S.DRAFT, cast, **_calls(f" {base.number.upper()} "))
    assert application.route == "registration"
    for attachment in attachments_of(application).filter(kind__in=RUN_FILES.values()):
        applications.detach(attachment, by=cast.gd_preparer, at=AT)
    confirm_all(application, cast)
    applications.submit(application, by=cast.gd_preparer, at=AT)
    applications.accept(application, by=cast.gd_intake, at=AT)
    conclude_all(application, cast)
    review.recommend(application, by=cast.gd_reviewer, at=AT)
    application.refresh_from_db()
    assert [s.name for s in possible_steps(cast.gd_decider, application)] == [
        "grant_registration",
        "refuse",
        "send_back",
    ]
    with pytest.raises(WrongRouteError):
        review.decide(application, outcome="approve", by=cast.gd_decider, at=AT)
    decision = review.decide(application, outcome="grant_registration", by=cast.gd_decider, at=AT)
    review.countersign(decision, outcome="grant_registration", by=cast.gd_countersigner, at=AT)
    application.refresh_from_db()
    assert application.state is S.GRANTED
    assert list(queue_for(cast.gd_publisher, on=AT.date())) == [application]
    for who in (cast.publisher, cast.zj_publisher, cast.gd_decider):
        with pytest.raises(NotAllowedError):
            filings.register(application, signer=load_signer(), by=who, at=AT)
    filing = filings.register(application, signer=load_signer(), by=cast.gd_publisher, at=AT)
    assert (filing.number, filing.round) == ("Guangdong-XiaoZhou-R202611230001", None)
    entry = filing.register_entry
    assert (entry.route, entry.status) == ("registration", "valid")
    assert parse_certificate(json.dumps(filing.certificate).encode()).claims.round is None
    assert json.loads(Entry.objects.get(subject=filing.number).body)["facts"]["route"] == "registration"
    assert "filing.registered" in {event.kind for event in history_of(filing)}


def test_filings_and_registrations_are_counted_apart(cast: Cast):
    filing = filing_at(cast)
    number = filings.register(
        application_at(S.GRANTED, cast, service__latin_name="App"),
        signer=load_signer(),
        by=cast.gd_publisher,
        at=AT,
    ).number
    assert (filing.number[-4:], number[-4:]) == ("0001", "0001")


def test_a_base_model_that_is_in_no_list_or_not_valid_keeps_it_from_being_handed_in(cast: Cast):
    base = filing_at(cast, place="zj", service__latin_name="Base")
    assert base_of(base.number.lower()).status == "valid"
    assert base_of(BASE).name == "智谱清言"
    _suspend(base, cast)
    for number, check in (
        (base.number, "M03"),
        ("Guangdong-Nowhere-202401010001", "M02"),
        ("someone", "M01"),
    ):
        application = application_at(S.DRAFT, cast, **_calls(number))
        with pytest.raises(FindingsError):
            applications.submit(application, by=cast.gd_preparer, at=AT)
        application.refresh_from_db()
        assert check in {one["check"] for one in application.findings if one["severity"] == "error"}


def test_a_base_model_suspended_meanwhile_stops_the_decision_and_the_entry(cast: Cast):
    base = filing_at(cast, place="zj", service__latin_name="Base")
    undecided = application_at(S.PROVINCIAL_DECISION, cast, **_calls(base.number))
    granted = application_at(S.GRANTED, cast, **_calls(base.number))
    decision = review.decide(undecided, outcome="grant_registration", by=cast.gd_decider, at=AT)
    _suspend(base, cast)
    with pytest.raises(BaseNotValidError, match="is suspended"):
        review.countersign(decision, outcome="grant_registration", by=cast.gd_countersigner, at=AT)
    with pytest.raises(BaseNotValidError, match="is suspended"):
        filings.register(granted, signer=load_signer(), by=cast.gd_publisher, at=AT)
    steps = {step.name for step in possible_steps(cast.gd_countersigner, undecided)}
    assert "grant_registration" not in steps
    assert "refuse" in steps


def test_what_hangs_on_a_suspended_model_is_listed_for_the_office_and_said_in_the_register(
    cast: Cast, client: Client
):
    base = filing_at(cast, place="zj", service__latin_name="Base")
    granted = application_at(S.GRANTED, cast, service__name="甲应用", **_calls(base.number))
    client.force_login(cast.gd_publisher)
    address = f"/registrations/{granted.reference}/"
    assert base.number in html_of(client.get(address))
    number = client.post(address).url.split("/")[-2]
    under_way = application_at(S.IN_REVIEW, cast, service__name="乙应用", **_calls(base.number))
    application_at(S.DRAFT, cast, service__name="丙应用", **_calls(base.number))
    _suspend(base, cast)
    found = hanging_on(base)
    assert [one.number for one in found.entries] == [number]
    assert list(found.applications) == [under_way]
    client.force_login(cast.national_decider)
    assert "2 registrations and applications" in html_of(client.get(f"/filings/{base.number}/?lang=en"))
    page = html_of(client.get(f"/filings/{base.number}/hanging/"))
    assert number in page
    assert under_way.reference in page
    assert "丙应用" not in page
    entry = html_of(client.get(f"/register/{number}/?lang=en"))
    assert "The filing it rests on is not valid now" in entry
    client.force_login(cast.zj_preparer)
    assert client.get(f"/filings/{base.number}/hanging/").status_code == 403
    assert "registrations and applications" not in html_of(client.get(f"/filings/{base.number}/"))
    client.force_login(cast.gd_decider)
    assert client.get(address).status_code == 403
    assert under_way.reference in html_of(client.get(f"/filings/{base.number}/hanging/"))
    assert number in html_of(client.get("/filings/")).partition("<table")[0]
