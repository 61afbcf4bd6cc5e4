"""The assessment report: its figures are those of the evidence, and every clause has its row."""

import io
import json
import shutil
from dataclasses import replace
from datetime import date

import pypdf
import pytest
from typer.testing import CliRunner

from openbeian.assessment.report_words import count, interval, share
from openbeian.assessment.reports import CountedReport, report_of
from openbeian.cli.corpus import app as corpus_commands
from openbeian.core.errors import BadInputError
from openbeian.core.standard import OverallConclusion
from openbeian.core.text import LANGUAGES
from openbeian.dossier.annexes import figures_in_report, figures_of, read_keyword_sheet, read_question_sheet
from openbeian.dossier.documents import Material
from openbeian.dossier.documents.assessment_report import (
    assessment_report,
    keyword_workbook,
    question_workbook,
)
from openbeian.dossier.documents.model import (
    BLANK_MARKS,
    Entries,
    Figure,
    Heading,
    Items,
    Note,
    Paragraph,
    Signatures,
    Table,
    plain,
)
from openbeian.dossier.documents.pdf import document_pdf
from openbeian.dossier.documents.report.clauses import clauses
from openbeian.dossier.documents.report.comparison import comparison
from openbeian.dossier.documents.report.corpus import corpus
from openbeian.dossier.documents.report.ending import data_tables
from openbeian.dossier.documents.report.gathered import Gathered
from openbeian.dossier.documents.report.method import method
from openbeian.dossier.documents.report.model import model
from openbeian.dossier.documents.report.summary import summary
from openbeian.dossier.documents.report.writing import Writing
from openbeian.dossier.folder import Compared, ComparedRun
from tests.unit.assessment.support import DEMO
from tests.unit.dossier.assessments import assessed_run
from tests.unit.dossier.facts import good_facts
from tests.unit.dossier.folders import good_folder

DAY = date(2026, 11, 27)
PROOF = "attachments/licence.pdf"
CLAUSES = {
    "measures.answering": {"conclusion": "conforms", "evidence": [PROOF]},
    "measures.complaints": {"conclusion": "does_not_conform", "reason": "时限未公布", "plan": "十二月公布"},
    "annotation.people": {"conclusion": "not_applicable", "reason": "不涉及人工标注"},
    "measures.labels": {
        "conclusion": "does_not_conform",
        "reason": "音频未标识",
        "equivalent_measure": "不提供音频下载",
        "evidence": [PROOF],
    },
}


def scan(folder):
    """Scan a small corpus of two sources into the dossier's folder."""
    rows = [{"id": f"d{n}", "source": f"s{n % 2}", "text": f"第{n}篇，谈些别的。"} for n in range(40)]
    rows[0]["text"] = "毒品"
    data, words = folder / "corpus.jsonl", folder / "words.jsonl"
    data.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    words.write_text('{"keywords":"k","version":"1"}\n{"term":"毒品","risk":"A.1.f"}', "utf-8")
    told = ["scan", data, "--keywords", words, "--out", folder / "scan", "--quiet"]
    assert CliRunner().invoke(corpus_commands, [str(one) for one in told]).exit_code == 0


def folder_with(path, **changes):
    """Write a dossier on the run, held against itself."""
    path.mkdir()
    for name in ("evidence", "bare"):
        shutil.copytree(assessed_run(), path / name)
    scan(path)
    top = {"edition": "tc260-003", "profile": "demo", "clauses": CLAUSES} | changes
    return good_folder(path, good_facts(), compared={"run": "bare", "what": "bare"}, corpus="scan", **top)


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return Material(folder_with(tmp_path_factory.mktemp("dossiers") / "one"), DAY)


@pytest.fixture(scope="module")
def found(material):
    return Gathered.of(material)


@pytest.fixture(scope="module")
def report(material):
    return assessment_report(material, "zh")


def said(blocks) -> str:
    """Return every word of some blocks."""
    lines = []
    for block in blocks:
        match block:
            case Heading() | Paragraph() | Note():
                lines.append(plain(block.text))
            case Items():
                lines += map(plain, block.items)
            case Table():
                lines += [block.caption, *(plain(cell) for row in block.rows for cell in row)]
            case Entries():
                lines += [f"{entry.label}={plain(entry.value)}" for entry in block.entries]
            case Figure():
                lines += [block.caption, block.described]
            case Signatures():
                lines += [f"{one.post}:{one.name}" for one in block.entries]
    return "\n".join(lines)


def tables(blocks, *headings):
    return [
        block for block in blocks if isinstance(block, Table) and block.headings[: len(headings)] == headings
    ]


def changed(found, **report):
    """Return the same dossier with other things in its report."""
    other = Gathered(found.material)
    counted = CountedReport(replace(found.report, **report), found.counted.tally, found.edition)
    vars(other).update(counted=counted, corpus=found.corpus, compared=found.compared)
    return other


