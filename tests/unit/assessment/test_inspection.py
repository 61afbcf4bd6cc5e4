"""People judging: two each, a third where they disagree; sheets and tasks out and in again."""

import io
import json
import stat
import zipfile
from itertools import product

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from openbeian.assessment import BankKind, load_report, render_html, verify
from openbeian.assessment.inspection import (
    Inspected,
    Standing,
    check_inspections,
    parse_label,
    settle,
    summarise,
)
from openbeian.assessment.inspection_import import import_verdicts, inspections_of, read_filled
from openbeian.assessment.inspection_items import InspectedRun
from openbeian.assessment.inspection_sheet import COLUMNS, write_sheet
from openbeian.assessment.inspection_tasks import labelling_interface, read_tasks, write_tasks
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.evidence import ChainReader, ChainWriter, Record, RecordKind
from openbeian.evidence.people import PEOPLE_FILE, pseudonym_of
from openbeian.standards import load_taxonomy
from tests.simulators.llm import LLMSimulator, Reply

from .support import START, files_of, good_service, plan

HOSTILE = {
    3: '=HYPERLINK("http://evil.example","看")',
    4: "+1+cmd|' /C calc'!A0",
    5: "@SUM(1;2)\x07\x0b\x00",
    6: "_x0041_ 与 _x005F_ 与 \r\n 两行",
    7: "长" * 40_000,
    8: "#REF!",
    9: "  前后有空格  ",
    10: "𝄞" * 20_000,
}


def hostile(question, number):
    if question.startswith("generated_content") and number in HOSTILE:
        return Reply(HOSTILE[number])
    if number == 11:
        return Reply("", finish="content_filter")
    return good_service(question, number)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    with LLMSimulator(hostile) as service:
        return files_of(plan(service.url, concurrency=1), tmp_path_factory)


def read(out):
    return InspectedRun.read(ChainReader(out / "evidence.jsonl"))


def sheet(out, path, says, bank=BankKind.GENERATED_CONTENT):
    """Export, have somebody fill in what `says` gives for each number, and return the file."""
    path.write_bytes(write_sheet(read(out).of_bank(bank), bank, load_taxonomy()))
    return fill(path, says)


def fill(path, says):
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    for row in range(2, page.max_row + 1):
        page.cell(row, 6).value = says(int(page.cell(row, 1).value))
    workbook.save(path)
    return path


def take(out, path, by, **options):
    return import_verdicts(out, [(path, read_filled(path))], by=by, at=START, **options)


def fine(_number):
    return "合格"


def but_bad(*numbers):
    return lambda number: "不合格" if number in numbers else "合格"


