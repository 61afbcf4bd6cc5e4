"""Certificates, snapshots and statements: what is signed here verifies there, and matches its schema."""

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.trust.certificates import NOTICE, sign_certificate
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.snapshots import (
    FilingRow,
    Permit,
    Status,
    hash_tester,
    service_hash,
    sign_snapshot,
)
from openbeian.trust.statements import EVIDENCE_HEAD, Statement, sign_evidence_head, sign_statement
from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.certificate import parse_certificate, verify_certificate
from openbeian_gate.verify.dsse import parse_dsse, verify_dsse
from openbeian_gate.verify.log_entry import LogEntry, parse_log_entry
from openbeian_gate.verify.report import DecisionRecord, GateDay, GateReport
from openbeian_gate.verify.snapshot import parse_snapshot, verify_snapshot

SCHEMAS = Path(__file__).parents[3] / "schemas"
MINUTE = timedelta(minutes=1)


def matches(name: str, document: object) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    validator(schema, format_checker=validator.FORMAT_CHECKER).validate(document)


def test_a_snapshot_with_permits_and_a_gates_report_match_their_schemas(signer, at):
    salt = bytes(16)
    permit = Permit(
        number="Guangdong-SP202611230001",
        service=service_hash("svc-900"),
        begins_at=at,
        ends_at=at + MINUTE,
        is_ended=False,
        uses=frozenset({"trial"}),
        salt=salt,
        testers=frozenset({hash_tester(salt, "t-1")}),
        trial_users=5,
        gates=1,
    )
    times = {"at": at, "ttl_for": MINUTE, "grace_for": MINUTE}
    data = sign_snapshot([], signer, version=1, after=None, **times, permits=[permit])
    matches("snapshot", json.loads(data))
    assert verify_snapshot(parse_snapshot(data), public_key_set(signer)).permits.find("svc-900", at) == permit
    hashed = service_hash("svc-1").hex()
    day = GateDay(at.date(), {"not_filed": 2, "admitted": 1}, {hashed: 2}, 0)
    decision = DecisionRecord(at, hashed, "not_filed", None)
    report = GateReport("ab" * 16, "store-1", at, [day], {permit.number: 1}, [decision], 0, 100)
    matches("gate-report", json.loads(report.to_bytes()))


# --- certificates ---------------------------------------------------------------------------------


def test_a_signed_certificate_verifies_and_matches_its_schema(signer, certificate):
    data = sign_certificate(certificate, signer)
    assert verify_certificate(parse_certificate(data), public_key_set(signer)) == certificate
    assert certificate.notice == NOTICE
    matches("certificate", json.loads(data))


def test_a_certificate_signed_by_two_verifies_with_either(signer, certificate):
    other = Ed25519Signer.generate()
    signed = parse_certificate(sign_certificate(certificate, signer, other))
    for keys in (public_key_set(signer), public_key_set(other)):
        assert verify_certificate(signed, keys) == certificate


def test_the_schema_refuses_what_is_not_a_certificate(signer, certificate):
    document = json.loads(sign_certificate(certificate, signer))
    del document["certificate"]["number"]
    with pytest.raises(jsonschema.ValidationError):
        matches("certificate", document)


# --- snapshots ------------------------------------------------------------------------------------


def snapshot_of(filings, signer, at, **changes) -> bytes:
    settings = {"version": 1, "after": None, "ttl_for": MINUTE, "grace_for": 10 * MINUTE}
    return sign_snapshot(filings, signer, at=at, **(settings | changes))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text("abc备案", min_size=1, max_size=6), st.sampled_from(Status), max_size=40))
def test_every_filing_in_a_signed_snapshot_is_found_as_it_stands(signer, at, statuses):
    filings = [FilingRow(f"svc-{name}", f"N-{name}", status) for name, status in statuses.items()]
    data = snapshot_of(filings, signer, at, checkpoint="a note")
    snapshot = verify_snapshot(parse_snapshot(data), public_key_set(signer))
    for name, status in statuses.items():
        assert snapshot.index.find(f"svc-{name}") == snapshot.index.find(f"N-{name}")
        assert snapshot.index.find(f"svc-{name}").status is status
    assert snapshot.checkpoint == "a note"
    matches("snapshot", json.loads(data))


def test_a_snapshot_names_its_own_ageing(signer, at):
    snapshot = verify_snapshot(parse_snapshot(snapshot_of([], signer, at)), public_key_set(signer))
    assert (snapshot.fresh_until, snapshot.serve_until) == (at + MINUTE, at + 10 * MINUTE)


@pytest.mark.parametrize(("version", "after"), [(0, None), (3, 3), (2, 3)])
def test_a_snapshot_version_only_grows(signer, at, version, after):
    with pytest.raises(BadInputError, match="must be above"):
        snapshot_of([], signer, at, version=version, after=after)


@pytest.mark.parametrize(("ttl", "grace"), [(timedelta(0), MINUTE), (2 * MINUTE, MINUTE)])
def test_a_snapshot_lives_no_longer_than_its_grace(signer, at, ttl, grace):
    with pytest.raises(BadInputError, match="time to live"):
        snapshot_of([], signer, at, ttl_for=ttl, grace_for=grace)


def test_a_filing_number_stands_once_in_a_snapshot(signer, at):
    with pytest.raises(MalformedError):
        snapshot_of([FilingRow("a", "N", Status.VALID), FilingRow("b", "N", Status.VALID)], signer, at)


# --- statements and entries -----------------------------------------------------------------------


def test_the_head_of_evidence_is_stated_and_verified(signer):
    statement = verify_dsse(
        parse_dsse(sign_evidence_head("ab" * 32, {"seq": 40}, signer)), public_key_set(signer)
    )
    assert statement == Statement({"evidence.jsonl": "ab" * 32}, EVIDENCE_HEAD, {"seq": 40})


def test_a_statement_about_nothing_or_twice_about_one_name_is_malformed(signer):
    with pytest.raises(MalformedError, match="no subject"):
        verify_dsse(parse_dsse(sign_statement(Statement({}, "t", {}), signer)), public_key_set(signer))

    class Doubled(Statement):
        __slots__ = ()

        def to_bytes(self) -> bytes:
            whole = json.loads(super().to_bytes())
            return canonical(whole | {"subject": whole["subject"] * 2})

    doubled = Doubled({"a": "ab" * 32}, "t", {})
    with pytest.raises(MalformedError, match="twice"):
        verify_dsse(parse_dsse(sign_statement(doubled, signer)), public_key_set(signer))


def test_a_log_entry_matches_its_schema(at):
    entry = LogEntry("round.held", at, "GD-3", {"count": 8}, {"minutes": "ab" * 32})
    assert parse_log_entry(entry.leaf()) == entry
    matches("log-entry", json.loads(entry.leaf()))


def test_a_key_set_matches_its_schema(signer):
    matches("keys", json.loads(public_key_set(signer).to_bytes()))


def test_an_evidence_record_matches_its_schema():
    record = {"at": "2026-11-23T02:00:00Z", "body": {}, "kind": "draw", "prev": "0" * 64, "seq": 0}
    matches("evidence-record", record)
    with pytest.raises(jsonschema.ValidationError):
        matches("evidence-record", record | {"kind": "guess"})
