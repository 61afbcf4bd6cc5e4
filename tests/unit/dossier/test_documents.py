"""The documents: what stands in them, in both languages, and that Word files and PDFs are well made."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import docx
import pypdf
import pytest
import yaml
from docx.oxml.ns import qn

from openbeian.core.text import LANGUAGES, Text
from openbeian.dossier.documents import BUILDERS, Material
from openbeian.dossier.documents import prose as prose_module
from openbeian.dossier.documents.forms import filing_form, registration_form
from openbeian.dossier.documents.layout import lay_out, paired
from openbeian.dossier.documents.model import (
    BLANK_MARKS,
    Document,
    Entries,
    Entry,
    Figure,
    Heading,
    Items,
    Note,
    PageBreak,
    Paragraph,
    Signature,
    Signatures,
    Span,
    Table,
    blank,
    plain,
)
from openbeian.dossier.documents.pdf import document_pdf, pages_of_headings
from openbeian.dossier.documents.prose import headings_of_text, section_number
from openbeian.dossier.documents.registry import Workbook, workbook
from openbeian.dossier.documents.word import document_docx
from openbeian.dossier.documents.written import WRITTEN, does_not_annotate, written
from openbeian.dossier.form import form_for
from openbeian.typesetting import MissingFontsError
from tests.unit.dossier.facts import good_facts
from tests.unit.dossier.folders import BASE, good_folder

DAY = date(2026, 11, 27)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="12" viewBox="0 0 40 12">'
    '<rect width="20" height="12" fill="#14507c"/></svg>'
)


def material_of(path, facts=None, **changes):
    return Material(good_folder(path, facts, **changes), DAY)


def said(document) -> str:
    """Return every word of a document, a line a block."""
    lines = []
    for block in document.blocks:
        match block:
            case Heading() | Paragraph() | Note():
                lines.append(plain(block.text))
            case Items():
                lines += map(plain, block.items)
            case Table():
                lines += [plain(cell) for row in block.rows for cell in row]
            case Entries():
                lines += [f"{entry.label}={plain(entry.value)}" for entry in block.entries]
            case Signatures():
                lines += [f"{one.post}:{one.name}:{one.note}" for one in block.entries]
    return "\n".join(lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_filing_form_has_every_entry_in_words(tmp_path, language):
    form = filing_form(material_of(tmp_path / "d", good_facts(service__url="https://a.example")), language)
    text = said(form)
    for section in form_for("filing"):
        assert section.label.in_(language) in text
        for field in section.fields:
            if field.kind != "confirm":
                assert f"{field.label.in_(language)}=" in text
    assert Text("人机对话、文字生成", "Dialogue, Text generation").in_(language) in text
    assert f"{Text('上级单位或控股股东', 'Parent or controlling shareholder').in_(language)}=—" in text
    assert text.count("☑") == 3
    assert "licence.pdf" in text
    assert BLANK_MARKS.in_(language) not in text


def test_the_form_for_a_registration_asks_for_less(tmp_path):
    material = material_of(tmp_path / "d", good_facts(model__origin="called", **BASE))
    form = registration_form(material, "zh")
    assert form.title == "生成式人工智能服务登记备案表"
    assert "词元数量" not in said(form)
    assert "调用已备案大模型情况说明" in said(form)
    assert material.report is None


def test_what_an_office_needs_and_nobody_entered_is_marked(tmp_path):
    facts = good_facts(provider__address="", provider__legal_representative="", commitment__statements=[])
    form = filing_form(material_of(tmp_path / "d", {k: v for k, v in facts.items() if v}), "zh")
    text = said(form)
    assert "法定代表人=【待填写：法定代表人】" in text
    assert "住所=—" in text
    assert "法定代表人:【待填写：法定代表人】" in text
    assert text.count("☐") == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", WRITTEN)
def test_written_documents_carry_the_facts_and_their_headings(tmp_path, kind, language):
    facts = good_facts(model__origin="called", **BASE)
    document = written(kind, material_of(tmp_path / "d", facts), language)
    text = said(document)
    for heading in headings_of_text(kind):
        assert heading.in_(language) in text
    assert facts["service.name"] in text + document.service
    assert "{" not in text
    assert not document.notices


def test_places_only_the_provider_can_fill_are_marked(tmp_path):
    material = material_of(tmp_path / "d")
    assert "【待填写：生效日期】" in said(written("service_agreement", material, "zh"))
    assert "[TO BE WRITTEN: place]" in said(written("privacy_policy", material, "en"))
    assert "连续 3 次或一天内累计 5 次" in said(written("service_agreement", material, "zh"))


def test_what_does_not_hold_for_the_service_is_left_out(tmp_path):
    guarded = good_facts(service__minors="guarded", personal__types=["identity", "phone"])
    policy = said(written("privacy_policy", material_of(tmp_path / "a", guarded), "zh"))
    assert "不满十四周岁" in policy
    assert "标明“敏感”" in policy
    assert "敏感\n依法核验身份" in policy
    plain_facts = good_facts(personal__types=["nothing"])
    other = said(written("privacy_policy", material_of(tmp_path / "b", plain_facts), "zh"))
    assert "不满十四周岁" not in other
    assert "我们不收集个人信息" in other
    own = said(written("service_agreement", material_of(tmp_path / "c"), "zh"))
    assert "其基座模型为" not in own


def test_annotation_rules_give_each_of_the_31_risks_its_criterion(tmp_path):
    staff = [{"name": "甲", "duty": "annotator"}, {"name": "乙", "duty": "reviewer"}]
    material = material_of(tmp_path / "d", staff=staff)
    rules = written("annotation_rules", material, "zh")
    [table] = [block for block in rules.blocks if isinstance(block, Table) and "31" in block.caption]
    assert [row[0] for row in table.rows] == [risk.id for risk in material.edition.taxonomy.risks]
    assert all(len(plain(row[2])) > 10 for row in table.rows)
    text = said(rules)
    assert "unsure" not in text
    assert "甲\n标注" in text
    for part in ("标注目标", "数据格式", "标注方法", "质量指标", "审核"):
        assert sum(part in line for line in text.split("\n") if line[:1] in "34") == 2, part


def test_where_nothing_is_annotated_the_rules_say_why(tmp_path):
    material = material_of(tmp_path / "d", good_facts(annotation__amount="不涉及：直接使用已备案模型。"))
    assert does_not_annotate(material)
    text = said(written("annotation_rules", material, "zh", part="none"))
    assert "不涉及：直接使用已备案模型。" in text
    assert "A.1.a" not in text


def test_the_statement_on_the_model_called_lists_its_proofs(tmp_path):
    facts = good_facts(model__origin="called", **BASE)
    without = said(written("base_model_statement", material_of(tmp_path / "a", facts), "zh"))
    assert "【待填写：已备案基座模型的证明、合同或授权书】" in without
    proof = [{"kind": "base_model_proof", "file": "attachments/licence.pdf"}]
    with_proof = material_of(tmp_path / "b", facts, attachments=proof)
    assert "attachments/licence.pdf" in said(written("base_model_statement", with_proof, "zh"))
    assert "算法备案编号=—" in without


def test_one_who_holds_two_posts_signs_once(tmp_path):
    signatories = {"legal_representative": {"position": "总经理"}}
    page = written("commitment", material_of(tmp_path / "d", signatories=signatories), "zh")
    [places] = [block for block in page.blocks if isinstance(block, Signatures)]
    assert places.entries == (
        Signature("法定代表人兼整体评估负责人", "顾清和", "总经理"),
        Signature("合法性评估负责人", "温如许"),
    )
    assert places.seal == "广州行舟智能科技有限公司"


def test_a_reduced_sample_is_named_on_every_document(tmp_path):
    material = material_of(tmp_path / "d", profile="demo")
    for language in LANGUAGES:
        assert "DEMO" in material.notices("en")[0]
        for one in (filing_form(material, language), written("commitment", material, language)):
            assert one.notices


def test_sections_are_numbered_in_chinese():
    numbers = [section_number(n).zh for n in (1, 9, 10, 11, 15, 20, 21)]
    assert numbers == ["一、", "九、", "十、", "十一、", "十五、", "二十、", "二十一、"]


def test_texts_have_both_languages_and_nothing_else():
    def look(value):
        if isinstance(value, dict):
            if "zh" in value or "en" in value:
                assert set(value) == {"zh", "en"}, value
                assert value["zh"].count("{") == value["en"].count("{"), value
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    from importlib.resources import files

    for kind in WRITTEN:
        look(
            yaml.safe_load(files(prose_module.__package__).joinpath(f"texts/{kind}.yaml").read_text("utf-8"))
        )


def test_short_entries_share_a_row_of_a_form():
    short, long = Entry("甲", "短"), Entry("乙", "长" * 40)
    assert [len(row) for row in paired([short, short, long, short, replace(short, wide=True), short])] == [
        2,
        1,
        1,
        1,
        1,
    ]


# ---- the files --------------------------------------------------------------------------------------------


def every_block(language="zh", *, has_cover=True) -> Document:
    table = Table(
        "各项指标", ("指标", "次数"), (("通过", (Span("9", strong=True),)),), (3, 1), frozenset({1})
    )
    return Document(
        kind="assessment_report",
        title="安全评估报告",
        language=language,
        provider="行舟",
        service="小舟",
        date=DAY,
        edition="GB/T 45654-2025",
        blocks=(
            Heading("一、概述"),
            Paragraph((Span("须写明"), blank(Text("来源", "source"), language))),
            Paragraph("小字。", small=True),
            Items(("甲", "乙")),
            Items(("丙", "丁"), numbered=True),
            Note("说明"),
            Note("注意", "warning"),
            Entries("单位", (Entry("名称", "行舟"), Entry("代码", "9"), Entry("范围", "长" * 60))),
            table,
            Heading("1.1 图", 2),
            Figure("通过率", SVG, "通过率高于要求。", replace(table, caption="图的数据"), 0.5),
            Figure("另一图", SVG, "没有数据表。"),
            PageBreak(),
            Heading("二、签字"),
            Signatures((Signature("法定代表人", "顾清和", "总经理"), Signature("负责人", "温如许")), "行舟"),
            Signatures((Signature("经办人", "甲"),)),
        ),
        notices=("演示：不具效力。",),
        has_cover=has_cover,
    )


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return document_pdf(every_block())


@pytest.fixture(scope="module")
def word(pdf) -> bytes:
    return document_docx(every_block(), pages=pages_of_headings(pdf))


def test_tables_and_figures_are_numbered_through():
    labels = [(one.label, one.table_label) for one in lay_out(every_block()) if one.label]
    assert labels == [("表 1", ""), ("表 2", ""), ("图 1", "表 3"), ("图 2", "")]
    assert [one.label for one in lay_out(every_block("en")) if one.label][-1] == "Figure 2"


def test_the_pdf_is_tagged_for_archives_and_has_its_fonts(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith("zh")
    metadata = reader.xmp_metadata.stream.get_data().decode()
    assert "pdfaid:part" in metadata
    assert "pdfuaid:part" in metadata
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            [descendant] = font.get_object()["/DescendantFonts"]
            described = descendant.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    for words in ("目录", "一、概述", "【待填写：来源】", "表 1", "演示：不具效力。", "（单位公章）"):
        assert words in text
    assert reader.metadata.title == "安全评估报告"
    assert pages_of_headings(pdf) == (3, *pages_of_headings(pdf)[1:])


def test_the_word_file_has_real_styles_contents_and_repeated_heads(word):
    document = docx.Document(io.BytesIO(word))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Title"] == ["安全评估报告"]
    assert by_style["Heading 1"] == ["一、概述", "二、签字"]
    assert by_style["Heading 2"] == ["1.1 图"]
    assert by_style["toc 1"][0] == "一、概述\t3"
    assert [text[:3] for text in by_style["Caption"]] == ["表 1", "表 2", "图 1", "表 3", "图 2"]
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        xml = archive.read("word/document.xml").decode()
        footers = "".join(archive.read(name).decode() for name in archive.namelist() if "footer" in name)
        headers = "".join(archive.read(name).decode() for name in archive.namelist() if "header" in name)
        styles = archive.read("word/styles.xml").decode()
    assert 'TOC \\o "1-3"' in xml
    assert "SEQ 表" in xml
    assert "NUMPAGES" in footers
    assert "行舟 · 小舟" in headers
    assert xml.count("w:tblHeader") == 2
    assert 'w:eastAsia="宋体"' in styles
    assert 'descr="通过率高于要求。"' in xml
    assert xml.count('w:val="yellow"') == 1


def test_headings_are_where_the_contents_point_to(word):
    body = docx.Document(io.BytesIO(word)).element.body
    marks = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    pointed = [one.text.split()[1] for one in body.iter(qn("w:instrText")) if "PAGEREF" in (one.text or "")]
    assert marks == pointed


def test_the_same_document_gives_the_same_files(pdf, word):
    assert document_docx(every_block(), pages=pages_of_headings(pdf)) == word
    assert document_pdf(every_block()) == pdf


def test_a_document_without_a_cover_begins_at_once_and_speaks_english():
    document = every_block("en", has_cover=False)
    reader = pypdf.PdfReader(io.BytesIO(document_pdf(document)))
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert "[TO BE WRITTEN: source]" in reader.pages[0].extract_text().replace("\n", " ")
    written_file = docx.Document(io.BytesIO(document_docx(document)))
    assert written_file.core_properties.language == "en-GB"
    assert written_file.paragraphs[0].style.name == "Title"


def test_without_chinese_fonts_the_remedy_is_named(tmp_path):
    with pytest.raises(MissingFontsError, match="fonts-noto-cjk"):
        document_pdf(every_block(), fonts=[tmp_path])


@pytest.mark.parametrize("kind", ["filing_form", "annotation_rules"])
def test_a_builder_gives_a_word_file_and_a_pdf(tmp_path, kind):
    rendered = BUILDERS[kind].render(material_of(tmp_path / "d"), "zh")
    assert rendered.files["docx"].startswith(b"PK")
    assert rendered.files["pdf"].startswith(b"%PDF")


def test_a_workbook_is_one_file(monkeypatch):
    monkeypatch.setattr("openbeian.dossier.documents.registry.BUILDERS", made := {})
    workbook("keyword_list")(lambda material, language: Workbook(b"PK", {"total": 3}))
    rendered = made["keyword_list"].render(None, "zh")
    assert (rendered.files, rendered.figures) == ({"xlsx": b"PK"}, {"total": 3})