def test_a_sheet_has_the_offices_columns_a_list_to_choose_from_and_only_the_result_to_fill_in(out):
    data = write_sheet(
        read(out).of_bank(BankKind.GENERATED_CONTENT), BankKind.GENERATED_CONTENT, load_taxonomy()
    )
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    assert tuple(cell.value for cell in page[1]) == COLUMNS
    assert page.max_row == 1 + 62
    (choices,) = page.data_validations.dataValidation
    assert choices.formula1 == '"合格,不合格"'
    assert str(choices.sqref) == "F2:F63"
    assert page.protection.sheet
    unlocked = {cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {f"F{number}" for number in range(2, 64)}
    assert (page.print_title_rows, page.page_setup.orientation) == ("$1:$1", "landscape")
    assert page["C2"].value.startswith("A.")


def test_whatever_a_model_answers_stays_text_in_the_sheet(out):
    data = write_sheet(
        read(out).of_bank(BankKind.GENERATED_CONTENT), BankKind.GENERATED_CONTENT, load_taxonomy()
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "=HYPERLINK" in xml
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    for row in page.iter_rows(min_row=2):
        for cell in row[:5]:
            assert cell.data_type == "s"
            assert cell.quotePrefix
            assert len(cell.value.encode("utf-16-le")) // 2 <= 32_767


def test_every_answer_comes_back_from_a_sheet_however_odd_it_is(out, tmp_path):
    done = take(out, sheet(out, tmp_path / "li.xlsx", fine), "inspector-1")
    assert (done.new, done.already, done.blank, done.settled) == (62, 0, (), 0)
    (generated, *_) = done.inspections
    assert (generated.by_one, generated.by_two, generated.kappa) == (62, 0, None)


def test_two_people_settle_an_answer_and_a_third_decides_where_they_disagree(out, tmp_path):
    take(out, sheet(out, tmp_path / "li.xlsx", but_bad(5, 6)), "inspector-1")
    second = take(out, sheet(out, tmp_path / "han.xlsx", but_bad(6, 7)), "inspector-2")
    assert second.settled == 60
    (generated, *_) = second.inspections
    assert (generated.disagreed, generated.open, generated.settled) == (2, 2, 60)
    # 60 of 62 alike; two bad ones each, by chance (60² + 2²) / 62².
    chance = (60**2 + 2**2) / 62**2
    assert generated.kappa == pytest.approx((60 / 62 - chance) / (1 - chance))
    assert generated.kappa_interval.low < generated.kappa < generated.kappa_interval.high
    people = load_report(out).result("eval.generated.manual.pass")
    assert (people.judged, people.counted) == (60, 59)
    assert people.left_out
    disputed = [item.number for item in read(out).disputed(BankKind.GENERATED_CONTENT)]
    assert disputed == [5, 7]

    path = tmp_path / "third.xlsx"
    bank = BankKind.GENERATED_CONTENT
    path.write_bytes(write_sheet(list(read(out).disputed(bank)), bank, load_taxonomy()))
    third = take(out, fill(path, but_bad(7)), "inspector-3")
    assert (third.new, third.settled) == (2, 2)
    report = load_report(out)
    people = report.result("eval.generated.manual.pass")
    assert (people.judged, people.verdicts["does_not_conform"]) == (62, 2)
    assert report.inspections == third.inspections[:1]
    assert [judge.name for judge in report.judges] == ["classifier", "human", "keyword", "refusal"]
    assert [finding.code for finding in verify(out)] == ["unsigned"]
    assert "κ = " in render_html(report, "zh")
    assert "Judged by people" in render_html(report, "en")


def test_importing_twice_changes_not_a_byte(out, tmp_path):
    path = sheet(out, tmp_path / "li.xlsx", but_bad(5))
    take(out, path, "inspector-1")
    take(out, sheet(out, tmp_path / "han.xlsx", fine), "inspector-2")
    before = (out / "evidence.jsonl").read_bytes()
    again = take(out, path, "inspector-1")
    assert (again.new, again.already, again.settled) == (0, 62, 0)
    assert (out / "evidence.jsonl").read_bytes() == before


def test_an_import_that_was_killed_before_the_verdicts_is_made_whole_by_the_same_import(out, tmp_path):
    path = sheet(out, tmp_path / "li.xlsx", fine)
    take(out, path, "inspector-1")
    take(out, path, "inspector-2")
    records = list(ChainReader(out / "evidence.jsonl"))
    (out / "evidence.jsonl").unlink()
    with ChainWriter(out / "evidence.jsonl") as writer:
        for record in records[:-50]:
            writer.append(record.kind, record.body, at=record.at)
    done = take(out, path, "inspector-2")
    assert (done.new, done.settled) == (0, 49)
    assert verify(out)[0].code == "unsigned"


def test_rows_left_blank_are_named_and_the_others_taken(out, tmp_path):
    path = sheet(out, tmp_path / "li.xlsx", lambda number: None if number in (2, 4) else "合格")
    done = take(out, path, "inspector-1")
    assert done.new == 60
    assert [place.en for place in done.blank] == ["line 3", "line 5"]


def changed(path, row, column, value):
    workbook = load_workbook(path)
    workbook.worksheets[0].cell(row, column).value = value
    workbook.save(path)
    return path


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ((7, 6), "也许", r"li\.xlsx, line 7: the result “也许” is none of conforms, does_not_conform"),
        ((7, 5), "换过的回答", r"line 7: number, question and answer are not those of this run"),
        ((9, 2), "换过的题", r"line 9: number"),
        ((9, 1), "999", r"line 9: number"),
        ((9, 1), None, r"line 9: number"),
    ],
)
def test_a_row_that_is_wrong_is_named_by_its_line_and_nothing_is_taken(out, tmp_path, cell, value, said):
    path = changed(sheet(out, tmp_path / "li.xlsx", fine), *cell, value)
    before = (out / "evidence.jsonl").read_bytes()
    with pytest.raises(BadInputError, match=said):
        take(out, path, "inspector-1")
    assert (out / "evidence.jsonl").read_bytes() == before


def test_all_lines_that_are_wrong_in_the_same_way_are_named(out, tmp_path):
    path = sheet(out, tmp_path / "li.xlsx", fine)
    changed(changed(path, 7, 2, "换"), 9, 2, "换")
    with pytest.raises(BadInputError, match="line 7, line 9: number"):
        take(out, path, "inspector-1")


def test_a_verdict_once_given_stands(out, tmp_path):
    take(out, sheet(out, tmp_path / "li.xlsx", fine), "inspector-1")
    with pytest.raises(BadInputError, match="line 4: it contradicts what this person said before"):
        take(out, sheet(out, tmp_path / "other.xlsx", but_bad(3)), "inspector-1")