def test_the_chapters_stand_in_their_order_and_are_numbered(report):
    chapters = [block.text for block in report.blocks if isinstance(block, Heading) and block.level == 1]
    assert [one.split()[0] for one in chapters] == [str(n) for n in range(1, len(chapters) + 1)]
    assert [one.split()[1][:4] for one in chapters] == [
        "总体结论", "服务提供", "评估范围", "语料安全", "模型安全",
        "加装安全", "安全措施", "总体结论", "附件清单", "附录：各",
    ]  # fmt: skip
    sections = [block.text for block in report.blocks if isinstance(block, Heading) and block.level == 2]
    assert "5.2  应拒答的问题" in sections
    assert report.has_cover


def test_the_main_figures_are_those_of_the_evidence(report, found):
    again = report_of(assessed_run() / "evidence.jsonl")
    (table,) = tables(report.blocks, "指标", "判定")
    assert len(table.rows) == len(again.results) == 5
    for row, result in zip(table.rows, again.results, strict=True):
        assert row[:5] == (
            result.text.zh,
            count(result.judged),
            count(result.counted),
            share(result.rate),
            interval(result.clopper_pearson),
        )
    figures = report.figures["results"]
    assert figures["eval.refuse.rate/refusal"]["counted"] == again.result("eval.refuse.rate").counted
    assert report.figures["head"] == again.evidence.head
    assert found.report.results == again.results


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_clause_has_its_row_with_what_its_conclusion_needs(found, language):
    blocks = list(clauses(Writing(found, language)))
    heads = ("条款",) if language == "zh" else ("Clause",)
    rows = {plain(row[0]): row for table in tables(blocks, *heads) for row in table.rows}
    assert len(rows) == len(found.findings) == 28
    marked = BLANK_MARKS.in_(language)
    unassessed = [row for row in rows.values() if plain(row[2]) in {"未评估", "Not assessed"}]
    assert len(unassessed) == sum(one.conclusion is None for one in found.findings)
    assert all(marked in plain(row[3]) for row in unassessed)
    complaints = plain(rows["7\u00a0f)†"][3])
    assert "时限未公布" in complaints
    assert "十二月公布" in complaints
    assert "不提供音频下载" in plain(rows["7\u00a0d)†"][3])
    contradicted = plain(rows["7\u00a0g)†"][3])
    assert contradicted.startswith("矛盾" if language == "zh" else "Contradiction")
    assert marked in contradicted  # there is no plan yet


def test_what_is_open_and_what_contradicts_stands_on_the_first_page(report):
    text = said(report.blocks[:6])
    assert "尚不能得出总体结论" in text
    assert "未评估的条款：" in text
    assert "提供者写的是「符合」，而实测不符合" in text
    assert report.figures["overall"] is None


def test_a_complete_assessment_has_its_overall_conclusion(tmp_path, found):
    grounds = {"conclusion": "conforms", "evidence": [PROOF]}
    stated = {one.clause.key: grounds for one in found.findings}
    stated["measures.answering"] = {"conclusion": "does_not_conform", "reason": "偏严", "plan": "调整"}
    folder = good_folder(tmp_path / "d", good_facts(), edition="tc260-003", profile="demo", clauses=stated)
    whole = Gathered(Material(folder, DAY))
    vars(whole).update(counted=found.counted, banks=found.banks, library=None)
    assert whole.overall.conclusion is OverallConclusion.SOME_CONFORM
    assert "总体结论：部分符合要求。" in said(summary(Writing(whole, "zh")))


def test_charts_say_in_words_which_risks_alone_are_worse_than_required(report):
    figures = [block for block in report.blocks if isinstance(block, Figure)]
    assert len(figures) == 3
    assert "人工：31 类中" in figures[0].described
    assert "13 类中 1 类单独看未达到（空心方形）：健康。" in figures[2].described
    assert "A.1.d 宣扬恐怖主义、极端主义" in figures[0].svg
    assert "60/62" not in figures[0].svg


def test_the_appendix_has_the_data_behind_each_chart(report, found):
    several, *single = tables(report.blocks, "编号")
    assert [len(table.rows) for table in (several, *single)] == [31, 17, 13]
    strata = found.report.result("eval.answer.refusal_rate").strata
    assert [row[3] for row in single[1].rows] == [f"{one.counted}/{one.judged}" for one in strata]
    assert sum(int(row[2]) for row in single[0].rows) == 1  # the one that failed


def test_the_corpus_chapter_has_the_scans_figures(report, found):
    blocks = list(corpus(Writing(found, "en")))
    results = tables(blocks, "Requirement")[0]
    assert len(results.rows) == len(found.corpus.results)
    assert "97.50%" in {row[2] for row in results.rows}  # 39 of 40 without a keyword
    assert [row[0] for row in tables(blocks, "Source")[0].rows] == ["s0", "s1"]
    assert "语料经扫描逐条检查" in said(report.blocks)


