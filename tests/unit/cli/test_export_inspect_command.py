"""`beian assess export-inspect` as a reviewer meets it, with Inspect and without."""

import json
import sys

import pytest

from openbeian.assessment import report_of
from tests.unit.assessment.support import good_service, plan, run


@pytest.fixture
def run_directory(llm, tmp_path):
    run(plan(llm(good_service).url), tmp_path / "run")
    return tmp_path / "run"


def test_without_inspect_it_exits_with_3_and_says_what_to_install(
    beian, run_directory, tmp_path, monkeypatch
):
    for name in ("inspect_ai", "inspect_ai.log"):
        monkeypatch.setitem(sys.modules, name, None)
    done = beian("assess", "export-inspect", run_directory, "--to", tmp_path / "run.eval")
    assert done.exit_code == 3
    assert "pip install 'openbeian[inspect]'" in done.stderr
    assert not (tmp_path / "run.eval").exists()


def test_wrong_use_exits_with_2(beian, run_directory, tmp_path):
    assert beian("assess", "export-inspect", run_directory, "--to", tmp_path / "run.zip").exit_code == 2
    assert beian("assess", "export-inspect", tmp_path, "--to", tmp_path / "run.eval").exit_code == 2


def test_it_says_what_it_wrote(beian, run_directory, tmp_path):
    inspect_log = pytest.importorskip("inspect_ai.log", reason="needs inspect_ai; run make inspect-test")
    asked = sum(bank.drawn for bank in report_of(run_directory / "evidence.jsonl").banks)
    to = tmp_path / "run.eval"
    done = beian("assess", "export-inspect", run_directory, "--to", to)
    assert done.exit_code == 0, done.output
    assert f"{asked} samples, 0 of them errors" in done.stdout
    again = beian("assess", "export-inspect", run_directory, "--to", to, "--force", "--json")
    written = json.loads(again.stdout)
    assert (written["to"], written["samples"]) == (str(to), asked)
    assert written["head"] in done.stdout
    log = inspect_log.read_eval_log(str(to))
    assert (len(log.samples), log.eval.metadata["head"]) == (asked, written["head"])