def test_a_sheet_without_a_row_is_refused(out, tmp_path):
    path = tmp_path / "empty.xlsx"
    workbook = Workbook()
    workbook.active.append(COLUMNS)
    workbook.save(path)
    with pytest.raises(BadInputError, match="nothing in it to import"):
        take(out, path, "inspector-1")


def test_signed_evidence_is_not_added_to_without_the_key(out, tmp_path):
    (out / "head.dsse.json").write_bytes(b"signed")
    path = sheet(out, tmp_path / "li.xlsx", fine)
    with pytest.raises(BadInputError, match="give the key with --sign-key"):
        take(out, path, "inspector-1")
    take(out, path, "inspector-1", sign_head=lambda head, _at: head.encode())
    assert (out / "head.dsse.json").read_text() == load_report(out).evidence.head


def test_nobody_adds_to_a_run_that_goes_on(out, tmp_path):
    path = sheet(out, tmp_path / "li.xlsx", fine)
    reader = ChainReader(out / "evidence.jsonl")
    list(reader)
    with ChainWriter.resume(out / "evidence.jsonl", reader), pytest.raises(CouldNotRunError):
        take(out, path, "inspector-1")


def test_refusals_are_labelled_in_their_own_words(out, tmp_path):
    says = lambda number: "拒答" if number % 2 else "部分拒答"  # noqa: E731
    path = sheet(out, tmp_path / "li.xlsx", says, BankKind.SHOULD_REFUSE)
    take(out, path, "inspector-1")
    take(out, path, "inspector-2")
    counts = {one.bank: one.settled for one in inspections_of(read(out))}
    assert counts == {"generated_content": 0, "should_refuse": 102, "should_answer": 0}


def tasks(out, says, by=1, **more):
    done = orjson.loads(write_tasks(read(out).of_bank(BankKind.GENERATED_CONTENT)))
    for task in done:
        label = says(int(task["data"]["number"]))
        choice = {
            "from_name": "verdict",
            "to_name": "answer",
            "type": "choices",
            "value": {"choices": [label]},
        }
        task["annotations"] = (
            [{"completed_by": by, "was_cancelled": False, "result": [choice]}] if label else []
        )
    return done


def test_label_studio_gets_tasks_and_gives_annotations(out, tmp_path):
    path = tmp_path / "li.json"
    path.write_bytes(orjson.dumps(tasks(out, lambda number: None if number == 1 else fine(number))))
    done = take(out, path, "inspector-1")
    assert done.new == 61
    assert [place.en for place in done.blank] == ["task 1"]
    interface = labelling_interface(BankKind.SHOULD_ANSWER)
    assert '<Choice value="部分拒答">' in interface
    assert 'toName="answer"' in interface


def test_of_several_annotators_one_is_chosen(out, tmp_path):
    both = tasks(out, fine, by={"id": 1, "email": "li@example.org"})
    for task, other in zip(
        both, tasks(out, but_bad(2), by={"id": 2, "email": "han@example.org"}), strict=True
    ):
        task["annotations"] += other["annotations"]
    path = tmp_path / "both.json"
    path.write_bytes(orjson.dumps(both))
    with pytest.raises(BadInputError, match="task 1: several people"):
        read_tasks(path)
    assert {row.label for row in read_tasks(path, "li@example.org")} == {"合格"}
    assert {row.label for row in read_tasks(path, "2")} == {"合格", "不合格"}


def test_a_task_annotated_twice_and_differently_contradicts_itself(out, tmp_path):
    twice = tasks(out, fine)
    twice[0]["annotations"] += tasks(out, but_bad(1))[0]["annotations"]
    path = tmp_path / "twice.json"
    path.write_bytes(orjson.dumps(twice))
    with pytest.raises(BadInputError, match="task 1: it contradicts"):
        take(out, path, "inspector-1")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "no JSON that Label Studio exports"),
        (b"{}", "no JSON that Label Studio exports"),
        (b"[3]", "task 1: this is no task"),
        (b'[{"data": {"number": 1}}]', "task 1: this is no task"),
    ],
)
def test_what_is_no_export_of_label_studio_is_refused(tmp_path, data, said):
    path = tmp_path / "x.json"
    path.write_bytes(data)
    with pytest.raises(BadInputError, match=said):
        read_tasks(path)
    with pytest.raises(BadInputError, match="can't be read"):
        read_tasks(tmp_path / "none.json")


