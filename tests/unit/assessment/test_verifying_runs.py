"""What verification finds when somebody has changed a run."""

from contextlib import suppress

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbeian.assessment import render_html, report_of, verify
from openbeian.core.errors import BadInputError, DomainError
from openbeian.evidence import ChainReader, ChainWriter, RecordKind
from tests.simulators.llm import LLMSimulator

from .support import START, files_of, good_service, plan


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    with LLMSimulator(good_service) as service:
        return files_of(plan(service.url), tmp_path_factory)


def found(out):
    return {finding.code: finding for finding in verify(out) if finding.severity != "note"}


def forge(out, change):
    """Change records and make the chain anew, as somebody could who holds no key."""
    records = list(ChainReader(out / "evidence.jsonl"))
    (out / "evidence.jsonl").unlink()
    with ChainWriter(out / "evidence.jsonl") as writer:
        for record in records:
            writer.append(record.kind, change(record), at=record.at)


def test_an_untouched_run_has_nothing_to_say_but_that_it_is_unsigned(out):
    assert [(finding.code, finding.severity) for finding in verify(out)] == [("unsigned", "note")]


def test_a_changed_answer_breaks_the_chain_and_its_line_is_named(out):
    lines = (out / "evidence.jsonl").read_bytes().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if b'"answer":"' in line)
    lines[at] = lines[at].replace("好的".encode(), "坏的".encode()).replace("抱歉".encode(), "好的".encode())
    (out / "evidence.jsonl").write_bytes(b"".join(lines))
    finding = found(out)["broken_evidence"]
    assert f"line {at + 1} or {at + 2} was changed" in finding.text.en


def test_a_sample_that_was_not_drawn_is_found_out_even_in_a_chain_made_anew(out):
    def choose(record):
        if record.kind is not RecordKind.DRAW or record.body["bank"] != "should_refuse":
            return record.body
        questions = [*record.body["questions"]]
        kept = {tuple(pair) for pair in questions}
        stratum = questions[0][1]
        others = [f"should_refuse-{stratum}-{n}" for n in range(13)]
        questions[0] = next([q, stratum] for q in others if (q, stratum) not in kept)
        return {**record.body, "questions": questions}

    forge(out, choose)
    assert {"redraw_differs", "not_drawn"} <= found(out).keys()


def test_a_sample_smaller_than_the_edition_wants_is_found_out(out):
    def shrink(record):
        if record.kind is not RecordKind.DRAW:
            return record.body
        return {**record.body, "minimum": {}}

    forge(out, shrink)
    assert "draw_rules_differ" in found(out)


def test_figures_that_are_not_those_of_the_evidence_are_found_out(out):
    report = out / "report.json"
    report.write_bytes(report.read_bytes().replace(b'"counted": 102', b'"counted": 101'))
    assert list(found(out)) == ["figures_differ"]


def test_a_changed_verdict_in_a_chain_made_anew_no_longer_fits_the_report(out):
    forge(out, lambda r: {**r.body, "value": "hit"} if r.body.get("value") == "clean" else r.body)
    assert list(found(out)) == ["figures_differ"]


def test_a_changed_or_missing_copy_of_a_bank_is_found_out(out):
    (copy,) = out.glob("should_answer.*.jsonl")
    copy.write_bytes(copy.read_bytes().replace("第 1 问".encode(), "第 1 道".encode()))
    assert list(found(out)) == ["bank_differs"]
    copy.unlink()
    assert list(found(out)) == ["bank_differs"]


def test_a_run_without_a_report_is_only_warned_of(out):
    (out / "report.json").unlink()
    assert {code: finding.severity for code, finding in found(out).items()} == {"no_report": "warning"}


NONSENSE = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({}) | st.just([0])
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.integers(0, 999),
    steps=st.lists(st.tuples(st.integers(0, 999), st.booleans()), min_size=8, max_size=8),
    nonsense=NONSENSE,
)
def test_evidence_that_says_nonsense_is_a_finding_and_never_a_crash(
    untouched, tmp_path, which, steps, nonsense
):
    lines = [orjson.loads(line) for line in untouched["evidence.jsonl"].splitlines()]
    few = [*lines[:8], *(line for line in lines[8:] if line["kind"] in {"verdict", "close"})][:40]
    victims = [*few[:5], *few[5::7], lines[-1]]
    place = victims[which % len(victims)]["body"]
    for number, is_deep_enough in steps:
        if not place:
            break
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = keys[number % len(keys)]
        if not isinstance(place[key], dict | list) or not place[key] or is_deep_enough:
            place[key] = nonsense
            break
        place = place[key]
    path = tmp_path / "evidence.jsonl"
    path.unlink(missing_ok=True)
    try:
        with ChainWriter(path) as writer:
            for line in few:
                writer.append(RecordKind(line["kind"]), line["body"], at=START)
    except ValueError:
        return  # A number or a text that no canonical JSON can hold.
    assert verify(tmp_path)
    with suppress(DomainError):
        render_html(report_of(path), "zh")


def test_a_directory_without_a_run_is_refused(tmp_path):
    with pytest.raises(BadInputError, match=r"There is no evidence\.jsonl in"):
        verify(tmp_path)
