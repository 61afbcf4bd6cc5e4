"""The status list and the rules for gates: hostile bytes, flipped bits, and lists of another snapshot."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from openbeian_gate.errors import GateError, MalformedError, MixedError, UntrustedKeyError
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.envelope import build_envelope, signed_bytes
from openbeian_gate.verify.gate_rules import GateRules, parse_gate_rules
from openbeian_gate.verify.index import FilingRow, Status, StatusIndex
from openbeian_gate.verify.keys import ED25519, PublicKey, PublicKeySet, Signature
from openbeian_gate.verify.status_list import (
    STATUS_LIST_SCHEMA,
    ListedSnapshot,
    parse_status_list,
    status_list_document,
    verify_status_list,
)

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = PublicKey(PRIVATE.public_key().public_bytes_raw(), frozenset({"snapshot"}))
KEYS = PublicKeySet((PUBLIC,))
DIGEST = "0" * 64
AT = datetime(2026, 11, 23, tzinfo=UTC)


def index(count: int, *revoked: int) -> StatusIndex:
    return StatusIndex.build(
        FilingRow(f"svc-{n}", f"N-{n:03}", Status.REVOKED if n in revoked else Status.VALID)
        for n in range(count)
    )


def listed(of: StatusIndex, at, checkpoint: str | None = "c") -> bytes:
    document = status_list_document(
        of, version=3, issued_at=at, of=ListedSnapshot(2, DIGEST), checkpoint=checkpoint
    )
    message = signed_bytes(STATUS_LIST_SCHEMA, document)
    return build_envelope("statuses", document, [Signature(PUBLIC.key_id, ED25519, PRIVATE.sign(message))])


def test_the_statuses_of_a_later_moment_go_over_the_same_rows(at):
    later = verify_status_list(parse_status_list(listed(index(100, 7), at)), KEYS)
    base = index(100, 3)
    seen = later.over(base, digest=DIGEST)
    assert seen.find("svc-7").status is Status.REVOKED
    assert seen.find("N-003").status is Status.VALID
    assert base.find("N-003").status is Status.REVOKED
    assert (later.version, later.of.version, later.checkpoint, later.issued_at) == (3, 2, "c", at)


def test_a_list_without_a_log_names_no_checkpoint(at):
    assert parse_status_list(listed(index(1), at, None)).claims.checkpoint is None


def test_a_list_of_another_snapshot_or_of_other_filings_is_refused(at):
    claims = parse_status_list(listed(index(9), at)).claims
    with pytest.raises(MixedError):
        claims.over(index(9), digest="1" * 64)
    for count in (8, 10, 100):
        with pytest.raises(MalformedError):
            claims.over(index(count), digest=DIGEST)


def test_a_list_by_a_stranger_is_refused(at, stranger):
    with pytest.raises(UntrustedKeyError):
        verify_status_list(parse_status_list(listed(index(9), at)), stranger)


def test_one_flipped_bit_anywhere_is_refused(at):
    whole = listed(index(9, 2), at).rstrip(b"\n")
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(GateError):
            verify_status_list(parse_status_list(bytes(flipped)), KEYS)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_a_value_or_a_malformed_error(data):
    for parse in (parse_status_list, parse_gate_rules):
        with suppress(MalformedError):
            parse(data)


@given(st.sampled_from([b"", b"x", base64.b64decode("eJwDAAAAAAE=")]), st.integers(-1, 100))
def test_any_packed_statuses_give_an_index_or_a_malformed_error(packed, count):
    document = json.loads(listed(index(9), AT))
    document["statuses"] |= {"statuses": base64.b64encode(packed).decode(), "count": count}
    claims = parse_status_list(json.dumps(document).encode()).claims
    with pytest.raises(MalformedError):
        claims.over(index(9), digest=DIGEST)


def test_rules_are_read_back_and_contradictions_refused():
    rules = GateRules(timedelta(minutes=1), timedelta(days=1), timedelta(seconds=30))
    assert parse_gate_rules(rules.to_bytes()) == rules
    for ttl_s, grace_s, poll_s in ((2, 1, 1), (1, 2, 3), (1, 10**9, 1), (0, 1, 1), ("1", 1, 1)):
        data = {"schema": "openbeian.policy/1", "ttl_s": ttl_s, "grace_s": grace_s, "poll_s": poll_s}
        with pytest.raises(MalformedError):
            parse_gate_rules(canonical(data))
