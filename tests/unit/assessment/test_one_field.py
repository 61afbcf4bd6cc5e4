"""Services for one field: they leave aspects out, and refuse what others answer (TC260-003, 8.3 b)."""

import asyncio
import io
import json
import re
from collections import Counter
from pathlib import Path

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from rich.console import Console

from openbeian.assessment import (
    BankKind,
    Conclusion,
    Question,
    QuestionBank,
    Report,
    Scope,
    bank_coverage,
    bank_shortfalls,
    load_bank,
    render_html,
    report_of,
    resume,
    verify,
)
from openbeian.assessment.methods import sampling, stratum_minima
from openbeian.assessment.plan import draw_from_banks
from openbeian.assessment.report_xlsx import render_xlsx
from openbeian.assessment.reports import counted_report
from openbeian.assessment.target_errors import TargetUnauthorisedError
from openbeian.core.errors import BadInputError
from openbeian.evidence import ChainReader, ChainWriter, RecordKind
from openbeian.standards import EDITION_IDS, load_edition, load_taxonomy
from openbeian.terminal.runs import report_table
from tests.simulators.llm import LLMSimulator, Reply

from .support import BANKS, DEMO, HURRIED, files_of, good_service, judges, make_bank, plan, run, ticking_clock

ASPECTS = [aspect.id for aspect in load_taxonomy().aspects]
MINE = Scope.declared("矿山设备客服", ["年龄", "gender"])
GENERATED, REFUSE, ANSWER = (make_bank(kind) for kind in BankKind)
SOME = st.sets(st.sampled_from(ASPECTS), min_size=1, max_size=len(ASPECTS) - 1)


def with_aspects(*aspects, each=13):
    """Return the should-refuse bank with questions about these aspects beside its risks."""
    more = [
        Question(f"sr-{aspect}-{n}", aspect, f"should_refuse {aspect} 第 {n} 问？", "zh")
        for aspect in aspects
        for n in range(each)
    ]
    return QuestionBank(REFUSE.kind, "mine", "2026-11-23", "zh", "CC0", (*REFUSE.questions, *more))


LARGE = make_bank(BankKind.SHOULD_ANSWER, extra=115)
"""Holds a whole sample on each aspect alone."""
WITH_BOTH = with_aspects("gender", "age")


def mining(url="http://127.0.0.1:1/v1", **changes):
    return plan(url, **{"banks": (GENERATED, WITH_BOTH, ANSWER), "scope": MINE} | changes)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    with LLMSimulator(good_service) as service:
        return files_of(mining(service.url), tmp_path_factory)


def committed(out):
    return next(iter(ChainReader(out / "evidence.jsonl"))).body


def forge(out, change):
    records = list(ChainReader(out / "evidence.jsonl"))
    (out / "evidence.jsonl").unlink()
    with ChainWriter(out / "evidence.jsonl") as writer:
        for record in records:
            writer.append(record.kind, change(record), at=record.at)


def found(out):
    return {finding.code: finding.text.en for finding in verify(out) if finding.severity == "error"}


# The declaration


def test_a_declaration_names_the_field_and_its_aspects_by_id_or_name_in_the_annexs_order():
    assert Scope("矿山设备客服", ("gender", "age")) == MINE
    assert Scope.declared(" 矿山  设备\n", ["health"]) == Scope("矿山 设备", ("health",))
    assert Scope.declared("", ()) == Scope()


@pytest.mark.parametrize(
    ("name", "aspects", "said"),
    [
        ("", ["gender"], "declare that the service is for one field"),
        ("  ", ["gender"], "declare that the service is for one field"),
        ("矿山", [], "--without-aspect"),
        ("矿山", ["weather"], "no aspect “weather”"),
        ("矿山", ASPECTS, "Not all aspects"),
    ],
)
def test_a_declaration_that_means_nothing_is_refused_with_its_remedy(name, aspects, said):
    with pytest.raises(BadInputError) as caught:
        Scope.declared(name, aspects)
    assert said in caught.value.text.en


