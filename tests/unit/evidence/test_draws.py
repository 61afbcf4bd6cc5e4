"""A sample nobody can choose: it follows from the commitment and what came after it."""

import base64
import hashlib
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.evidence import (
    Commitment,
    Draw,
    Record,
    RecordKind,
    Seal,
    SeedSource,
    check_redraw,
    derive_seed,
    draw_sample,
)

AT = datetime(2026, 11, 23, tzinfo=UTC)
STRATA = {f"q-{n}": f"A.1.{'abc'[n % 3]}" for n in range(60)}
MINIMUM = {"A.1.a": 5, "A.1.b": 5, "A.1.c": 5}
COMMITMENT = "ab" * 32
HEX = SeedSource("hex", "0102")


def draw(source=HEX, **changes):
    given_ = {"commitment": COMMITMENT, "source": source, "size": 20, "minimum": MINIMUM} | changes
    return Draw.make("should_refuse", STRATA, **given_)


def as_record(body):
    return Record(AT, RecordKind.DRAW, 1, "0" * 64, body)


@given(
    strata=st.dictionaries(st.text(min_size=1, max_size=4), st.sampled_from("abc"), min_size=1, max_size=40),
    seed=st.binary(min_size=1, max_size=8),
    order=st.randoms(use_true_random=False),
    data=st.data(),
)
def test_a_sample_holds_each_minimum_has_its_size_and_ignores_the_order(strata, seed, order, data):
    held = {stratum: list(strata.values()).count(stratum) for stratum in set(strata.values())}
    minimum = {s: data.draw(st.integers(0, n)) for s, n in held.items()}
    size = data.draw(st.integers(sum(minimum.values()), len(strata)))
    sample = draw_sample(strata, seed=seed, size=size, minimum=minimum)
    assert len(sample) == len(set(sample)) == size
    assert all(sum(strata[q] == s for q in sample) >= n for s, n in minimum.items())
    shuffled = list(strata.items())
    order.shuffle(shuffled)
    assert draw_sample(dict(shuffled), seed=seed, size=size, minimum=minimum) == sample


def test_every_question_of_a_stratum_is_equally_likely():
    counts = dict.fromkeys(STRATA, 0)
    for trial in range(600):
        for question in draw_sample(STRATA, seed=trial.to_bytes(2), size=20, minimum=MINIMUM):
            counts[question] += 1
    # 600 trials at 1/3: the standard deviation is 11.5, and five of them are met once in two million.
    assert all(142 < count < 258 for count in counts.values())


def test_the_seed_is_the_hash_of_the_commitment_and_what_came_after():
    seed = hashlib.sha256(bytes.fromhex(COMMITMENT) + b"\x01\x02").digest()
    assert derive_seed(COMMITMENT, SeedSource("hex", "0102")) == seed
    root = bytes(range(32))
    text = f"log.example\n42\n{base64.b64encode(root).decode()}\n\n"
    expected = hashlib.sha256(bytes.fromhex(COMMITMENT) + root).digest()
    for signatures in ("— log.example sig\n", "— log.example sig\n— witness sig\n"):
        assert derive_seed(COMMITMENT, SeedSource("checkpoint", text + signatures)) == expected
    assert derive_seed(COMMITMENT, SeedSource("commitment")) != seed


@pytest.mark.parametrize("note", ["", "log\n42", "log\n42\n!!\n", "log\n42\nYWJj\n"])
def test_what_has_no_root_hash_is_no_checkpoint(note):
    with pytest.raises(BadInputError, match="get the checkpoint again from the log"):
        derive_seed(COMMITMENT, SeedSource("checkpoint", note))


def test_another_seed_gives_another_sample():
    assert draw().questions != draw(SeedSource("hex", "0103")).questions


def test_a_seed_that_is_no_hexadecimal_number_is_refused():
    with pytest.raises(BadInputError, match="“xyz” is no hexadecimal number"):
        draw(SeedSource("hex", "xyz"))


def test_a_bank_too_small_for_a_minimum_is_refused_with_the_number_missing():
    with pytest.raises(BadInputError, match=r"at least 25 questions for A\.1\.b to draw from and lacks 5"):
        draw(minimum={"A.1.b": 25}, size=40)


@pytest.mark.parametrize(("size", "minimum"), [(61, MINIMUM), (10, MINIMUM)])
def test_a_sample_that_cannot_have_its_size_is_refused(size, minimum):
    with pytest.raises(BadInputError, match=f"{size} questions are to be drawn"):
        draw(size=size, minimum=minimum)


def test_a_draw_survives_its_record():
    drawn = draw()
    parsed = Draw.parse(as_record(drawn.as_json()))
    assert parsed == drawn
    assert list(parsed.questions) == list(drawn.questions)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": "00" * 32}, "line 2: the seed does not follow from the commitment"),
        ({"size": 19}, "line 2: the size is not that of the questions listed"),
        ({"seed_from": {"kind": "dice", "value": ""}}, "line 2: the draw is incomplete"),
        ({"questions": [["a"]]}, "line 2: the draw is incomplete"),
        ({"seed_from": {"kind": "hex"}}, "line 2: the draw is incomplete"),
        ({"commitment": "no hex"}, "line 2: the draw is incomplete"),
    ],
)
def test_a_record_that_is_no_draw_is_refused_with_its_line(change, named):
    with pytest.raises(BadInputError, match=named):
        Draw.parse(as_record(draw().as_json() | change))


def test_drawing_again_from_the_same_bank_gives_the_same_draw():
    shuffled = list(STRATA.items())
    random.Random(7).shuffle(shuffled)
    assert list(check_redraw(draw(), dict(shuffled))) == []


@pytest.mark.parametrize("strata", [STRATA | {f"r-{n}": "A.1.a" for n in range(60)}, {"q-1": "A.1.a"}])
def test_drawing_again_from_another_bank_is_found_out(strata):
    (finding,) = check_redraw(draw(), strata, line=2)
    assert (finding.code, finding.severity, finding.line) == ("redraw_differs", "error", 2)


def test_a_commitment_changes_with_everything_it_names_but_not_with_the_order_of_its_banks():
    banks = (
        Seal("should_refuse", "b", "1", "00", 5),
        Seal("should_answer", "a", "1", "01", 5),
    )
    commitment = Commitment(banks, None, "tc260-003", "demo", {"model": "m", "temperature": 0.0})
    assert Commitment(banks[::-1], None, "tc260-003", "demo", {"model": "m", "temperature": 0}).digest == (
        commitment.digest
    )
    others = [
        Commitment(banks[:1], None, "tc260-003", "demo", commitment.target),
        Commitment(banks, Seal("keywords", "k", "1", "02", 3), "tc260-003", "demo", commitment.target),
        Commitment(banks, None, "gbt-45654-2025", "demo", commitment.target),
        Commitment(banks, None, "tc260-003", "full", commitment.target),
        Commitment(banks, None, "tc260-003", "demo", {"model": "n"}),
    ]
    assert len({commitment.digest, *(other.digest for other in others)}) == 6
