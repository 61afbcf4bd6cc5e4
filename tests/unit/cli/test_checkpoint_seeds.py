"""A sample drawn by the log's checkpoint: its signature is checked, or it is said that it wasn't."""

import json
from datetime import UTC, datetime

import openpyxl
import pytest

from openbeian.assessment import report_of
from openbeian.assessment.verification import verify
from openbeian.evidence import ChainReader, ChainWriter, RecordKind
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.notes import sign_checkpoint, verifier_key

from .test_assess_command import OPTIONS, service

AT = datetime(2026, 11, 23, tzinfo=UTC)
LOG = Ed25519Signer.from_seed(b"\x01" * 32)
OTHER = Ed25519Signer.from_seed(b"\x02" * 32)
KEY = verifier_key(LOG, "log.example")
NOTE = sign_checkpoint("log.example", 7, b"\x07" * 32, LOG, AT)
SAYS = "The seed comes from a log checkpoint whose signature was not checked"


@pytest.fixture
def drawn(beian, llm, tmp_path):
    """Assess by a checkpoint and return how the command ended, with the run's folder."""

    def go(*options, note=NOTE, url=""):
        out, path = tmp_path / "run", tmp_path / "checkpoint"
        path.write_text(note, "utf-8")
        arguments = ["--target", url or llm(service).url, "--out", out, *OPTIONS, "--seed-from", "checkpoint"]
        return beian("assess", "run", *arguments, "--checkpoint", path, *options), out

    return go


@pytest.fixture
def checked(beian):
    """Verify a run and return the exit code with the findings about its checkpoint, by code."""

    def go(out, *options):
        done = beian("assess", "verify", out, "--json", *options)
        found = {one["code"]: one["text"]["en"] for one in json.loads(done.stdout)}
        return done.exit_code, {code: text for code, text in found.items() if "checkpoint" in code}

    return go


def test_the_seed_follows_from_a_checkpoint_after_the_commitment(beian, llm, drawn, tmp_path):
    url = llm(service).url
    arguments = ["--target", url, "--out", tmp_path / "none", *OPTIONS]
    asked = beian("assess", "run", *arguments, "--seed-from", "checkpoint")
    assert asked.exit_code == 2
    done, out = drawn(url=url)
    assert done.exit_code == 0, done.output
    records = list(ChainReader(out / "evidence.jsonl"))
    assert f"The commitment of this run is {records[0].body['commitment']}" in " ".join(asked.stderr.split())
    assert records[1].body["seed_from"]["value"] == NOTE


def test_without_the_logs_key_the_draw_and_every_report_say_that_nobody_checked(beian, drawn, checked):
    done, out = drawn()
    assert SAYS in " ".join(done.stdout.split())
    for record in ChainReader(out / "evidence.jsonl"):
        if record.kind is RecordKind.DRAW:
            assert record.body["seed_from"]["signature_checked_with"] is None
    assert beian("assess", "report", out, "--format", "html,json,xlsx").exit_code == 0
    assert {draw["signature"] for draw in json.loads((out / "report.json").read_text())["draws"]} == {
        "not_checked"
    }
    assert "检查点的签名未经核验" in (out / "report.html").read_text("utf-8")
    page = (out / "report.en.html").read_text("utf-8")
    assert SAYS in page
    assert "(checkpoint, signature not checked)" in page
    for name in out.glob("*.xlsx"):
        cells = [cell for sheet in openpyxl.load_workbook(name) for row in sheet.values for cell in row]
        assert any("checkpoint, signature not checked" in str(cell) for cell in cells)
    code, found = checked(out)
    assert (code, list(found)) == (0, ["checkpoint_unchecked"])
    assert found["checkpoint_unchecked"].startswith(SAYS)
    assert checked(out, "--log-key", KEY) == (0, {})
    code, found = checked(out, "--log-key", verifier_key(OTHER, "log.example"))
    assert (code, list(found)) == (1, ["bad_checkpoint_signature"])
    assert 'No trusted key has signed as "log.example"' in found["bad_checkpoint_signature"]


