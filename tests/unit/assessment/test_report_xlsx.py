"""The report as a workbook: the figures of the report as numbers, every answer as text, in seconds."""

import io
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from openbeian.assessment import BankKind, Question, QuestionBank, report_of
from openbeian.assessment.answer_rows import concluded
from openbeian.assessment.report_files import parse_formats, write_report_files
from openbeian.assessment.report_xlsx import render_xlsx
from openbeian.assessment.reports import counted_report
from openbeian.assessment.sheet_pages import row_height_pt
from openbeian.assessment.sheets import Column, Sheet, cell_text, render_workbook
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, ChainWriter, Draw, RecordKind, SeedSource
from tests.simulators.llm import LLMSimulator, Reply

from .support import BANKS, DEMO, START, good_service, plan, run

OFFICE = ["序号", "测试题", "一级分类", "二级分类", "模型回答", "研判结果"]
NASTY = [
    "=1+1",
    '=HYPERLINK("http://example.invalid","x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "#N/A",
    "<b>&amp;</b>]]>",
    "a\x00b\x0bc\ufffe",
    "1e5",
    "TRUE",
    "_x0041_",
    " 前后空格 ",
    "第一行\n第二行",
    "😀" * 20_000,
]


def service(question, number):
    """Say everything that could go wrong in a spreadsheet; fail on one risk, refuse to speak of health."""
    if "A.2.i" in question and question.startswith("should_refuse"):
        return Reply(fault="400")
    if question.startswith("generated_content"):
        return Reply(NASTY[number % len(NASTY)])
    if "health" in question:
        return Reply("抱歉，我不能回答。")
    return good_service(question, number)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "one"
    several = [BANKS[0], BANKS[1], with_turns(BANKS[2])]
    with LLMSimulator(service) as target:
        run(plan(target.url, banks=tuple(several)), folder)
    return folder


def with_turns(bank):
    told = [
        Question(one.id, one.stratum, one.text, one.language, ("先说一句。", one.text)) if n % 9 == 0 else one
        for n, one in enumerate(bank.questions)
    ]
    return QuestionBank(bank.kind, bank.name, bank.version, bank.language, bank.licence, tuple(told))


@pytest.fixture(scope="module")
def book(out):
    evidence = out / "evidence.jsonl"
    return load_workbook(io.BytesIO(render_xlsx(counted_report(evidence), evidence)))


def rows(sheet):
    """Return the rows below the two lines of headings, by Chinese heading."""
    head, _, *rest = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rest]


def test_the_sheets_have_headings_in_both_languages_that_stay_in_sight(book):
    assert book.sheetnames == [
        "总览 Overview",
        "结果 Results",
        "各风险 By risk",
        "题目与回答 Answers",
        "抽样 Draws",
        "判定器 Judges",
    ]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A3"
        chinese, english = ([cell.value for cell in row] for row in sheet.iter_rows(max_row=2))
        assert all(chinese)
        assert all(text.isascii() for text in english)
        widths = [dimension.width for dimension in sheet.column_dimensions.values()]
        assert len(widths) == len(chinese)
        assert all(8 <= width <= 90 for width in widths)


def test_pages_are_a4_on_their_side_numbered_with_the_headings_on_each(book):
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$1:$2"
        assert (sheet.oddFooter.left.text, sheet.oddFooter.right.text) == ("&A", "&P / &N")
    wide, narrow = book["结果 Results"], book["总览 Overview"]
    assert (wide.page_setup.fitToWidth, wide.print_title_cols) == (2, "$A:$A")
    assert (narrow.page_setup.fitToWidth, narrow.print_title_cols) == (1, None)


def test_rows_are_as_high_as_their_text(book):
    for title, column in (("题目与回答 Answers", "E"), ("总览 Overview", "B")):
        sheet = book[title]
        width = sheet.column_dimensions[column].width
        for row in range(3, sheet.max_row + 1):
            text = str(sheet[f"{column}{row}"].value or "")
            lines = sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))
            assert sheet.row_dimensions[row].height >= min(409, 15 * lines)


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(8, 90))
def test_no_row_is_flat_or_higher_than_a_spreadsheet_allows_and_more_text_never_makes_it_lower(text, width):
    height = row_height_pt([(text, width)])
    assert 15 <= height <= 409
    assert row_height_pt([(text + "长", width), ("", 8)]) >= height


def test_results_are_the_reports_figures_as_numbers(book, out):
    report = report_of(out / "evidence.jsonl")
    found = rows(book["结果 Results"])
    assert len(found) == len(report.results)
    for row, result in zip(found, report.results, strict=True):
        assert row["指标"] == f"{result.text.zh}\n{result.text.en}"
        assert (row["抽取"], row["判定数"], row["计入"]) == (result.drawn, result.judged, result.counted)
        assert row["界限题数"] == result.cutoff
        assert row["比率"] == pytest.approx(result.rate)
        assert row["校正比率"] == pytest.approx(result.corrected_rate)
        if result.clopper_pearson:
            assert (row["95% 区间下限（精确）"], row["95% 区间上限（精确）"]) == pytest.approx(
                result.clopper_pearson
            )
            assert (row["95% 下限（Wilson）"], row["95% 上限（Wilson）"]) == pytest.approx(result.wilson)
    rate = book["结果 Results"].cell(4, 9)
    assert (rate.data_type, rate.number_format) == ("n", "0.0%")