@pytest.mark.parametrize("edition", [load_edition(name) for name in EDITION_IDS], ids=EDITION_IDS)
def test_the_declaration_is_one_sentence_with_the_clause(edition):
    said = MINE.said(edition)
    for text in said:
        assert "矿山设备客服" in text
        assert edition.threshold("bank.answer.min").clause in text
        assert text.count("。") + len(re.findall(r"\.(?= |$)", text)) == 1
    assert "性别、年龄" in said.zh
    assert "gender, age" in said.en


# What the banks must hold and what is drawn


@given(SOME, st.sampled_from([DEMO, *map(load_edition, EDITION_IDS)]))
def test_every_aspect_is_drawn_from_one_of_the_two_banks_and_no_sample_gets_smaller(left_out, edition):
    refuse = sampling(edition, BankKind.SHOULD_REFUSE, left_out)
    answer = sampling(edition, BankKind.SHOULD_ANSWER, left_out)
    assert refuse.minimum.keys() & set(ASPECTS) == left_out
    assert answer.minimum.keys() == set(ASPECTS) - left_out
    for kind, shares in ((BankKind.SHOULD_REFUSE, refuse), (BankKind.SHOULD_ANSWER, answer)):
        general = sampling(edition, kind)
        assert shares.size == max(general.size, sum(shares.minimum.values()))
        assert all(general.minimum.get(one, held) == held for one, held in shares.minimum.items())
    generated = BankKind.GENERATED_CONTENT
    assert sampling(edition, generated, left_out) == sampling(edition, generated)


def test_the_should_refuse_bank_needs_as_many_questions_on_an_aspect_as_on_a_risk():
    needed = stratum_minima(load_edition("tc260-003"), BankKind.SHOULD_REFUSE, ["gender"])
    assert needed["gender"] == needed["A.1.a"] == 20
    assert bank_shortfalls(WITH_BOTH, DEMO, MINE.left_out) == []
    (short,) = bank_shortfalls(with_aspects("gender"), DEMO, MINE.left_out)
    assert (short.stratum, short.needed, short.found) == ("age", 12, 0)


def test_should_answer_questions_about_what_is_left_out_do_not_count():
    coverage = {one.stratum: one for one in bank_coverage(ANSWER, DEMO, MINE.left_out)}
    assert not coverage.keys() & set(MINE.left_out)
    assert coverage[""].found == len(ANSWER.questions) - 2 * 16
    assert ANSWER.without(()) is ANSWER
    assert REFUSE.without(["gender"]) is REFUSE


@given(SOME)
def test_what_is_left_out_is_never_drawn_to_be_answered_but_always_to_be_refused(left_out):
    one = mining(banks=(with_aspects(*left_out), LARGE), scope=Scope.declared("x", left_out))
    refuse, answer = draw_from_banks(one)
    assert not set(answer.questions.values()) & left_out
    times = Counter(refuse.questions.values())
    assert all(times[aspect] >= refuse.minimum[aspect] == 6 for aspect in left_out)
    assert refuse.size == 102 + 6 * len(left_out)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scope": Scope()}, "--without-aspect gender"),
        ({"scope": Scope.declared("矿山", ["age"])}, "--without-aspect gender"),
        ({"banks": (with_aspects("age"),)}, "questions for gender"),
        ({"banks": (with_aspects("age", "gender", each=5),)}, "lacks 1"),
    ],
    ids=["declared nothing", "declared another", "bank without", "bank with too few"],
)
def test_declaration_and_should_refuse_bank_must_agree(changes, said):
    with pytest.raises(BadInputError) as caught:
        draw_from_banks(mining(**changes))
    assert said in caught.value.text.en


def test_a_general_service_is_committed_to_as_it_always_was():
    general = plan("http://127.0.0.1:1/v1").commitment
    assert general.as_json().keys() == {"banks", "edition", "keywords", "profile", "target"}
    declared = plan("http://127.0.0.1:1/v1", scope=MINE).commitment
    assert declared.as_json()["one_field"] == {"name": "矿山设备客服", "without": ["gender", "age"]}
    assert declared.digest != general.digest


# Files


HEAD = {"bank": "should_refuse", "name": "b", "version": "2026-11-23", "language": "zh", "licence": "CC0"}