def test_people_are_pseudonyms_in_evidence_and_names_only_in_a_file_of_the_providers(tmp_path):
    salts = iter([b"salt", b"other"])

    def who(name, **options):
        options = {"is_first": True} | options
        return pseudonym_of(name, tmp_path, make_salt=lambda: next(salts), **options)

    li = who("李雷")
    assert "李" not in li
    assert who(" 李雷 ", is_first=False) == li
    assert who("Han Meimei") == who("han  MEIMEI", is_first=False) != li
    path = tmp_path / PEOPLE_FILE
    assert json.loads(path.read_bytes())["people"][li] == "李雷"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(BadInputError, match="has no name"):
        who("  ")
    for broken in (b"", b'{"salt": "", "people": {}}', b"[]", b'{"salt": "zz", "people": {}}'):
        path.write_bytes(broken)
        with pytest.raises(BadInputError, match="missing or broken"):
            who("李雷")
    path.unlink()
    with pytest.raises(BadInputError, match="missing or broken"):
        who("李雷", is_first=False)


VALUES = ("refuse", "partial", "comply")


@pytest.mark.parametrize("given", [p for n in range(4) for p in product(VALUES, repeat=n)])
def test_the_rule_of_two_and_a_third(given):
    found = settle(given)
    if len(given) < 2:
        assert found.standing is (Standing.ONE if given else Standing.UNJUDGED)
    elif given[0] == given[1]:
        assert found == (Standing.SETTLED, given[0])
    elif len(given) == 2:
        assert found == (Standing.DISAGREED, None)
    else:
        assert found == (Standing.SETTLED, given[2])


@given(
    st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(VALUES)), max_size=4), max_size=12)
)
def test_a_summary_adds_up(answers):
    inspected = Inspected({n: dict(said) for n, said in enumerate(answers)})
    one = summarise(inspected, BankKind.SHOULD_REFUSE, range(len(answers)))
    unjudged = sum(not said for said in answers)
    assert one.answers == unjudged + one.by_one + one.by_two
    assert one.by_two == one.settled + one.open
    assert one.open <= one.disagreed <= one.by_two
    assert (one.kappa is None) == (one.by_two == 0)


def records(*steps):
    return [Record(START, kind, seq, "", body) for seq, (kind, body) in enumerate(steps)]


def test_a_verdict_that_people_did_not_give_is_found_out():
    said = lambda by, value="conforms": (  # noqa: E731
        RecordKind.INSPECTION,
        {"answer": 9, "by": by, "value": value},
    )
    verdict = RecordKind.VERDICT, {"answer": 9, "judge": "human", "value": "conforms"}
    other = RecordKind.VERDICT, {"answer": 9, "judge": "keyword", "value": "hit"}
    assert list(check_inspections(records(said("a"), other, said("b"), verdict))) == []
    for steps, code in (
        ((said("a"), verdict), "verdict_not_settled"),
        ((said("a"), said("b", "does_not_conform"), verdict), "verdict_not_settled"),
        ((said("a"), said("a")), "inspected_twice"),
    ):
        assert [finding.code for finding in check_inspections(records(*steps))] == [code]


def test_labels_are_read_in_either_language():
    from openbeian.assessment.inspection import LABELS

    labels = LABELS[BankKind.GENERATED_CONTENT]
    for written in ("不合格", " 不 合格 ", "does_not_conform", "Does not conform"):
        assert parse_label(labels, written) == "does_not_conform"
    assert parse_label(labels, "合") is None


def test_an_answer_of_another_draw_or_bank_is_nobodys_to_judge(out):
    before = list(ChainReader(out / "evidence.jsonl"))
    first = next(dict(record.body) for record in before if record.kind is RecordKind.ANSWER)
    assert len(InspectedRun.read(before).items) == 62 + 102 + 130
    for body in (first, {**first, "question": "nobody asked"}):
        again = Record(START, RecordKind.ANSWER, len(before), "", body)
        assert len(InspectedRun.read([*before, again]).items) == 62 + 102 + 130


def test_of_several_turns_people_are_shown_all(out):
    before = list(ChainReader(out / "evidence.jsonl"))
    at, answer = next((n, one) for n, one in enumerate(before) if one.kind is RecordKind.ANSWER)

    def item(history):
        told = Record(answer.at, answer.kind, answer.seq, "", {**answer.body, "history": history})
        return InspectedRun.read([*before[:at], told]).items[answer.seq]

    turns = [{"prompt": "甲", "answer": "乙"}, {"prompt": "丙", "answer": " "}]
    shown = item(turns)
    assert shown.prompt == (
        f"用户：甲\n模型：乙\n用户：丙\n模型：（服务拦截了这一问，没有作答）\n用户：{answer.body['prompt']}"
    )
    for broken in ([{"prompt": "甲"}], ["甲"], 3, [{"prompt": "甲", "answer": 1}]):
        with pytest.raises(BadInputError, match="the turns before are incomplete"):
            item(broken)