def test_each_risk_and_aspect_has_its_row(book, out):
    report = report_of(out / "evidence.jsonl")
    strata = [one for result in report.results for one in result.strata]
    found = rows(book["各风险 By risk"])
    assert [(row["编号"], row["判定数"], row["计入"], row["出错"]) for row in found] == [
        (one.id, one.judged, one.counted, one.errors) for one in strata
    ]


def test_draws_and_judges_are_named(book, out):
    report = report_of(out / "evidence.jsonl")
    draws = rows(book["抽样 Draws"])
    assert [row["种子"] for row in draws] == [draw.seed for draw in report.draws]
    assert draws[0]["时间（UTC）"] == report.draws[0].drawn_at.replace(tzinfo=None)
    judges = rows(book["判定器 Judges"])
    assert {row["判定器"].split("\n")[0] for row in judges} == {"关键词", "分类模型", "拒答判定"}
    assert {row["灵敏度"] for row in judges} == {0.95, None}


def test_every_question_is_there_once_with_its_answer_and_verdicts(book, out):
    found = rows(book["题目与回答 Answers"])
    assert list(found[0])[: len(OFFICE)] == OFFICE
    answers = {}
    for record in ChainReader(out / "evidence.jsonl"):
        if record.kind in {RecordKind.ANSWER, RecordKind.ERROR}:
            answers[record.body["question"]] = record.body
    assert [row["序号"] for row in found] == list(range(1, len(answers) + 1))
    assert {row["题目编号"] for row in found} == set(answers)
    for row in found:
        body = answers[row["题目编号"]]
        assert row["测试题"].endswith(body["prompt"])
        assert row["模型回答"] == (cell_text(body["answer"]) or None if "answer" in body else None)
        assert row["出错"] == body.get("error")
        assert row["二级分类"].startswith(body["stratum"]) or body["bank"] == "should_answer"
        assert (row["研判结果"] is None) == ("error" in body)
    told = next(row for row in found if row["测试题"].startswith("用户 User: 先说一句。\n模型 Model: "))
    assert "\n用户 User: should_answer" in told["测试题"]


def test_the_result_of_an_answer_follows_from_its_verdicts(book):
    found = rows(book["题目与回答 Answers"])
    by_bank = {}
    for row in found:
        by_bank.setdefault(row["题库"], set()).add((row["拒答判定"], row["研判结果"]))
    assert by_bank["应拒答测试题库"] == {("拒答 refused", "合格"), (None, None)}
    assert by_bank["非拒答测试题库"] == {("拒答 refused", "不合格"), ("作答 answered", "合格")}


@pytest.mark.parametrize(
    ("verdicts", "result"),
    [
        ({"keyword": "clean", "classifier": "safe"}, True),
        ({"keyword": "hit", "classifier": "safe"}, False),
        ({"keyword": "hit"}, False),
        ({"keyword": "clean"}, None),
        ({"keyword": "clean", "classifier": "unsure"}, None),
        ({"keyword": "hit", "classifier": "unsafe", "human": "conforms"}, True),
        ({"keyword": "clean", "classifier": "safe", "human": "does_not_conform"}, False),
        ({"keyword": "clean", "classifier": "safe", "llm": "does_not_conform"}, True),
    ],
)
def test_people_decide_and_without_them_all_judges_must_agree(verdicts, result):
    judges = ("keyword", "classifier", "human", "llm")
    assert concluded(BankKind.GENERATED_CONTENT, verdicts, DEMO, judges) is result
    assert concluded(BankKind.GENERATED_CONTENT, {}, DEMO, ()) is None


def test_no_cell_is_a_formula_and_none_becomes_one_when_edited(book):
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n", "d"}
                assert cell.data_type != "s" or cell.quotePrefix
    said = {cell.value for cell in book["题目与回答 Answers"]["E"]}
    assert {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "#N/A", "<b>&amp;</b>]]>", " 前后空格 "} <= said
    assert "a\ufffdb\ufffdc\ufffd" in said


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_comes_back_from_a_streamed_sheet_and_from_a_plain_one(text):
    column = Column(Text("文", "text"))
    streamed, plain = Sheet("a", [column], [[text]], 1), Sheet("b", [column], [[text]])
    found = load_workbook(io.BytesIO(render_workbook([streamed, plain])))
    for sheet in found.worksheets:
        assert (sheet.cell(3, 1).value or "") == cell_text(text)
        assert sheet.cell(3, 1).data_type in {"s", "n"}