def test_without_a_scan_the_chapter_says_that_it_is_what_the_provider_states(found):
    other = Gathered(found.material)
    vars(other)["corpus"] = None
    text = said(corpus(Writing(other, "zh")))
    assert "本报告没有附语料扫描结果" in text
    assert "语料存储规模=1.2 TB" in text


def test_two_runs_are_held_side_by_side(found):
    (table,) = tables(comparison(Writing(found, "zh")), "指标", "方法")
    assert table.headings[2:4] == ("未加策略", "加装策略")
    assert {row[4] for row in table.rows} == {"+0.0"}
    assert {row[5] for row in table.rows} == {"1.000"}
    other = Gathered(Material(replace(found.material.folder, compared=None), DAY))
    assert list(comparison(Writing(other, "zh"))) == []


def test_other_banks_and_differences_that_are_no_chance_are_said(found):
    other = changed(found)
    first, *rest = found.compared.results
    worse = replace(first, counted=first.counted - 30)
    banks = (replace(found.compared.banks[0], sha256="0"), *found.compared.banks[1:])
    vars(other)["compared"] = replace(found.compared, results=(worse, *rest), banks=banks)
    folder = replace(found.material.folder, compared=ComparedRun(other.run.path, Compared.BEFORE))
    vars(other)["material"] = Material(folder, DAY)
    blocks = list(comparison(Writing(other, "en")))
    assert "did not use the same banks" in said(blocks)
    (table,) = tables(blocks, "Figure", "By", "Before", "After")
    assert table.rows[0][5] == "< 0.001"


def test_warnings_of_the_evidence_are_passed_on(found):
    draws = tuple(replace(draw, signature="not_checked") for draw in found.report.draws)
    judges = tuple(replace(judge, stale=DEMO.title) for judge in found.report.judges)
    text = said(method(Writing(changed(found, redrawn=True, draws=draws, judges=judges), "en")))
    assert "More than one sample was drawn" in text
    assert "signature was not checked" in text
    assert DEMO.title.en in text


def test_a_bank_that_was_not_put_is_said_to_be_missing(found):
    results = tuple(one for one in found.report.results if one.bank != "should_answer")
    other = changed(found, results=results, latency=None)
    text = said(model(Writing(other, "zh")))
    assert "本次评估没有使用这一题库" in text
    assert "回答用时" not in text
    assert "非拒答题的拒答率：没有这一项的评估结果。" in said(summary(Writing(other, "zh")))
    nothing = changed(found, results=tuple(replace(one, judged=0) for one in results))
    assert list(data_tables(Writing(nothing, "zh"))) == []


def test_contacts_are_not_printed_and_empty_entries_are_marked(report):
    text = said(report.blocks)
    assert "lin@example.com" not in text
    assert "林知夏" not in text
    assert "顾清和" in text


def test_no_page_of_the_pdf_is_empty_and_the_figures_stand_on_it(report, found):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document_pdf(report))).pages]
    assert min(len(page) for page in pages) > 60
    whole = "".join(pages)
    for result in found.report.results:
        assert interval(result.clopper_pearson) in whole


def test_the_workbooks_are_the_runs_own(material, found, tmp_path):
    questions, words = tmp_path / "q.xlsx", tmp_path / "k.xlsx"
    book = question_workbook(material, "zh")
    questions.write_bytes(book.data)
    words.write_bytes(keyword_workbook(material, "zh").data)
    assert figures_of(read_question_sheet(questions)) == figures_in_report(found.report)
    assert sum(book.figures["questions"].values()) == 62 + 102 + 130
    assert read_keyword_sheet(words).keywords == found.library.keywords


def test_without_the_keyword_library_the_list_cant_be_written(found):
    other = Material(found.material.folder, DAY)
    without = Gathered.of(other)
    vars(without)["library"] = None
    with pytest.raises(BadInputError, match="no keyword library"):
        keyword_workbook(other, "zh")


def test_evidence_under_another_edition_makes_no_report(found):
    folder = replace(found.material.folder, profile="")
    with pytest.raises(BadInputError, match="use the same edition"):
        assessment_report(Material(folder, DAY), "zh")


def test_banks_and_keywords_that_are_not_beside_the_evidence_are_not_counted(tmp_path, found):
    folder = good_folder(tmp_path / "d", good_facts(), edition="tc260-003", profile="demo")
    (tmp_path / "d" / "evidence").mkdir()
    shutil.copy(assessed_run() / "evidence.jsonl", tmp_path / "d" / "evidence")
    bare = Gathered(Material(folder, DAY))
    assert (bare.banks, bare.library, bare.corpus, bare.compared) == ((), None, None, None)
    assert {one.threshold for one in bare.measured} == {one.threshold for one in found.report.results}
