"""`beian dossier check` and `beian dossier diff` on real folders."""

import json

import pytest

from tests.unit.dossier.defects.good import good_folder
from tests.unit.dossier.defects.planting import add, change_facts, change_part, copy_of_good, state

ON = ("--on", "2026-11-25")


@pytest.fixture
def faulty(tmp_path):
    folder = copy_of_good(tmp_path / "faulty")
    change_facts(folder, service__scope="适用于所有场景，面向公众。", provider__contact_phone="call me")
    add(folder, "attachments/.DS_Store", b"\0")
    return folder


def test_a_good_dossier_exits_with_0_and_says_how_much_was_looked_at(beian):
    done = beian("dossier", "check", str(good_folder()), *ON)
    assert done.exit_code == 0
    assert "checks found nothing wrong" in done.output
    assert "Notes" in done.output


def test_faults_are_grouped_errors_first_with_what_to_do(beian, faulty):
    done = beian("dossier", "check", str(faulty), *ON)
    assert done.exit_code == 1
    assert done.output.index("F01") < done.output.index("F03") < done.output.index("E04")
    assert "→ Name the groups, occasions and uses" in done.output or "→ Write instead" in done.output
    assert ".DS_Store" in done.output


def test_findings_travel_as_json(beian, faulty):
    done = beian("dossier", "check", str(faulty), *ON, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["conforms"]) == (1, False)
    assert {"F01", "F03", "D06"} <= {one["check"] for one in found["findings"]}


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_list_says_which_requirements_are_covered_and_what_a_person_judges(beian, more):
    done = beian("dossier", "check", "--list", *more)
    assert done.exit_code == 0
    assert "A39" in done.stdout
    assert "D07" in done.stdout


def test_a_folder_that_is_none_is_wrong_use(beian, tmp_path):
    assert beian("dossier", "check").exit_code == 2
    assert beian("dossier", "check", str(tmp_path)).exit_code == 2


def test_a_list_with_a_status_says_that_the_base_model_was_revoked(beian, tmp_path):
    from tests.unit.dossier.defects.good import base_number

    path = tmp_path / "register.csv"
    path.write_text(f"number,status,service_name\n{base_number()},revoked,某模型\n", encoding="utf-8")
    done = beian("dossier", "check", str(good_folder()), *ON, "--register", str(path))
    assert done.exit_code == 1
    assert "M03" in done.output
    path = tmp_path / "register.jsonl"
    path.write_text(json.dumps({"number": base_number(), "status": "valid", "service_name": "x"}) + "\n")
    assert beian("dossier", "check", str(good_folder()), *ON, "--register", str(path)).exit_code == 0
    path.write_text("{")
    assert beian("dossier", "check", str(good_folder()), *ON, "--register", str(path)).exit_code == 2


def test_live_asks_the_channels(beian, tmp_path):
    folder = copy_of_good(tmp_path / "live")
    change_facts(folder, channels__bare="http://127.0.0.1:1/v1", channels__guarded="http://127.0.0.1:1/v2")
    done = beian("dossier", "check", str(folder), *ON, "--live")
    assert done.exit_code == 1
    assert "X01" in done.output


def test_a_difference_is_told_part_by_part(beian, tmp_path):
    after = copy_of_good(tmp_path / "after")
    (after / "attachments/营业执照.pdf").unlink()
    change_part(after, "attachments/服务协议.docx", "说明如下", "说明从略", nth=0)

    def change(said):
        said["attachments"] = [one for one in said["attachments"] if one["kind"] != "licence"]
        said["facts"]["service"]["scope"] = "面向企业员工。"
        said["clauses"]["measures.complaints"] = {"conclusion": "not_applicable", "reason": "无"}

    state(after, change)
    done = beian("dossier", "diff", str(good_folder()), str(after), *ON)
    assert done.exit_code == 0
    for words in ("面向企业员工", "Not applicable", "营业执照.pdf", "说明从略", "服务内容与适用范围"):
        assert words in done.output
    changes = json.loads(beian("dossier", "diff", str(good_folder()), str(after), *ON, "--json").stdout)
    assert {one["part"] for one in changes["changes"]} >= {"facts", "clauses", "files", "documents"}


def test_the_same_dossier_has_no_difference(beian):
    done = beian("dossier", "diff", str(good_folder()), str(good_folder()), *ON)
    assert "no change" in done.output


def test_figures_that_went_away_are_told(beian, tmp_path):
    after = copy_of_good(tmp_path / "after")
    (after / "evidence/evidence.jsonl").unlink()
    done = beian("dossier", "diff", str(good_folder()), str(after), *ON)
    assert "62/62 (100.0%)" in done.output
