"""Rounds and certificates: all at once or not at all, and every one verifies outside."""

import json
from datetime import date

import pytest

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Serial
from openbeian.portal.audit.queries import history_of
from openbeian.portal.filings import actions
from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.filings.queries import confirmed_applications
from openbeian.portal.signing import load_signer
from openbeian.trust.keys import public_key_set
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.certificate import parse_certificate, verify_certificate
from openbeian_gate.verify.log_entry import parse_log_entry
from tests.portal.factories import AT, Cast, application_at, filing_at

S = ApplicationStatus


def _round(cast: Cast, **changes) -> Round:
    values = {"series": 1, "name": "第一批", "held_on": date(2026, 11, 23), "by": cast.publisher, "at": AT}
    return actions.plan_round(**(values | changes))


def _certify(planned: Round, cast: Cast, *chosen):
    return actions.certify_round(planned, applications=chosen, signer=load_signer(), by=cast.publisher, at=AT)


def test_a_round_numbers_by_province_and_day(cast: Cast):
    chosen = [
        application_at(S.CONFIRMED, cast),
        application_at(S.CONFIRMED, cast, place="zj"),
        application_at(S.CONFIRMED, cast, service__latin_name="Second"),
    ]
    assert list(confirmed_applications()) == chosen
    filings = _certify(_round(cast), cast, *chosen, chosen[0])
    assert [filing.number for filing in filings] == [
        "Guangdong-XiaoZhou-202611230001",
        "Zhejiang-XiaoZhou-202611230001",
        "Guangdong-Second-202611230002",
    ]
    assert not confirmed_applications().exists()
    assert Round.objects.get().published_at == AT
    assert history_of(Round.objects.get()).last().detail["numbers"][0] == filings[0].number
    assert str(Serial.objects.get(name="filing:GD:2026-11-23")).endswith(": 2")


def test_the_certificate_states_the_facts_and_verifies_with_the_public_key(cast: Cast):
    filing = filing_at(cast)
    signed = parse_certificate(canonical(filing.certificate))
    stated = verify_certificate(signed, public_key_set(load_signer()))
    assert (stated.number, stated.service.id, stated.profile) == (filing.number, filing.service_id, "demo")
    assert stated.provider.uscc == "91440101MA9DEM0016"
    assert stated.evidence_sha256 == filing.application.versions.get().evidence_head
    entry = parse_log_entry(filing.log_entry.body.encode())
    assert entry.hashes["certificate"] == signed.digest
    assert entry.subject == filing.number
    assert entry.facts["service_id"] == filing.service_id


def test_one_application_that_does_not_fit_stops_the_whole_round(cast: Cast):
    good, not_yet = application_at(S.CONFIRMED, cast), application_at(S.NATIONAL_DECISION, cast)
    planned = _round(cast)
    with pytest.raises(NotNowError):
        _certify(planned, cast, good, not_yet)
    good.refresh_from_db()
    planned.refresh_from_db()
    assert good.state is S.CONFIRMED
    assert planned.published_at is None
    assert not Filing.objects.exists()
    assert not Serial.objects.filter(name__startswith="filing").exists()


def test_a_published_round_does_not_grow(cast: Cast):
    planned = _round(cast)
    _certify(planned, cast, application_at(S.CONFIRMED, cast))
    with pytest.raises(NotNowError, match="published"):
        _certify(planned, cast, application_at(S.CONFIRMED, cast))


def test_an_empty_round_is_not_published(cast: Cast):
    with pytest.raises(BadInputError):
        _certify(_round(cast), cast)


@pytest.mark.parametrize("changes", [{"series": 0}, {"name": " "}])
def test_a_round_needs_a_name_and_a_number(cast: Cast, changes):
    with pytest.raises(BadInputError):
        _round(cast, **changes)


def test_a_round_is_planned_once(cast: Cast):
    _round(cast)
    with pytest.raises(BadInputError, match="exists"):
        _round(cast, name="另一批")


def test_a_number_too_long_for_snapshots_is_refused_before_it_stops_them(cast: Cast):
    application = application_at(S.CONFIRMED, cast)
    application.service_latin = "x" * 40
    application.jurisdiction = "HL"
    application.save()
    with pytest.raises(BadInputError, match="shorter Latin name"):
        _certify(_round(cast), cast, application)


def test_the_register_entry_keeps_what_the_certificate_said(cast: Cast):
    filing = filing_at(cast)
    with pytest.raises(NotNowError):
        applications.save_facts(filing.application, {"service.name": "改名"}, by=cast.gd_preparer, at=AT)
    assert filing.service_name == "小舟"
    assert json.loads(canonical(filing.certificate)) == filing.certificate
    assert str(filing.round) == "第1批"