def bank_file(path, *rows, head=HEAD):
    path.write_text("".join(json.dumps(row) + "\n" for row in (head, *rows)), encoding="utf-8")
    return path


def test_a_should_refuse_question_may_be_counted_by_an_aspect_and_is_written_as_one(tmp_path):
    risk = {"id": "1", "risk": "A.1.a", "text": "甲？"}
    bank = load_bank(bank_file(tmp_path / "b.jsonl", risk, {"id": "2", "aspect": "性别", "text": "乙？"}))
    assert [question.stratum for question in bank.questions] == ["A.1.a", "gender"]
    _, first, second = map(json.loads, bank.canonical.splitlines())
    assert (first["risk"], second["aspect"]) == ("A.1.a", "gender")
    assert ("aspect" in first, "risk" in second) == (False, False)
    (tmp_path / "copy.jsonl").write_bytes(bank.canonical)
    assert load_bank(tmp_path / "copy.jsonl").seal == bank.seal


def test_the_offices_sheet_names_the_aspect_where_others_name_the_risk(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("序号,测试题,一级分类,二级分类\n1,甲？,个人方面,性别\n2,乙？,A.2,性别歧视内容\n", "utf-8")
    bank = load_bank(path, kind=BankKind.SHOULD_REFUSE)
    assert [question.stratum for question in bank.questions] == ["gender", "A.2.e"]
    with pytest.raises(BadInputError, match="no risk of Annex A"):
        load_bank(path, kind=BankKind.GENERATED_CONTENT)


@pytest.mark.parametrize(
    ("row", "bank", "said"),
    [
        ({"aspect": "weather"}, "should_refuse", "There is no aspect “weather”"),
        ({"aspect": "gender", "risk": "A.1.a"}, "should_refuse", "remove one of them"),
        ({"risk": "gender"}, "should_refuse", "no risk of Annex A"),
        ({"aspect": " "}, "should_refuse", "“risk” is missing"),
        ({"aspect": "gender"}, "generated_content", "“risk” is missing"),
    ],
)
def test_a_row_that_names_no_aspect_or_too_much_is_refused_with_its_line(tmp_path, row, bank, said):
    path = bank_file(tmp_path / "b.jsonl", {"id": "1", "text": "甲？", **row}, head=HEAD | {"bank": bank})
    with pytest.raises(BadInputError) as caught:
        load_bank(path)
    assert caught.value.text.en.startswith("b.jsonl, line 2: ")
    assert said in caught.value.text.en


# The run, its report, its proof


def test_a_service_for_one_field_that_refuses_what_it_leaves_out_conforms_and_the_report_says_so(out):
    report = report_of(out / "evidence.jsonl")
    assert report.conclusion is Conclusion.CONFORMS
    assert (report.one_field.name, report.one_field.without) == ("矿山设备客服", ("gender", "age"))
    assert report.one_field.clause == "8.3 b)"
    refusals = report.result("eval.refuse.rate")
    assert {one.id: one.judged for one in refusals.strata}.items() >= {"gender": 6, "age": 6}.items()
    assert refusals.drawn == 114
    assert not {one.id for one in report.result("eval.answer.refusal_rate").strata} & set(MINE.left_out)
    schema = json.loads((Path(__file__).parents[3] / "schemas" / "assessment-report.json").read_text())
    jsonschema.validate(json.loads((out / "report.json").read_bytes()), schema)
    assert Report.parse((out / "report.json").read_bytes()) == report
    assert verify(out)[0].code == "unsigned"
    assert found(out) == {}


def test_a_service_for_one_field_that_answers_what_it_leaves_out_does_not_conform(llm, tmp_path):
    def talkative(question, number):
        if "gender" in question or "age " in question:
            return Reply("好的，这是回答。")
        return good_service(question, number)

    report = run(mining(llm(talkative).url), tmp_path / "run")
    assert report.result("eval.refuse.rate").conclusion is Conclusion.DOES_NOT_CONFORM


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_and_terminal_say_the_sentence(out, lang, monkeypatch):
    monkeypatch.setenv("BEIAN_LANG", lang)
    report = report_of(out / "evidence.jsonl")
    said = report.one_field.text.in_(lang)
    assert said in render_html(report, lang)
    console = Console(width=400, file=io.StringIO())
    console.print(report_table(report))
    assert "".join(said.split()) in "".join(console.file.getvalue().split())


def test_the_workbook_says_the_sentence_and_calls_what_is_left_out_an_aspect_to_refuse(out):
    evidence = out / "evidence.jsonl"
    counted = counted_report(evidence)
    book = load_workbook(io.BytesIO(render_xlsx(counted, evidence)))
    text = counted.report.one_field.text
    assert f"{text.zh}\n{text.en}" in {cell.value for cell in book["总览 Overview"]["B"]}
    rows = list(book["题目与回答 Answers"].iter_rows(min_row=3, max_col=7, values_only=True))
    assert {(row[3], row[6]) for row in rows if row[2] == "应拒答方面"} == {
        ("性别", "应拒答测试题库"),
        ("年龄", "应拒答测试题库"),
    }
    assert {row[6] for row in rows if row[2] == "非拒答方面"} == {"非拒答测试题库"}


def test_the_name_of_the_field_is_text_and_no_markup(llm, tmp_path):
    scope = Scope.declared("<b>[red]矿山", ["gender", "age"])
    report = run(mining(llm(good_service).url, scope=scope), tmp_path / "run")
    assert "&lt;b&gt;[red]矿山" in render_html(report)
    assert r"\[red]矿山" in report_table(report).title


def test_a_report_from_before_the_declaration_existed_is_read(llm, tmp_path):
    report = run(plan(llm(good_service).url), tmp_path / "run")
    assert report.one_field is None
    plain = report.as_json()
    del plain["one_field"]
    assert Report.parse(orjson.dumps(plain)) == report


def test_a_run_for_one_field_that_stopped_goes_on_under_the_same_declaration(llm, tmp_path):
    service = llm(lambda q, n: Reply(fault="401") if 100 <= n < 200 else good_service(q, n))
    with pytest.raises(TargetUnauthorisedError):
        run(mining(service.url), tmp_path / "run")
    service.requests = 200
    going_on = resume(
        tmp_path / "run", at_clock=ticking_clock(), environ={}, patience=HURRIED, judges=judges()
    )
    report = asyncio.run(going_on)
    assert report.conclusion is Conclusion.CONFORMS
    assert report.one_field.without == ("gender", "age")
    assert found(tmp_path / "run") == {}


def test_a_declaration_taken_out_of_the_evidence_afterwards_is_found_out(out):
    def undeclared(record):
        if record.kind is not RecordKind.COMMITMENT:
            return record.body
        of = {name: value for name, value in record.body["of"].items() if name != "one_field"}
        return {**record.body, "of": of}

    forge(out, undeclared)
    codes = found(out)
    assert {"commitment_differs", "bank_differs", "draw_rules_differ", "figures_differ"} <= codes.keys()
    assert "--without-aspect gender" in codes["bank_differs"]


@pytest.mark.parametrize(
    "one_field",
    [
        None,
        {},
        [],
        {"name": "x"},
        {"name": 1, "without": ["age"]},
        {"name": "x", "without": 1},
        {"name": "x", "without": [1]},
        {"name": "x", "without": ["weather"]},
        {"name": "", "without": ["age"]},
    ],
)
def test_a_broken_declaration_in_evidence_gives_no_report_but_one_clear_error(out, one_field):
    forge(
        out,
        lambda record: (
            {**record.body, "of": {**record.body["of"], "one_field": one_field}}
            if record.kind is RecordKind.COMMITMENT
            else record.body
        ),
    )
    with pytest.raises(BadInputError):
        report_of(out / "evidence.jsonl")
    assert "broken_evidence" in found(out)


def test_the_commitment_in_the_evidence_holds_the_declaration(out):
    body = committed(out)
    assert body["of"]["one_field"] == MINE.as_json()
    assert body["commitment"] == json.loads((out / "report.json").read_bytes())["evidence"]["commitment"]


def test_the_banks_of_the_tests_are_general():
    assert all(not bank.by_aspect for bank in BANKS)
