"""What verification finds in the records of a run."""

from datetime import UTC, datetime

import pytest

from openbeian.evidence import Commitment, Draw, Record, RecordKind, SeedSource, verify_records

AT = datetime(2026, 11, 23, tzinfo=UTC)
COMMITMENT = Commitment((), None, "tc260-003", "demo", {"model": "m"})
STRATA = {"q1": "A.1.a", "q2": "A.1.b"}
COMMITTED = (RecordKind.COMMITMENT, {"commitment": COMMITMENT.digest, "of": COMMITMENT.as_json()})


def drawn(commitment):
    rules = {"source": SeedSource("hex", "00"), "size": 2, "minimum": {}}
    return RecordKind.DRAW, Draw.make("should_refuse", STRATA, commitment=commitment, **rules).as_json()


DRAWN = drawn(COMMITMENT.digest)


def answer(question, stratum="A.1.a", bank="should_refuse"):
    return RecordKind.ANSWER, {"bank": bank, "question": question, "stratum": stratum}


def verdict(on):
    return RecordKind.VERDICT, {"answer": on}


def codes(*steps):
    records = [Record(AT, kind, seq, "", body) for seq, (kind, body) in enumerate(steps)]
    return [(finding.code, finding.line) for finding in verify_records(records)]


def test_a_run_in_order_has_no_findings():
    error = (RecordKind.ERROR, answer("q2", "A.1.b")[1])
    run = (COMMITTED, DRAWN, answer("q1"), verdict(2), error, answer("q2", "A.1.b"), verdict(5))
    assert codes(*run, (RecordKind.CLOSE, {})) == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), [("empty", None)]),
        (
            ((RecordKind.COMMITMENT, {"commitment": "00" * 32, "of": COMMITMENT.as_json()}),),
            [("commitment_differs", 1)],
        ),
        ((COMMITTED, DRAWN, COMMITTED), [("second_commitment", 3)]),
        ((COMMITTED, DRAWN, DRAWN), [("second_draw", 3)]),
        ((COMMITTED, drawn("11" * 32)), [("draw_elsewhere", 2)]),
        ((COMMITTED, DRAWN, answer("q3")), [("not_drawn", 3)]),
        ((COMMITTED, DRAWN, answer("q1", "A.1.b")), [("not_drawn", 3)]),
        ((COMMITTED, DRAWN, answer("q1", bank="should_answer")), [("not_drawn", 3)]),
        ((COMMITTED, DRAWN, answer("q1"), answer("q1")), [("answered_twice", 4)]),
        ((COMMITTED, DRAWN, answer("q1"), verdict(7)), [("verdict_on_nothing", 4)]),
    ],
)
def test_what_breaks_a_run_is_found_with_its_line(steps, expected):
    assert codes(*steps) == expected


def test_a_finding_is_json():
    (finding,) = verify_records([])
    assert finding.as_json() == {
        "code": "empty",
        "line": None,
        "severity": "error",
        "text": {"zh": "证据中没有承诺记录。", "en": "There is no commitment in the evidence."},
    }
