"""The index of a snapshot: everything put in is found, nothing else is, and no crooked table is accepted."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.fields import Fields
from openbeian_gate.verify.index import FilingRow, Standing, Status, StatusIndex, service_hash

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=12)


def packed(column: bytes) -> str:
    return base64.b64encode(zlib.compress(column)).decode()


def parse(entries: dict[str, object]) -> StatusIndex:
    return StatusIndex.parse(Fields(json.loads(json.dumps(entries)), "entries"))


GOOD = StatusIndex.build(
    [
        FilingRow("a", "N1", Status.VALID),
        FilingRow("b", "N2", Status.REVOKED),
        FilingRow("c", "N3", Status.ENDED),
    ]
).to_json()


@given(st.lists(st.tuples(NAMES, NAMES, st.sampled_from(Status)), max_size=30, unique_by=lambda row: row[1]))
def test_every_filing_is_found_by_its_number_after_a_round_trip(rows):
    index = parse(StatusIndex.build(FilingRow(f"service {s}", n, status) for s, n, status in rows).to_json())
    assert len(index) == len(rows)
    for _, number, status in rows:
        assert index.find(number) == Standing(number, status)
    assert index.find("never filed") is None


@given(st.lists(st.tuples(NAMES, st.sampled_from(Status)), min_size=1, max_size=20))
def test_a_service_stands_by_the_best_of_its_filings(rows):
    index = StatusIndex.build(
        FilingRow(f"s {name}", f"N-{n}", status) for n, (name, status) in enumerate(rows)
    )
    best = [Status.VALID, Status.SUSPENDED, Status.REVOKED, Status.ENDED]
    for name, _ in rows:
        found = index.find(f"s {name}")
        assert found.status == min((s for n, s in rows if n == name), key=best.index)


def test_of_equal_filings_the_last_number_counts():
    index = StatusIndex.build([FilingRow("a", "N2", Status.VALID), FilingRow("a", "N1", Status.VALID)])
    assert index.find("a").number == "N2"


def test_hashes_that_begin_alike_are_told_apart():
    hashed = service_hash("b")
    nearly = [hashed[:8] + bytes(8), hashed, hashed[:8] + b"\xff" * 8]
    index = parse(
        GOOD
        | {
            "services": base64.b64encode(b"".join(nearly)).decode(),
            "rows": packed(bytes([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2])),
        }
    )
    assert index.find("b") == Standing("N2", Status.REVOKED)
    nearly[1] = hashed[:15] + bytes([hashed[15] ^ 1])
    index = parse(GOOD | {"services": base64.b64encode(b"".join(nearly)).decode()})
    assert index.find("b") is None


def test_a_number_is_found_among_many_and_no_other_is():
    index = StatusIndex.build(FilingRow(f"s{n}", f"N-{n:05d}", Status.VALID) for n in range(0, 2000, 2))
    for n in range(2000):
        found = index.find(f"N-{n:05d}")
        assert found == (None if n % 2 else Standing(f"N-{n:05d}", Status.VALID))
    for near in ("N-00000\nN-00002", "N-0000", "-00000", "A", "Z", "", "\n"):
        assert index.find(near) is None


def test_memory_is_counted():
    assert parse(GOOD).memory_bytes > 3 * (16 + 4 + 4)


@pytest.mark.parametrize(
    ("number", "text"),
    [("N1", "contradicts"), ("", "contradicts"), ("x" * 65, "contradicts"), ("a\nb", "line break")],
)
def test_a_number_listed_twice_empty_too_long_or_broken_is_not_built(number, text):
    with pytest.raises(MalformedError, match=text):
        StatusIndex.build([FilingRow("a", "N1", Status.VALID), FilingRow("b", number, Status.VALID)])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("count", 2),
        ("count", 4_000_001),
        ("count", 0),
        ("numbers", packed(b"N1\nN2\nN4")),
        ("numbers", packed(b"N1\nN2\n")),
        ("numbers", packed(b"N1\nN3\nN2\n")),
        ("numbers", packed(b"N1\n\nN2\n")),
        ("numbers", packed(b"N1\nN2\n\xff\n")),
        ("numbers", packed(b"N1\nN2\n" + b"N" * 65 + b"\n")),
        ("numbers", packed(b"N" * 10_000)),
        ("numbers", base64.b64encode(b"not compressed").decode()),
        ("numbers", base64.b64encode(zlib.compress(b"N1\nN2\nN3\n")[:-2]).decode()),
        ("numbers", base64.b64encode(zlib.compress(b"N1\nN2\nN3\n") + b"x").decode()),
        ("statuses", packed(b"")),
        ("statuses", packed(b"\0\0")),
        ("services", base64.b64encode(b"x" * 47).decode()),
        ("services", base64.b64encode(b"x" * 48).decode()),
        ("rows", packed(b"\0" * 8)),
        ("rows", packed(b"\0" * 11)),
        ("rows", packed(b"\0\0\0\x03" * 3)),
        ("rows", packed(b"\0" * 16)),
    ],
)
def test_a_crooked_index_is_malformed(column, value):
    with pytest.raises(MalformedError):
        parse(GOOD | {column: value})


def test_a_small_file_that_inflates_to_a_huge_one_is_malformed_without_inflating_it():
    bomb = packed(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(MalformedError, match="length"):
        parse(GOOD | {"statuses": bomb})


def test_text_that_is_no_unicode_matches_nothing():
    assert parse(GOOD).find("\udcff") is None
