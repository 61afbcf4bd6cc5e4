"""`beian register preview`: what it prints, its JSON and its exit codes."""

import json

import pytest

from tests.unit.published.lists import FILING, ROW, csv_bytes, written

OTHER = ["2", "深圳", "小识", "深圳小识科技有限公司", ROW[4], "2026年4月2日"]


@pytest.fixture
def good(tmp_path):
    return written(tmp_path / "good.csv", csv_bytes(FILING, ["1", "广东省深圳市", *ROW[2:]]))


def test_it_says_what_is_new_and_each_oddity_with_its_decision(beian, good):
    done = beian("register", "preview", good, "--on", "2026-11-27")
    assert done.exit_code == 0
    assert "filing 1, registration 0; new 1, same 0, changed 0, conflicting 0" in done.output
    assert "filing · 小知 · 深圳小知科技有限公司 · " + ROW[4] in done.output
    assert "[jurisdiction_with_city] good.csv, row 2" in done.output
    assert "the jurisdiction is GD" in done.output


def test_the_same_file_twice_is_new_and_then_the_same(beian, good):
    done = beian("register", "preview", good, good, "--json")
    first, second = json.loads(done.stdout)
    assert (first["counts"]["new"], second["counts"]["new"], second["counts"]["same"]) == (1, 0, 1)
    assert first["oddities"][0]["code"] == "jurisdiction_with_city"


def test_conflicts_are_shown_with_both_sides_and_exit_with_1(beian, tmp_path, good):
    bad = written(tmp_path / "bad.csv", csv_bytes(FILING, OTHER))
    done = beian("register", "preview", good, bad)
    assert done.exit_code == 1
    assert "conflict: the number belongs to an entry with another name" in done.output
    assert "bad.csv, row 2: filing · 小识" in done.output
    assert "known: filing · 小知" in done.output
    done = beian("register", "preview", good, bad, "--json")
    (conflict,) = json.loads(done.stdout)[1]["conflicting"]
    assert conflict["reasons"] == ["number_of_another"]
    assert done.exit_code == 1


def test_shipped_entries_are_what_lists_are_compared_with_unless_alone(beian, tmp_path):
    row = ["1", "北京市", "文心一言", "北京百度网讯科技有限责任公司", "", "2023-09-01"]
    path = written(tmp_path / "a.csv", csv_bytes(FILING, row))
    done = beian("register", "preview", path)
    assert "date 2023-08-31 (book: rows.csv, row 2) → 2023-09-01 (a.csv, row 2)" in done.output
    (change,) = json.loads(beian("register", "preview", path, "--json").stdout)[0]["changed"][0]["changes"]
    assert (change["field"], change["before"], change["after"]) == ("filed_on", "2023-08-31", "2023-09-01")
    assert json.loads(beian("register", "preview", path, "--alone", "--json").stdout)[0]["counts"]["new"] == 1


def test_wrong_use_is_told_in_one_sentence(beian, tmp_path, good):
    done = beian("register", "preview", good, "--series", "both")
    assert done.exit_code == 2
    assert "must be filing or registration" in done.output
    done = beian("register", "preview", tmp_path / "none.csv")
    assert done.exit_code == 2
    assert "none.csv: it can't be read" in done.output


def test_rows_left_out_are_named_and_the_series_can_be_told(beian, tmp_path):
    path = written(
        tmp_path / "a.csv", csv_bytes(["序号", "产品名称", "单位名称"], ["1", "小知", "深圳小知科技有限公司"])
    )
    assert "[series_unknown] a.csv, row 2" in beian("register", "preview", path).output
    assert "registration 1; new 1" in beian("register", "preview", path, "--series", "registration").output
