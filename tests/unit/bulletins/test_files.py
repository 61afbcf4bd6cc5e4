"""The page, the PDF and the Word file: the same words and figures in each, well made."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pypdf
import pytest
from docx import Document

from openbeian.bulletins import article, bulletin_pdf, standalone_page
from openbeian.bulletins.drawing import MOST_BARS, chart_svg, specification
from openbeian.bulletins.layout import lay_out
from openbeian.bulletins.storing import canonical_bytes
from openbeian.bulletins.word_file import bulletin_docx
from openbeian.core.bulletin_figures import Standing
from openbeian.core.errors import CouldNotRunError
from openbeian.core.register_counts import RegisterRow
from openbeian.core.text import Text
from openbeian.typesetting import MissingFontsError, set_pdf
from tests.unit.bulletins.sample import DAY, bulletin_of_period, bulletin_of_round

AT = datetime(2026, 4, 3, tzinfo=UTC)
EDITED = Text("会议在广州召开。\r\n\r\n<b>八家</b>企业。", "Held in Guangzhou.\n\n<b>Eight</b> firms.")


def told(laid) -> list[str]:
    sentences = [*laid.takeaways, *(one for part in laid.sections for one in part.sentences)]
    return ["".join(run.text for run in sentence) for sentence in sentences]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_page_says_everything_and_escapes_what_people_wrote():
    bulletin = bulletin_of_round(has_demo=True, corrects="round-2-gd").edited(EDITED)
    html = standalone_page(bulletin, "zh")
    plain = re.sub(r"<[^>]+>", "", html)
    for sentence in told(lay_out(bulletin, "zh")):
        assert sentence in plain
    assert "<b>八家</b>" not in html
    assert "&lt;b&gt;八家" in html
    assert "服务&lt;0&gt;" in html
    assert "演示：" in html
    assert "更正「round-2-gd」" in html
    assert html.count("<svg") == len(bulletin.charts) == html.count('role="img"')
    for name in bulletin.figures:
        assert html.count(f'id="source-{name}"') == 1
        assert f'href="#source-{name}"' in html


def test_the_portal_s_article_links_the_csv_of_each_chart():
    html = article(bulletin_of_period(), "en", csv_address=lambda chart: f"/x/{chart}.csv")
    assert 'href="/x/months.csv"' in html
    assert "Download CSV" in html
    assert "New in this period" in html
    assert "Jurisdiction" in html
    empty = article(bulletin_of_period("2026Q1", entries=[], days={}), "en")
    assert "<svg" not in empty


def test_the_pdf_is_tagged_has_its_fonts_and_carries_its_source():
    bulletin = bulletin_of_round().edited(EDITED)
    pdf = pypdf.PdfReader(io.BytesIO(bulletin_pdf(bulletin, "zh")))
    text = squeezed("".join(page.extract_text() for page in pdf.pages))
    for sentence in told(lay_out(bulletin, "zh")):
        assert squeezed(sentence) in text
    assert pdf.metadata.title == bulletin.title.zh
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"].startswith("zh")
    metadata = pdf.xmp_metadata.stream.get_data().decode()
    assert "pdfuaid:part" in metadata
    assert "pdfaid:part" in metadata
    assert pdf.attachments["bulletin.json"] == [canonical_bytes(bulletin)]


def test_the_pdf_of_a_country_is_set_in_english():
    entries = [
        Standing(
            RegisterRow("filing", "BJ", "valid", DAY.replace(year=year, month=month), None, "health", "a"),
            DAY,
        )
        for year in (2024, 2025)
        for month in range(1, 13)
    ]
    pdf = pypdf.PdfReader(io.BytesIO(bulletin_pdf(bulletin_of_period(entries=entries), "en")))
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert "filings stand on file in China" in " ".join("".join(p.extract_text() for p in pdf.pages).split())


def test_without_chinese_fonts_the_remedy_is_named(tmp_path):
    with pytest.raises(MissingFontsError, match="fonts-noto-cjk"):
        bulletin_pdf(bulletin_of_round(), "zh", fonts=[tmp_path])


def test_the_word_file_has_real_styles_captions_and_page_numbers():
    bulletin = bulletin_of_round(corrects="round-2-gd").edited(EDITED)
    data = bulletin_docx(bulletin, "en")
    document = Document(io.BytesIO(data))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    laid = lay_out(bulletin, "en")
    assert by_style["Title"] == [bulletin.title.en]
    assert by_style["Heading 1"][:2] == ["Key takeaways", "From the editor"]
    assert len(by_style["Heading 2"]) == len(bulletin.charts)
    assert len(by_style["Caption"]) == len(document.tables) == len(bulletin.charts) + 2
    assert set(told(laid)) <= {text for texts in by_style.values() for text in texts}
    assert document.core_properties.language == "en-GB"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
        footers = "".join(archive.read(name).decode() for name in archive.namelist() if "footer" in name)
    assert "NUMPAGES" in footers
    assert xml.count("w:tblHeader") == len(document.tables)
    for chart in laid.sections[0].charts:
        assert f'descr="{chart.plain_sentence}"' in xml


def test_the_jurisdiction_of_a_bulletin_is_drawn_however_low_it_stands():
    codes = ["BJ", "SH", "ZJ", "JS", "SC", "HB", "FJ", "AH", "SD", "TJ", "HN", "SN", "CQ", "GD"]
    entries = [
        Standing(RegisterRow("filing", code, "valid", DAY, None, "health", "a"), DAY)
        for n, code in enumerate(codes)
        for _ in range(20 - n)
    ]
    bulletin = bulletin_of_period("2026-04", jurisdiction="GD", entries=entries)
    [ranking] = [chart for chart in bulletin.charts if chart.id == "ranking"]
    drawn = specification(ranking, bulletin, "zh")["data"]["values"]
    assert [row["own"] for row in drawn] == [False] * MOST_BARS + [True]
    svg = chart_svg(ranking, bulletin, "zh")
    assert "14  广东" in svg
    assert "style=" not in svg  # a page's security policy would not let it pass


def test_a_list_that_was_cut_says_so_in_page_and_word_file():
    bulletin = replace(bulletin_of_period("2026Q1", entries=[], days={}), not_listed=7)
    assert "7 more are not listed here" in article(bulletin, "en")
    document = Document(io.BytesIO(bulletin_docx(bulletin, "en")))
    assert any("7 more are not listed here" in paragraph.text for paragraph in document.paragraphs)
    empty = replace(bulletin, certified=())
    assert "New in this period" not in article(empty, "en")
    texts = [paragraph.text for paragraph in Document(io.BytesIO(bulletin_docx(empty, "en"))).paragraphs]
    assert "New in this period" not in texts


def test_what_cannot_be_set_is_one_sentence():
    with pytest.raises(CouldNotRunError, match="The bulletin cannot be set"):
        set_pdf({"x.typ": b"#nothing"}, "x.typ", what=("公报", "bulletin"), standards=["a-3a"], at=AT)
