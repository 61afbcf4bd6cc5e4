"""Certificates, snapshots, statements, keys: genuine ones are believed, all others are not."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from gate_parsers import PARSERS

from openbeian_gate.errors import BadProofError, BadSignatureError, MalformedError, UntrustedKeyError
from openbeian_gate.refusals import ExpiredError
from openbeian_gate.verify.canonical import canonical, decode_base64, parse_json
from openbeian_gate.verify.certificate import (
    CertifiedRound,
    check_in_force,
    parse_certificate,
    verify_certificate,
)
from openbeian_gate.verify.dsse import Envelope, parse_dsse, verify_dsse
from openbeian_gate.verify.fields import Fields, format_instant, parse_instant
from openbeian_gate.verify.keys import PublicKey, PublicKeySet, parse_keys
from openbeian_gate.verify.log_entry import LogEntry, parse_log_entry
from openbeian_gate.verify.proof import parse_proof, verify_certificate_logged, verify_proof
from openbeian_gate.verify.snapshot import parse_snapshot, verify_snapshot


def changed(data: bytes, *path: str | int, to: object = ..., drop: bool = False) -> bytes:
    """Return a JSON file with one member changed or dropped."""
    whole = json.loads(data)
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return json.dumps(whole).encode()


# --- certificates ---------------------------------------------------------------------------------


def test_a_genuine_certificate_gives_its_facts(vector, keys):
    certificate = verify_certificate(parse_certificate(vector("certificate.json")), keys)
    assert certificate.number == "GD-20261123-0001"
    assert certificate.service.name == "问山"
    assert certificate.round == CertifiedRound(3, "第三批", date(2026, 11, 23))
    assert certificate.valid_until == date(2029, 11, 22)
    assert "备案不代表" in certificate.notice.zh


def test_a_registration_needs_no_round_no_end_and_no_assessment(vector, keys):
    certificate = verify_certificate(parse_certificate(vector("certificate-registration.json")), keys)
    assert certificate.route == "registration"
    assert certificate.round is certificate.valid_until is certificate.evidence_sha256 is None
    check_in_force(certificate, on=date(2099, 1, 1))


def test_a_certificate_written_with_other_spacing_is_as_good(vector, keys):
    indented = json.dumps(json.loads(vector("certificate.json")), indent=4).encode()
    assert verify_certificate(parse_certificate(indented), keys).number == "GD-20261123-0001"


def test_a_forged_certificate_is_refused(vector, keys):
    forged = changed(vector("certificate.json"), "certificate", "service", "name", to="别的服务")
    with pytest.raises(BadSignatureError, match="does not hold"):
        verify_certificate(parse_certificate(forged), keys)


def test_a_certificate_by_a_key_nobody_trusts_is_refused(vector, stranger):
    with pytest.raises(UntrustedKeyError):
        verify_certificate(parse_certificate(vector("certificate.json")), stranger)


def test_a_certificate_without_signatures_is_refused(vector, keys):
    unsigned = changed(vector("certificate.json"), "signatures", to=[])
    with pytest.raises(UntrustedKeyError):
        verify_certificate(parse_certificate(unsigned), keys)


@pytest.mark.attack("移花接木的签名", "a signature moved from another certificate")
def test_a_signature_moved_from_another_certificate_is_refused(vector, keys):
    other = json.loads(vector("certificate-ended.json"))["signatures"]
    with pytest.raises(BadSignatureError):
        verify_certificate(
            parse_certificate(changed(vector("certificate.json"), "signatures", to=other)), keys
        )


@pytest.mark.attack("快照签名冒充证书签名", "the signature of a snapshot under a certificate")
def test_a_snapshot_signature_never_passes_for_a_certificate(vector, keys):
    borrowed = json.loads(vector("snapshot-7.json"))["signatures"]
    with pytest.raises(BadSignatureError):
        verify_certificate(
            parse_certificate(changed(vector("certificate.json"), "signatures", to=borrowed)), keys
        )


def test_a_key_trusted_for_the_log_only_signs_no_certificates(vector, keys):
    log_only = PublicKeySet(tuple(PublicKey(key.raw, frozenset({"log"})) for key in keys.keys))
    with pytest.raises(UntrustedKeyError):
        verify_certificate(parse_certificate(vector("certificate.json")), log_only)


def test_during_a_change_of_keys_either_key_is_enough(vector, keys, stranger):
    twice = parse_certificate(vector("certificate-two-signers.json"))
    both = PublicKeySet((*keys.keys, *stranger.keys))
    for trusted in (keys, stranger, both):
        assert verify_certificate(twice, trusted).number == "GD-20261123-0001"


@pytest.mark.attack("真假签名混放", "a false signature beside a true one")
def test_one_false_signature_by_a_trusted_key_spoils_the_true_one(vector, keys, stranger):
    other = json.loads(vector("certificate.json"))["signatures"][0]["value"]
    spoiled = changed(vector("certificate-two-signers.json"), "signatures", 1, "value", to=other)
    with pytest.raises(BadSignatureError):
        verify_certificate(parse_certificate(spoiled), PublicKeySet((*keys.keys, *stranger.keys)))


@pytest.mark.parametrize(("field", "value"), [("algorithm", "none"), ("value", "AAAA"), ("value", "")])
def test_a_signature_with_another_algorithm_or_length_is_refused(vector, keys, field, value):
    odd = changed(vector("certificate.json"), "signatures", 0, field, to=value)
    with pytest.raises(BadSignatureError):
        verify_certificate(parse_certificate(odd), keys)


def test_a_certificate_is_in_force_through_its_last_day(vector, keys):
    certificate = verify_certificate(parse_certificate(vector("certificate.json")), keys)
    check_in_force(certificate, on=date(2029, 11, 22))
    with pytest.raises(ExpiredError) as refusal:
        check_in_force(certificate, on=date(2029, 11, 23))
    assert refusal.value.subject == "GD-20261123-0001"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("certificate", "schema"), "openbeian.certificate/2"),
        (("certificate", "algorithm"), "SM2"),
        (("certificate", "number"), ""),
        (("certificate", "number"), "x" * 1001),
        (("certificate", "number"), 7),
        (("certificate", "route"), "shortcut"),
        (("certificate", "service"), "svc-001"),
        (("certificate", "round", "number"), 0),
        (("certificate", "round", "number"), True),
        (("certificate", "round", "number"), "3"),
        (("certificate", "issued_on"), "23 November"),
        (("certificate", "issued_on"), "2026-02-31"),
        (("certificate", "issued_on"), "2030-01-01"),
        (("certificate", "evidence_sha256"), "AB" * 32),
        (("signatures",), {}),
        (("signatures",), [{"key_id": "a", "algorithm": "b", "value": ""}] * 17),
        (("signatures", 0), 1),
        (("signatures", 0, "value"), 1),
        (("signatures", 0, "value"), "A==="),
        (("signatures", 0, "extra"), 1),
        (("extra",), 1),
    ],
)
def test_a_certificate_with_a_wrong_member_is_malformed(vector, path, value):
    with pytest.raises(MalformedError) as error:
        parse_certificate(changed(vector("certificate.json"), *path, to=value))
    assert "请从发布处重新获取" in error.value.text.zh


def test_a_certificate_without_a_member_is_malformed(vector):
    for name in json.loads(vector("certificate.json"))["certificate"]:
        with pytest.raises(MalformedError, match=name):
            parse_certificate(changed(vector("certificate.json"), "certificate", name, drop=True))


def test_a_member_of_a_later_version_is_signed_and_passed_over(vector, keys):
    grown = parse_certificate(changed(vector("certificate.json"), "certificate", "added_later", to="x"))
    assert grown.claims.number == "GD-20261123-0001"
    with pytest.raises(BadSignatureError):
        verify_certificate(grown, keys)


# --- proofs of logging ----------------------------------------------------------------------------


def test_a_certificate_is_proved_to_be_in_the_log_offline(vector, keys, facts):
    signed = parse_certificate(vector("certificate.json"))
    proof = parse_proof(vector("certificate.tlog-proof"))
    entry, checkpoint = verify_certificate_logged(signed, proof, keys, origin=facts["origin"])
    assert (entry.kind, entry.subject) == ("certificate.issued", "GD-20261123-0001")
    assert (proof.index, checkpoint.size) == (facts["certificate_index"], facts["log_size"])


def test_the_proof_of_another_entry_does_not_prove_a_certificate(vector, keys):
    signed = parse_certificate(vector("certificate.json"))
    with pytest.raises(BadProofError, match="another certificate"):
        verify_certificate_logged(signed, parse_proof(vector("other-entry.tlog-proof")), keys)


@pytest.mark.attack("证明换叶或换位", "a proof for another leaf or place")
def test_a_proof_does_not_hold_for_another_leaf_or_another_place(vector, keys):
    proof = parse_proof(vector("certificate.tlog-proof"))
    with pytest.raises(BadProofError):
        verify_proof(proof, b"something else", keys)
    moved = vector("certificate.tlog-proof").replace(b"index 260", b"index 261")
    with pytest.raises(BadProofError):
        verify_proof(parse_proof(moved), proof.leaf, keys)


def test_a_proof_by_a_log_nobody_trusts_or_of_another_name_is_refused(vector, keys, stranger):
    proof = parse_proof(vector("certificate.tlog-proof"))
    with pytest.raises(UntrustedKeyError):
        verify_proof(proof, proof.leaf, stranger)
    with pytest.raises(UntrustedKeyError, match="not of"):
        verify_proof(proof, proof.leaf, keys, origin="log.example/other")


def test_a_proof_without_the_entry_proves_no_certificate(vector, keys):
    lines = vector("certificate.tlog-proof").split(b"\n")
    bare = parse_proof(b"\n".join(line for line in lines if not line.startswith(b"extra ")))
    with pytest.raises(MalformedError, match="carries no entry"):
        verify_certificate_logged(parse_certificate(vector("certificate.json")), bare, keys)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"),
        (b"index 260", b"index 0260"),
        (b"index 260", b"index -1"),
        (b"index 260\n", b""),
        (b"index 260\n", b"index 260\n" + b"A" * 42 + b"A=\n" * 1 + b"AAAA\n"),
        (b"index 260\n", b"index 260\n" + b"\n".join([b"A" * 43 + b"="] * 65) + b"\n"),
        (b"\n\n", b"\n"),
        (b"index", b"extra AA==\nindex"),
    ],
)
def test_a_proof_built_wrongly_is_malformed(vector, old, new):
    with pytest.raises(MalformedError):
        parse_proof(vector("certificate.tlog-proof").replace(old, new))


def test_a_proof_of_a_single_line_or_of_enormous_length_is_malformed():
    for data in (b"c2sp.org/tlog-proof@v1\n\nrest", b"x" * (1 << 19)):
        with pytest.raises(MalformedError):
            parse_proof(data)


def test_an_entry_has_one_spelling_only():
    entry = LogEntry("round.held", datetime(2026, 11, 23, tzinfo=UTC), "GD-3", {"count": 8})
    assert parse_log_entry(entry.leaf()) == entry
    with pytest.raises(MalformedError, match="not canonical"):
        parse_log_entry(entry.leaf().replace(b":", b": ", 1))
    with pytest.raises(MalformedError):
        parse_log_entry(entry.leaf().replace(b'"hashes":{}', b'"hashes":{"a":"b"}'))


# --- snapshots ------------------------------------------------------------------------------------


def test_a_genuine_snapshot_gives_how_filings_stand(vector, keys, at):
    snapshot = verify_snapshot(parse_snapshot(vector("snapshot-7.json")), keys)
    assert (snapshot.version, snapshot.issued_at, len(snapshot.index)) == (7, at, 55)
    assert snapshot.checkpoint == vector("log/checkpoint").decode()
    assert snapshot.index.find("svc-005") == snapshot.index.find("粤备-20261123-0005")
    assert snapshot.index.find("svc-005").number == "粤备-20261123-0005"


def test_an_empty_snapshot_is_a_snapshot(vector, keys):
    snapshot = verify_snapshot(parse_snapshot(vector("snapshot-empty.json")), keys)
    assert snapshot.index.find("svc-001") is None
    assert snapshot.checkpoint is None


def test_a_snapshot_by_the_wrong_key_is_refused(vector, stranger):
    with pytest.raises(UntrustedKeyError):
        verify_snapshot(parse_snapshot(vector("snapshot-7.json")), stranger)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", 0),
        ("ttl_s", 0),
        ("ttl_s", 24 * 3600 + 1),
        ("grace_s", 400 * 24 * 3600),
        ("expires_at", "2026-11-23T02:00:00Z"),
        ("issued_at", "9995-01-01T00:00:00Z"),
        ("issued_at", "2026-11-23T02:00:00+08:00"),
        ("issued_at", "2026-13-23T02:00:00Z"),
        ("checkpoint", 1),
        ("entries", []),
    ],
)
def test_a_snapshot_with_a_wrong_member_is_malformed(vector, field, value):
    with pytest.raises(MalformedError):
        PARSERS["snapshot"].parse(changed(vector("snapshot-7.json"), "snapshot", field, to=value))


def test_what_an_unsigned_snapshot_says_is_not_even_read(vector, keys):
    crooked = changed(vector("snapshot-7.json"), "snapshot", "entries", to=[])
    with pytest.raises(BadSignatureError):
        verify_snapshot(parse_snapshot(crooked), keys)


def test_a_snapshot_over_the_limit_is_malformed(vector):
    with pytest.raises(MalformedError, match="over the limit"):
        parse_snapshot(vector("snapshot-7.json"), max_bytes=100)


# --- statements -----------------------------------------------------------------------------------


def test_a_genuine_statement_gives_its_subjects(vector, keys):
    statement = verify_dsse(parse_dsse(vector("head.dsse.json")), keys)
    assert statement.subjects == {"evidence.jsonl": "ab" * 32}
    assert statement.predicate["questions"] == 40


def test_a_statement_altered_or_by_a_stranger_is_refused(vector, keys, stranger):
    envelope = parse_dsse(vector("head.dsse.json"))
    with pytest.raises(BadSignatureError):
        verify_dsse(Envelope(envelope.payload.replace(b"40", b"41"), envelope.signatures), keys)
    with pytest.raises(UntrustedKeyError):
        verify_dsse(envelope, stranger)


def test_an_envelope_of_another_type_is_malformed(vector):
    with pytest.raises(MalformedError):
        parse_dsse(changed(vector("head.dsse.json"), "payloadType", to="text/plain"))


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_set_reads_back_as_it_was_written(vector, keys):
    assert keys.to_bytes() == vector("keys.json")
    assert parse_keys(keys.to_bytes()) == keys


def test_a_key_id_that_is_not_its_keys_is_malformed(vector):
    with pytest.raises(MalformedError, match="does not match"):
        parse_keys(changed(vector("keys.json"), "keys", 0, "key_id", to="0" * 16))


def test_a_key_listed_twice_or_cut_short_is_malformed(vector):
    whole = json.loads(vector("keys.json"))
    with pytest.raises(MalformedError, match="twice"):
        parse_keys(json.dumps(whole | {"keys": whole["keys"][:1] * 2}).encode())
    with pytest.raises(MalformedError, match="32 bytes"):
        parse_keys(changed(vector("keys.json"), "keys", 0, "public_key", to="AAAA"))
    with pytest.raises(MalformedError, match="texts"):
        parse_keys(changed(vector("keys.json"), "keys", 0, "uses", to=[1]))
    with pytest.raises(MalformedError, match="texts"):
        parse_keys(changed(vector("keys.json"), "keys", 0, "uses", to="log"))


def test_keys_and_uses_of_tomorrow_are_left_out(vector):
    tomorrow = changed(vector("keys.json"), "keys", 0, "algorithm", to="SM2")
    tomorrow = changed(tomorrow, "keys", 1, "uses", to=["log", "weather"])
    (kept,) = parse_keys(tomorrow).keys
    assert kept.uses == {"log"}


# --- JSON and its parts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        "NaN",
        "-Infinity",
        "1e999",
        "9007199254740992",
        "1" * 5000,
        '"\\ud800"',
        '{"\\ud800":1}',
        '"\\ud800é"',
        "[" * 17 + "]" * 17,
        "[" * 100_000,
        "{} {}",
        "",
        "\ufeff{}",
        "{'a':1}",
    ],
)
def test_json_that_two_readers_could_read_in_two_ways_is_malformed(text):
    with pytest.raises(MalformedError):
        parse_json(text.encode("utf-8", "surrogatepass"))


def test_json_in_another_encoding_is_malformed():
    with pytest.raises(MalformedError):
        parse_json('{"a":1}'.encode("utf-16"))


def test_plain_json_of_any_kind_is_read():
    assert parse_json(b'{"a":[1,-2.5,true,null,"\xc3\xa9"]}') == {"a": [1, -2.5, True, None, "é"]}


def test_what_has_no_canonical_form_is_malformed():
    for value in (1 << 60, float("nan"), "\ud800", {"\ud800": 1}):
        with pytest.raises(MalformedError):
            canonical(value)


def test_base64_has_one_spelling_only():
    assert decode_base64("", "x") == b""
    assert decode_base64("QQ==", "x") == b"A"
    assert decode_base64("QUJD", "x") == b"ABC"
    for odd in ("QR==", "QQ", "QQ==\n", "Q-==", "QQ==QQ==", "é"):
        with pytest.raises(MalformedError):
            decode_base64(odd, "x")


def test_an_instant_is_written_in_utc_and_read_back():
    at = datetime(2026, 11, 23, 10, 0, 0, 5000, tzinfo=timezone(timedelta(hours=8)))
    assert format_instant(at) == "2026-11-23T02:00:00.005000Z"
    assert parse_instant(format_instant(at)) == at


def test_a_text_may_be_required_to_be_a_whole_object():
    assert Fields({"a": {"b": "c"}}, "x").texts("a") == {"b": "c"}
    assert Fields({"a": {"b": 1}}, "x").raw("a") == {"b": 1}
    with pytest.raises(MalformedError):
        Fields({"a": {"b": 1}}, "x").texts("a")
