"""People judge a sample: out as a sheet, tasks or lines, back into a chain, two each, then a third."""

import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import orjson
import pytest

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.corpus.verdicts import Given, Inspections, check_verdicts, take_verdicts
from tests.unit.corpus.conftest import jsonl, run

AT = datetime(2026, 11, 23, tzinfo=UTC)
HERE = Text("此处", "here")


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished scan of 20 documents of two sources."""
    monkeypatch.setenv("BEIAN_LANG", "en")
    monkeypatch.chdir(tmp_path)
    rows = [{"id": f"d{n}", "source": f"s{n % 2}", "text": f"=第{n}篇\n次行"} for n in range(20)]
    Path("c.jsonl").write_bytes(jsonl(rows))
    run("scan", "c.jsonl", "--out", "out", "--quiet")
    return tmp_path / "out"


def judge(scan: Path, by: str, bad: set[int], numbers: range = range(1, 21)) -> None:
    values = {True: "does_not_conform", False: "conforms"}
    take_verdicts(scan, [Given(n, values[n in bad], HERE) for n in numbers], by=by, at=AT)


def test_a_sheet_goes_out_locked_and_comes_back_into_the_chain(scan: Path) -> None:
    run("inspect", "export", "out", "--to", "s.xlsx")
    book = openpyxl.load_workbook("s.xlsx")
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["序号", "来源", "文档编号", "语料内容", "判定结果"]
    assert sheet.max_row == 21
    assert sheet["D2"].value.startswith("=第")
    assert sheet["D2"].data_type == "s"
    assert (sheet["D2"].protection.locked, sheet["E2"].protection.locked) == (True, False)
    assert sheet.protection.sheet
    assert sheet.data_validations.dataValidation[0].formula1 == '"合格,不合格"'
    for row in range(2, 21):
        sheet.cell(row, 5).value = "不合格" if row == 2 else "合格"
    book.save("s.xlsx")
    told = json.loads(run("inspect", "import", "out", "s.xlsx", "--by", "李雷", "--json"))
    assert (told["new"], told["already"], told["settled"]) == (19, 0, 0)
    assert "李雷" not in (scan / "inspection.jsonl").read_text("utf-8")
    again = json.loads(run("inspect", "import", "out", "s.xlsx", "--by", " 李雷", "--json"))
    assert (again["new"], again["already"]) == (0, 19)
    run("inspect", "export", "out", "--to", "s.xlsx", code=2)


def test_two_settle_and_a_third_decides_where_they_disagree(scan: Path) -> None:
    judge(scan, "a", {1})
    judge(scan, "b", set())
    found = Inspections.read(scan)
    assert found.disputed() == [1]
    assert len(found.judged()) == 19
    run("inspect", "export", "out", "--to", "third.jsonl", "--disputed")
    (row,) = [orjson.loads(line) for line in Path("third.jsonl").read_bytes().splitlines()]
    assert (row["number"], row["text"][:2]) == (1, "=第")
    judge(scan, "c", {1}, range(1, 2))
    assert sorted(Inspections.read(scan).judged().values()) == [False, *[True] * 19]
    assert "judged by two 20" in run("inspect", "status", "out")
    assert json.loads(run("inspect", "status", "out", "--json"))["settled"] == 20
    assert "holds" in run("verify", "out")


def test_the_report_goes_by_what_people_settled(scan: Path) -> None:
    judge(scan, "a", {1, 2})
    judge(scan, "b", {1})
    judge(scan, "c", {2}, range(2, 3))
    made = json.loads(run("report", "out", "--json", code=1))
    assert (made["agreement"]["disagreed"], made["agreement"]["settled"]) == (1, 20)
    manual = next(one for one in made["results"] if one["threshold"] == "corpus.sample.manual.pass")
    assert (manual["measured"], manual["conclusion"]) == ([18, 20], "does_not_conform")
    after = [source["after"]["measured"] for source in made["sources"]]
    assert sum(bad for bad, _ in after) == 2
    assert "κ = " in (scan / "report.html").read_text("utf-8")


def test_label_studio_gets_tasks_and_gives_annotations(scan: Path) -> None:
    run("inspect", "export", "out", "--to", "t.json")
    assert "语料内容" in Path("t.xml").read_text("utf-8")
    tasks = orjson.loads(Path("t.json").read_bytes())
    for task in tasks:
        result = [{"from_name": "verdict", "value": {"choices": ["合格"]}}]
        task["annotations"] = [{"completed_by": 7, "result": result}]
    Path("t.json").write_bytes(orjson.dumps(tasks))
    told = json.loads(
        run("inspect", "import", "out", "t.json", "--by", "li", "--sign-key", "key.pem", "--json")
    )
    assert told["new"] == 20
    assert (scan / "inspection-head.dsse.json").is_file()
    assert "20 were there already" in run("inspect", "import", "out", "t.json", "--by", "li")


@pytest.mark.parametrize(
    "row",
    [
        {"number": 1, "id": "other", "label": "conforms"},
        {"number": 99, "id": "d1", "label": "conforms"},
        {"number": "x", "id": "d1", "label": "conforms"},
        {"id": "d1"},
        [],
    ],
)
def test_a_row_that_was_not_drawn_is_refused_and_nothing_taken(scan: Path, row: object) -> None:
    Path("j.jsonl").write_bytes(jsonl([row]))
    run("inspect", "import", "out", "j.jsonl", "--by", "li", code=2)
    assert not (scan / "inspection.jsonl").exists()


def test_a_result_that_is_none_is_refused_and_blanks_are_left_for_later(scan: Path) -> None:
    drawn = Inspections.read(scan).sample[0].id
    Path("j.jsonl").write_bytes(jsonl([{"number": 1, "id": drawn, "label": "maybe"}]))
    run("inspect", "import", "out", "j.jsonl", "--by", "li", code=2)
    Path("j.jsonl").write_bytes(jsonl([{"number": 1, "id": drawn, "label": ""}]))
    assert "No result is filled in" in run("inspect", "import", "out", "j.jsonl", "--by", "li")
    run("inspect", "export", "out", "--to", "x.docx", code=2)
    run("inspect", "export", "out", "--to", "x.jsonl", "--disputed", code=2)


def test_a_verdict_once_given_stands(scan: Path) -> None:
    judge(scan, "a", set())
    with pytest.raises(BadInputError, match="here: it contradicts"):
        judge(scan, "a", {3})


def test_verdicts_that_nobody_could_have_given_are_found(scan: Path) -> None:
    assert check_verdicts(scan) == []
    take_verdicts(scan, [Given(99, "conforms", HERE)], by="a", at=AT)
    found = [one.text.en for one in check_verdicts(scan) if one.severity == "error"]
    assert found == ["inspection.jsonl, line 2: no verdict on the sample."]
    run("verify", "out", code=1)


def test_verdicts_on_another_scan_are_refused(scan: Path) -> None:
    judge(scan, "a", set())
    run("scan", "c.jsonl", "--out", "other", "--quiet", "--sample", "10")
    Path("other/inspection.jsonl").write_bytes((scan / "inspection.jsonl").read_bytes())
    with pytest.raises(BadInputError, match="not about the sample"):
        Inspections.read(Path("other"))
