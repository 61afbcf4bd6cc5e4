"""Hostile bytes: whatever arrives gives a value or MalformedError, and one flipped bit is always noticed."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from gate_parsers import FOUND, PARSERS, starting_points
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian_gate.errors import GateError, MalformedError
from openbeian_gate.verify.canonical import canonical, parse_json
from openbeian_gate.verify.certificate import parse_certificate, verify_certificate
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.dsse import parse_dsse, verify_dsse
from openbeian_gate.verify.keys import load_keys
from openbeian_gate.verify.proof import parse_proof, verify_proof
from openbeian_gate.verify.sd_jwt import parse_sd_jwt, verify_sd_jwt
from openbeian_gate.verify.snapshot import Snapshot, parse_snapshot, verify_snapshot

VECTORS = Path(__file__).parent / "vectors"
KEYS = load_keys(VECTORS / "keys.json")


def vector(name: str) -> bytes:
    return (VECTORS / name).read_bytes()


def _proved(data: bytes) -> object:
    proof = parse_proof(data)
    return verify_proof(proof, proof.leaf or b"", KEYS)


def _says_what_was_signed(value: object, genuine: object) -> bool:
    """Compare; of a note's signature lines those by unknown keys are passed over, as the format demands.

    All that can be lost by this is the time a checkpoint was cosigned with.
    """
    if isinstance(value, Checkpoint) and isinstance(genuine, Checkpoint) and value.at is None:
        value = replace(value, at=genuine.at, note=genuine.note)
    if isinstance(value, Snapshot) and isinstance(genuine, Snapshot):
        return value.digest == genuine.digest
    return value == genuine


SIGNED = {
    "certificate.json": lambda data: verify_certificate(parse_certificate(data), KEYS),
    "snapshot-empty.json": lambda data: verify_snapshot(parse_snapshot(data), KEYS),
    "snapshot-7.json": lambda data: verify_snapshot(parse_snapshot(data), KEYS),
    "head.dsse.json": lambda data: verify_dsse(parse_dsse(data), KEYS),
    "certificate.sd-jwt": lambda data: verify_sd_jwt(parse_sd_jwt(data), KEYS),
    "checkpoint-100": lambda data: verify_checkpoint(parse_checkpoint(data), KEYS),
    "certificate.tlog-proof": _proved,
}

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@st.composite
def damaged(draw, parser: str) -> bytes:
    """Any bytes at all, or a genuine file in which a few were cut out and others put in."""
    genuine = draw(st.sampled_from([b"", *starting_points(parser)]))
    cut = draw(st.integers(0, len(genuine)))
    inside = draw(st.binary(max_size=60) | st.text(max_size=20).map(str.encode))
    return genuine[:cut] + inside + genuine[cut + draw(st.integers(0, 12)) :]


@pytest.mark.filterwarnings("ignore")  # what a reader of PDF files warns of
@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_bytes_give_a_value_or_a_malformed_error(name, data):
    with suppress(MalformedError):
        PARSERS[name].parse(data.draw(damaged(name)))


@pytest.mark.parametrize("path", sorted(FOUND.glob("*/*")), ids=lambda path: path.name)
def test_what_was_found_by_fuzzing_stays_mended(path):
    started = time.monotonic()
    with suppress(MalformedError):
        PARSERS[path.parent.name].parse(path.read_bytes())
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", PARSERS)
def test_every_parser_reads_the_genuine_files_that_fuzzing_starts_from(name):
    read = []
    for genuine in starting_points(name):
        with suppress(MalformedError):
            read.append(PARSERS[name].parse(genuine))
    assert read, "not one of them is read: fuzzing would never come past the beginning"


@pytest.mark.parametrize("name", SIGNED)
@given(data=st.data())
def test_any_json_in_the_place_of_a_member_gives_a_value_or_a_gate_error(name, data):
    if not name.endswith(".json"):
        cut = data.draw(st.integers(0, len(vector(name))))
        spoiled = vector(name)[:cut] + data.draw(st.binary(max_size=20)) + vector(name)[cut + 3 :]
    else:
        whole = json.loads(vector(name))
        outer = data.draw(st.sampled_from(sorted(whole)))
        inner = whole[outer] if isinstance(whole[outer], dict) else whole
        inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(JSON_VALUES)
        spoiled = json.dumps(whole).encode()
    try:
        SIGNED[name](spoiled)
    except GateError:
        return
    # What still verifies must say what it said before.
    assert _says_what_was_signed(SIGNED[name](spoiled), SIGNED[name](vector(name)))


def _flips(length: int) -> Iterator[int]:
    """Yield every bit of what is short, and one bit in every byte of what is longer."""
    if length < 1200:
        yield from range(length * 8)
    else:
        yield from (at * 8 + at % 8 for at in range(length))


@pytest.mark.parametrize("name", SIGNED)
def test_one_flipped_bit_anywhere_is_refused(name):
    whole, survivors = vector(name).rstrip(b"\n"), []
    for bit in _flips(len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            survivors.append(SIGNED[name](bytes(flipped) + b"\n"))
        except GateError:
            continue
    genuine = SIGNED[name](vector(name))
    assert not (survivors and name.endswith(".json"))
    assert all(_says_what_was_signed(survivor, genuine) for survivor in survivors)


@given(JSON_VALUES)
def test_canonical_json_is_read_back_and_is_its_own_canonical_form(value):
    written = canonical(value)
    try:
        read = parse_json(written)
    except MalformedError:
        # The largest doubles are written as integers beyond 2**53, which no reader here takes.
        assert any(character.isdigit() for character in written.decode())
        return
    assert canonical(read) == written