@pytest.mark.parametrize("form", ["key", "file", "keys.json"])
def test_with_the_logs_key_in_any_form_the_checkpoint_is_checked_and_the_key_recorded(
    drawn, checked, tmp_path, form
):
    path = tmp_path / form
    if form == "keys.json":
        path.write_bytes(public_key_set(OTHER, LOG).to_bytes())
    else:
        path.write_text(KEY + "\n", "utf-8")
    given = KEY if form == "key" else path
    done, out = drawn("--log-key", given)
    assert done.exit_code == 0, done.output
    assert SAYS not in " ".join(done.stdout.split())
    records = list(ChainReader(out / "evidence.jsonl"))
    assert records[1].body["seed_from"]["signature_checked_with"] == KEY
    assert {draw.signature for draw in report_of(out / "evidence.jsonl").draws} == {"checked"}
    page = (out / "report.en.html").read_text("utf-8")
    assert SAYS not in page
    assert "(checkpoint, signature checked)" in page
    assert checked(out, "--log-key", given) == (0, {})
    code, found = checked(out)
    assert (code, list(found)) == (0, ["checkpoint_key_unconfirmed"])
    assert KEY in found["checkpoint_key_unconfirmed"]
    assert "checkpoint_key_unconfirmed" in [finding.code for finding in verify(out)]


@pytest.mark.parametrize(
    ("note", "given", "said"),
    [
        (NOTE.replace("\n7\n", "\n8\n"), KEY, "does not hold"),
        (sign_checkpoint("log.example", 7, b"\x07" * 32, OTHER, AT), KEY, "No trusted key has signed"),
        (sign_checkpoint("log.elsewhere", 7, b"\x07" * 32, LOG, AT), KEY, 'not of "log.example"'),
        ("no note", KEY, "not built as one"),
        (NOTE, KEY.replace("+", "+0", 1), "neither a verifier key"),
        (NOTE, verifier_key(LOG, "log.other").replace("log.other", "log.example"), "no valid verifier key"),
        (NOTE, "log.example+00000000+AAAA", "no valid verifier key"),
        (NOTE, "/no/such/key", "nor a file that can be read"),
    ],
    ids=["changed", "other key", "other log", "no note", "no key", "wrong hash", "short key", "no file"],
)
def test_a_checkpoint_the_log_has_not_signed_is_refused_and_nothing_is_left(drawn, note, given, said):
    done, out = drawn("--log-key", given, note=note)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert not out.exists()


def test_keys_of_no_log_and_a_key_without_a_checkpoint_are_refused(beian, drawn, llm, tmp_path):
    path = tmp_path / "keys.json"
    path.write_bytes(public_key_set(LOG.public_key(("certificate",))).to_bytes())
    done, _ = drawn("--log-key", path)
    assert (done.exit_code, "holds no key of a log" in done.stderr) == (2, True)
    path.write_text("{}", "utf-8")
    assert drawn("--log-key", path)[0].exit_code == 2
    done = beian(
        "assess", "run", "--target", llm(service).url, "--out", tmp_path / "none", *OPTIONS, "--log-key", KEY
    )
    assert (done.exit_code, "--log-key checks the signature" in done.stderr) == (2, True)


def test_a_note_or_a_recorded_key_changed_in_a_chain_made_anew_is_found(drawn, checked):
    _, out = drawn("--log-key", KEY)
    for change in (
        {"value": NOTE.replace("\n7\n", "\n8\n")},
        {"signature_checked_with": verifier_key(OTHER, "log.example")},
        {"signature_checked_with": "nonsense"},
    ):
        again = _with_sources_changed(out, change)
        code, found = checked(again)
        assert (code, list(found)) == (1, ["bad_checkpoint_signature"])


def test_evidence_from_before_says_nothing_of_a_check_and_counts_as_not_checked(drawn, checked):
    _, out = drawn("--log-key", KEY)
    old = _with_sources_changed(out, {"signature_checked_with": None})
    assert list(checked(old)[1]) == ["checkpoint_unchecked"]
    assert checked(old, "--log-key", KEY)[1] == {}
    broken = _with_sources_changed(out, {"signature_checked_with": 7})
    assert "the draw is incomplete" in " ".join(text.text.en for text in verify(broken))


def _with_sources_changed(out, change):
    """Write the run's chain anew with its draws' sources changed, None leaving a member out; return where."""
    again = out.with_name("again")
    again.mkdir(exist_ok=True)
    for path in out.iterdir():
        (again / path.name).write_bytes(path.read_bytes())
    (again / "evidence.jsonl").unlink()
    with ChainWriter(again / "evidence.jsonl") as writer:
        for record in ChainReader(out / "evidence.jsonl"):
            body = dict(record.body)
            if record.kind is RecordKind.DRAW:
                told = body["seed_from"] | change
                body["seed_from"] = {name: value for name, value in told.items() if value is not None}
            writer.append(record.kind, body, at=record.at)
    return again
