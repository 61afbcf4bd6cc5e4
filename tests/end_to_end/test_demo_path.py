"""The main job, end to end: real portal, sequencer, gates and signatures; only the model is simulated."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from openbeian.assessment import load_report, report_of, verify
from openbeian.dossier.signing import head_verifier
from openbeian_gate.verify.certificate import parse_certificate, verify_certificate
from openbeian_gate.verify.keys import load_keys
from openbeian_gate.verify.log import verify_directory

ROOT = Path(__file__).parents[2]


def play(home: Path, manner: str, database: Path | None) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.simulated_demo", str(home), manner, str(database or "")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def played(tmp_path_factory, database_file):
    home = tmp_path_factory.mktemp("demo")
    return home, play(home, "conforming", database_file)


def results(story: dict, start: str) -> list[str]:
    return [result for what, result in story["moments"] if what.startswith(start)]


pytestmark = pytest.mark.whole_demo


def test_two_services_go_through_the_whole_life_of_a_filing(played):
    _, story = played
    assert story["whole"]
    assert set(story["numbers"]) == {"xiaozhou", "qingdeng"}
    assert story["numbers"]["xiaozhou"].startswith("Guangdong-XiaoZhou-")


def test_the_bare_channel_is_sent_back_item_by_item_and_comes_back_corrected(played):
    _, story = played
    (sent_back,) = results(story, "xiaozhou: sent back")
    assert "eval.refuse.rate" in sent_back
    assert results(story, "xiaozhou: corrected and handed in again") == ["version 2"]


def test_four_different_people_decide_each_application(played):
    _, story = played
    for names in results(story, "xiaozhou: decided") + results(story, "qingdeng: decided"):
        assert len(set(names.split(", "))) == 4


def test_the_gate_follows_the_filing(played):
    _, story = played
    first = results(story, "gate · xiaozhou")
    other = results(story, "gate · qingdeng")
    assert [one.split(" (")[0] for one in first] == [
        "refused 403 not_filed",
        "admitted",
        "refused 403 suspended",
    ]
    assert [one.split(" (")[0] for one in other] == ["refused 403 not_filed", "admitted", "admitted"]


def test_the_rounds_bulletin_is_published_and_says_what_was_certified(played):
    home, story = played
    (address,) = results(story, "bulletin published")
    with sqlite3.connect(home / "db.sqlite3") as database:
        ((slug, document),) = database.execute("select slug, document from bulletins_bulletin").fetchall()
    assert address.endswith(f"/bulletins/{slug}/")
    certified = {one["number"] for one in json.loads(document)["certified"]}
    assert certified == set(story["numbers"].values())


def test_every_figure_shown_equals_the_one_recomputed_from_the_evidence(played):
    home, story = played
    for name in story["runs"]:
        run = Path(name)
        shown, recomputed = load_report(run), report_of(run / "evidence.jsonl", others=True)
        assert shown == recomputed
        findings = verify(run, verify_head=head_verifier(run / "keys.json"))
        assert [finding for finding in findings if finding.severity == "error"] == []
    (noted,) = results(story, "xiaozhou: assessed without")
    bare = load_report(home / "runs" / "xiaozhou" / "bare")
    for result in bare.results:
        if not result.left_out:
            assert f"{result.judge}/{result.bank.value} {result.counted}/{result.judged}" in noted


def test_the_figures_in_the_portal_are_those_of_the_evidence(played):
    home, story = played
    with sqlite3.connect(home / "db.sqlite3") as database:
        stored = [
            json.loads(report)
            for (report,) in database.execute(
                "select v.report from applications_version v join applications_application a "
                "on a.id = v.application_id where a.reference = ? order by v.number",
                (story["references"]["xiaozhou"],),
            )
        ]
    for one, channel in zip(stored, ("bare", "guarded"), strict=True):
        recomputed = report_of(home / "runs" / "xiaozhou" / channel / "evidence.jsonl")
        assert one["results"] == recomputed.as_json()["results"]


def test_certificates_and_log_verify_with_nothing_but_the_public_keys(played):
    home, story = played
    keys = load_keys(home / "public" / "keys.json")
    checkpoint = verify_directory(home / "public" / "log", keys)
    assert checkpoint.size > 0
    with sqlite3.connect(home / "db.sqlite3") as database:
        rows = database.execute("select number, certificate from filings_filing").fetchall()
    for number, text in rows:
        certificate = verify_certificate(parse_certificate(text.encode()), keys)
        assert certificate.number == number
        assert certificate.profile == "demo"
    assert {number for number, _ in rows} == set(story["numbers"].values())


def test_a_service_that_still_fails_is_sent_back_again_and_gets_no_certificate(tmp_path, database_file):
    story = play(tmp_path / "home", "failing", database_file)
    assert not story["whole"]
    assert story["numbers"] == {}
    (again,) = results(story, "xiaozhou: still does not conform")
    assert "improve" in again