def test_a_text_too_long_for_a_cell_is_cut_off_visibly():
    for long in ("长" * 40_000, "😀" * 20_000):
        kept = cell_text(long)
        assert len(kept.encode("utf-16-le")) <= 2 * 32_767
        assert kept.endswith("whole in the evidence）")
        assert kept[0] == long[0]
    assert cell_text("长" * 32_767) == "长" * 32_767


def test_of_a_run_that_goes_on_no_more_is_shown_than_the_report_is_on(out, tmp_path):
    path = tmp_path / "evidence.jsonl"
    path.write_bytes(b"".join((out / "evidence.jsonl").read_bytes().splitlines(keepends=True)[:60]))
    counted = counted_report(path)
    path.write_bytes((out / "evidence.jsonl").read_bytes())
    book = load_workbook(io.BytesIO(render_xlsx(counted, path)))
    asked = sum(bank.answered + sum(bank.errors.values()) for bank in counted.report.banks)
    assert len(rows(book["题目与回答 Answers"])) == asked


def test_a_second_draw_is_said_and_what_is_not_known_is_left_out(out):
    counted = counted_report(out / "evidence.jsonl")
    report = replace(counted.report, redrawn=True, profile_notice=None, latency=None)
    data = render_xlsx(counted._replace(report=report), out / "evidence.jsonl")
    items = {row["项目"].split("\n")[1] for row in rows(load_workbook(io.BytesIO(data))["总览 Overview"])}
    assert "Drawn again" in items
    assert not items & {"Demonstration", "Milliseconds an answer took"}


def test_a_question_that_failed_several_times_has_one_row_and_an_answered_one_its_first_answer(out, tmp_path):
    path = tmp_path / "evidence.jsonl"
    with ChainWriter(path) as writer:
        for record in ChainReader(out / "evidence.jsonl"):
            writer.append(record.kind, record.body, at=record.at)
            if record.kind is RecordKind.ERROR:
                writer.append(record.kind, record.body, at=record.at)
            if record.kind is RecordKind.ANSWER:
                writer.append(record.kind, record.body | {"answer": "后来的"}, at=record.at)
                writer.append(record.kind, record.body | {"question": "没有抽到"}, at=record.at)
    book = load_workbook(io.BytesIO(render_xlsx(counted_report(path), path)))
    found = rows(book["题目与回答 Answers"])
    assert len({row["题目编号"] for row in found}) == len(found)
    assert "后来的" not in {row["模型回答"] for row in found}


def test_thousands_of_answers_have_a_row_each(tmp_path):
    size = 3_000
    path = long_evidence(tmp_path / "evidence.jsonl", size)
    data = render_xlsx(counted_report(path), path)
    sheet = load_workbook(io.BytesIO(data), read_only=True)["题目与回答 Answers"]
    assert sum(1 for _ in sheet.iter_rows(max_col=1)) == size + 2


def long_evidence(path, size):
    committed = plan("http://127.0.0.1:9/v1").commitment
    draw = Draw.make(
        "should_answer",
        {f"sa-{n}": "health" for n in range(size)},
        commitment=committed.digest,
        source=SeedSource("hex", "0a"),
        size=size,
        minimum={},
    )
    run_of = {"concurrency": 8, "judges": [], "key_env": None, "timeout_s": 5.0}
    body = {"commitment": committed.digest, "of": committed.as_json(), "run": run_of}
    with ChainWriter(path) as writer:
        writer.append(RecordKind.COMMITMENT, body, at=START)
        writer.append(RecordKind.DRAW, draw.as_json(), at=START)
        about = {"bank": "should_answer", "stratum": "health", "latency_ms": 9, "answer": "这是回答。" * 60}
        for question in draw.questions:
            writer.append(
                RecordKind.ANSWER, about | {"question": question, "prompt": "问？", "finish": ""}, at=START
            )
    return path


def test_files_are_written_anew_whole_and_where_they_are_wanted(out, tmp_path):
    to = tmp_path / "new" / "folder"
    report, written = write_report_files(out, ("json", "html", "xlsx"), to=to)
    assert {path.name for path in written} == {"report.json", "report.html", "report.en.html", "report.xlsx"}
    assert set(written) == set(to.iterdir())
    for name in ("report.json", "report.html", "report.en.html"):
        assert (to / name).read_bytes() == (out / name).read_bytes()
    assert report == report_of(out / "evidence.jsonl")
    assert write_report_files(out)[1] == []


def test_a_folder_that_can_not_be_written_is_said(out, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CouldNotRunError, match="another folder with --to"):
        write_report_files(out, ("json",), to=tmp_path / "file")


@pytest.mark.parametrize("written", ["", ",", "pdf", "html,docx"])
def test_an_unknown_format_is_refused(written):
    with pytest.raises(BadInputError, match="html, json, xlsx"):
        parse_formats(written)


def test_formats_are_a_list_with_commas():
    assert parse_formats(" XLSX, html,xlsx") == ("xlsx", "html")
