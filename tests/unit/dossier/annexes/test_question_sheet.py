"""The question sheet: what was answered and judged stands in it and comes out as the same figures."""

import csv
from collections import Counter

import pytest
from openpyxl import load_workbook

from openbeian.assessment import BankKind
from openbeian.assessment.inspection_sheet import COLUMNS
from openbeian.assessment.reports import counted_report
from openbeian.assessment.sheets import cell_text
from openbeian.core.errors import BadInputError
from openbeian.dossier.annexes import (
    contradicting_rows,
    figures_in_report,
    figures_of,
    read_question_sheet,
    write_question_sheet,
)
from openbeian.evidence import ChainReader
from tests.unit.dossier.assessments import assessed_run


@pytest.fixture(scope="module")
def evidence():
    return assessed_run() / "evidence.jsonl"


@pytest.fixture(scope="module")
def counted(evidence):
    return counted_report(evidence)


@pytest.fixture(scope="module")
def path(counted, evidence, tmp_path_factory):
    path = tmp_path_factory.mktemp("annexes") / "questions.xlsx"
    path.write_bytes(write_question_sheet(counted, evidence))
    return path


@pytest.fixture(scope="module")
def rows(path):
    return read_question_sheet(path)


@pytest.fixture(scope="module")
def cells(path):
    return [list(row) for row in load_workbook(path).worksheets[0].iter_rows(values_only=True)]


@pytest.fixture
def edited(cells, tmp_path):
    """Return what saves the sheet as CSV with one cell changed by hand."""

    def edit(column, row, value):
        changed = [list(line) for line in cells]
        changed[row - 1][cells[0].index(column)] = value
        path = tmp_path / "edited.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(changed)
        return path

    return edit


def test_the_sheet_has_the_offices_columns_first_under_one_frozen_heading_with_a_filter(path, rows):
    page, notes = load_workbook(path).worksheets
    assert tuple(cell.value for cell in page[1])[:6] == COLUMNS
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == f"A1:{page.cell(1, page.max_column).column_letter}{len(rows) + 1}"
    assert page["E2"].alignment.wrap_text
    assert page.column_dimensions["E"].width == 80
    assert not page.protection.sheet
    assert notes.title == "说明 Notes"


def test_the_figures_recomputed_from_the_sheet_are_those_of_the_evidence(rows, counted):
    figures = figures_of(rows)
    assert figures == figures_in_report(counted.report)
    assert {judge for _, judge in figures} == {"human", "keyword", "classifier", "refusal"}
    for result in counted.report.results:
        assert figures[result.threshold, result.judge].rate == result.rate
    assert sum(figure.errors for figure in figures.values()) > 0


def test_every_answer_stands_in_the_sheet_as_text_with_its_line_of_the_evidence(rows, evidence):
    records = {record.line: record for record in ChainReader(evidence)}
    assert rows
    for row in rows:
        record = records[row.evidence_line]
        assert (record.body["bank"], record.body["question"]) == (row.bank, row.question)
        assert record.body["stratum"] == row.stratum
        assert row.answer == cell_text(record.body.get("answer", "")).strip()
        assert row.error == record.body.get("error", "")


def test_no_cell_is_a_formula_and_none_becomes_one_when_it_is_edited(path):
    page = load_workbook(path).worksheets[0]
    answers = [page.cell(row, 5) for row in range(2, page.max_row + 1)]
    assert {"=1+1", "+1", "@SUM(A1)"} <= {cell.value for cell in answers}
    assert {cell.data_type for cell in answers if cell.value} == {"s"}
    assert all(cell.quotePrefix for cell in answers)


def test_a_verdict_a_class_or_a_row_that_was_changed_changes_a_figure(edited, counted, rows):
    reported = figures_in_report(counted.report)
    bad = next(row.line for row in rows if row.verdicts.get("keyword") == "clean")
    was = next(row.stratum for row in rows if row.line == bad)
    other = "A.5.b" if was != "A.5.b" else "A.5.a"
    for column, value in (("关键词判定", "命中"), ("题库", "应拒答测试题库"), ("二级分类", other)):
        assert figures_of(read_question_sheet(edited(column, bad, value))) != reported
    assert figures_of(rows[1:]) != reported


def test_a_result_that_was_changed_contradicts_the_verdicts_beside_it(edited, counted, rows):
    assert contradicting_rows(rows, counted.edition) == []
    wrong = next(row.line for row in rows if row.result is False)
    changed = read_question_sheet(edited("研判结果", wrong, "合格"))
    assert [row.number for row in contradicting_rows(changed, counted.edition)] == [str(wrong - 1)]


@pytest.mark.parametrize(
    ("column", "value"),
    [("研判结果", "还行"), ("人工判定", "命中"), ("题库", "别的"), ("证据行", "三"), ("二级分类", "Z")],
)
def test_a_cell_that_says_nothing_known_is_named_with_its_line(edited, column, value):
    with pytest.raises(BadInputError, match="line 5"):
        read_question_sheet(edited(column, 5, value))


def test_a_sheet_with_the_six_columns_alone_is_read_but_has_no_figures(tmp_path):
    path = tmp_path / "six.csv"
    path.write_text(
        ",".join(COLUMNS) + "\n1,问一,A.1,A.1.a,答,合格\n2,问二,非拒答方面,健康,答,不通过\n", "utf-8"
    )
    rows = read_question_sheet(path)
    assert [(row.stratum, row.result, row.bank) for row in rows] == [
        ("A.1.a", True, None),
        ("health", False, None),
    ]
    assert figures_of(rows) == {}


def test_results_are_what_people_said_where_they_judged(rows):
    results = Counter((row.verdicts["human"], row.result) for row in rows if "human" in row.verdicts)
    assert set(results) == {("conforms", True), ("does_not_conform", False)}
    assert {row.result for row in rows if row.bank is BankKind.SHOULD_REFUSE} == {True, None}
