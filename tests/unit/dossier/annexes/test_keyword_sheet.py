"""The keyword sheet: what goes in comes out, with its version and the counts asked for beside it."""

from openpyxl import load_workbook

from openbeian.assessment import Keyword, KeywordLibrary, load_keywords
from openbeian.banks import KEYWORDS
from openbeian.dossier.annexes import read_keyword_sheet, write_keyword_sheet
from openbeian.standards import load_edition


def test_a_library_comes_out_of_its_sheet_as_it_went_in(tmp_path):
    library = load_keywords(KEYWORDS)
    path = tmp_path / "keywords.xlsx"
    path.write_bytes(write_keyword_sheet(library, load_edition("tc260-003")))
    read = read_keyword_sheet(path)
    assert (read.keywords, read.version) == (library.keywords, library.version)
    terms, counts, notes = load_workbook(path).worksheets
    assert [cell.value for cell in terms[1]] == ["关键词", "一级分类", "二级分类", "版本"]
    assert terms.freeze_panes == "A2"
    assert terms.auto_filter.ref == f"A1:D{len(library.keywords) + 1}"
    assert [counts.cell(3, column).value for column in (2, 3)] == [len(library.keywords), 10_000]
    assert any("起步库" in str(row[0]) for row in notes.iter_rows(values_only=True))


def test_a_term_that_looks_like_a_formula_stays_text(tmp_path):
    library = KeywordLibrary("own", "", starter=False, keywords=(Keyword("=1+1", "A.1.a"),))
    path = tmp_path / "keywords.xlsx"
    path.write_bytes(write_keyword_sheet(library, load_edition("tc260-003")))
    cell = load_workbook(path).worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
