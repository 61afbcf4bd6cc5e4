"""`beian assess status` and `beian assess report` as they are met on a command line."""

import json

import pytest
from openpyxl import load_workbook

from tests.unit.assessment.support import good_service, plan, run


@pytest.fixture
def out(llm, tmp_path):
    folder = tmp_path / "run"
    run(plan(llm(good_service).url), folder)
    return folder


def test_a_complete_run_exits_with_0_and_says_what_is_next(beian, out):
    done = beian("assess", "status", out)
    assert done.exit_code == 0, done.output
    for word in ("Should-refuse bank", "102", "refused 102", "not running", "not signed", "It is complete"):
        assert word in done.stdout
    status = json.loads(beian("assess", "status", out, "--json").stdout)
    assert status["is_complete"]
    assert [bank["pending"] for bank in status["banks"]] == [0, 0, 0]


def test_a_run_that_stopped_exits_with_1(beian, out):
    path = out / "evidence.jsonl"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = beian("assess", "status", out)
    assert done.exit_code == 1
    assert "last line cut off" in done.stdout
    assert "beian assess resume" in done.stdout
    assert beian("assess", "status", out, "--json").exit_code == 1


def test_no_run_exits_with_2(beian, tmp_path):
    for command in ("status", "report"):
        done = beian("assess", command, tmp_path)
        assert done.exit_code == 2
        assert "There is no evidence" in " ".join(done.stderr.split())


def test_the_report_is_printed_and_written_in_the_formats_asked_for(beian, out, tmp_path):
    shown = beian("assess", "report", out)
    assert shown.exit_code == 0
    assert "102/102" in shown.stdout
    done = beian("assess", "report", out, "--format", "json,xlsx", "--to", tmp_path / "to", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == json.loads((tmp_path / "to" / "report.json").read_text())
    assert "wrote" in done.stderr
    assert len(load_workbook(tmp_path / "to" / "report.xlsx").sheetnames) == 6
    (out / "report.html").unlink()
    assert beian("assess", "report", out, "--format", "html").exit_code == 0
    assert (out / "report.html").exists()


@pytest.mark.parametrize("options", [("--format", "pdf"), ("--to", "somewhere")])
def test_wrong_use_exits_with_2_and_writes_nothing(beian, out, options):
    before = set(out.iterdir())
    assert beian("assess", "report", out, *options).exit_code == 2
    assert set(out.iterdir()) == before


def test_a_service_that_does_not_conform_exits_with_1(beian, llm, tmp_path):
    from tests.simulators.llm import plain

    run(plan(llm(plain()).url), tmp_path / "run")
    assert beian("assess", "report", tmp_path / "run", "--format", "xlsx").exit_code == 1
    assert (tmp_path / "run" / "report.xlsx").exists()
