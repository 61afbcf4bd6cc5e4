"""Documents of others are read for what they say, and refused in one sentence where they can't be."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

from openbeian.dossier.documents.model import Document, Heading, Paragraph, Table
from openbeian.dossier.documents.pdf import document_pdf
from openbeian.dossier.documents.word import document_docx
from openbeian.dossier.reading import LIMITS, Remembered, UnreadableError, read_bytes, read_file
from openbeian.dossier.reading.limits import Limits
from openbeian.dossier.reading.opening import kind_of
from openbeian.dossier.reading.pdf import read_pdf

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MADE = Document(
    "service_agreement",
    "服务协议",
    "zh",
    "广州行舟智能科技有限公司",
    "小舟",
    date(2026, 11, 25),
    "",
    (
        Heading("总则"),
        Paragraph("本协议自同意之日起生效。"),
        Heading("收费", 2),
        Table("价目", ("项目", "价格"), (("问答", "0 元"), ("绘图", "1 元"))),
    ),
    has_cover=True,
)


@pytest.fixture(scope="module")
def pdf():
    return document_pdf(MADE)


def word(body, **parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return made.getvalue()


def line(text, about=""):
    return f"<w:p>{about}<w:r><w:t>{text}</w:t></w:r></w:p>"


def refused(data, name="a.docx", limits=LIMITS):
    with pytest.raises(UnreadableError) as refusal:
        read_bytes(data, name, limits)
    zh, en = refusal.value.text
    assert zh
    assert "\n" not in en
    return en


def test_a_word_file_gives_its_headings_tables_and_properties_and_no_entry_of_the_contents_twice():
    content = read_bytes(document_docx(MADE), "协议.docx")
    assert content.kind == "docx"
    assert [(one.level, one.text) for one in content.headings if one.level] == [(1, "总则"), (2, "收费")]
    assert content.text.count("本协议自同意之日起生效") == 1
    assert ("绘图", "1 元") in [row[:2] for table in content.tables for row in table.rows]
    assert content.properties["title"]
    assert not content.unsettled


def test_headings_are_known_by_style_base_style_and_outline_level():
    styles = (
        f'<w:styles {W}><w:style w:styleId="a"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:styleId="b"><w:name w:val="Own"/><w:basedOn w:val="a"/></w:style>'
        '<w:style w:styleId="c"><w:name w:val="Loop"/><w:basedOn w:val="c"/></w:style>'
        '<w:style w:styleId="d"><w:name w:val="Level"/><w:pPr><w:outlineLvl w:val="3"/></w:pPr></w:style>'
        '<w:style w:styleId="t"><w:name w:val="TOC 1"/></w:style></w:styles>'
    )
    about = {name: f'<w:pPr><w:pStyle w:val="{name}"/></w:pPr>' for name in "abcdt"}
    direct = '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
    body = "".join(line(name, about[name]) for name in "abcdt") + line("e", direct)
    content = read_bytes(word(body, styles=styles), "x.docx")
    assert [(one.level, one.text) for one in content.headings] == [(2, "a"), (2, "b"), (4, "d"), (1, "e")]
    assert content.text.split() == ["a", "b", "c", "d", "e"]


def test_what_was_deleted_is_not_read_and_changes_and_comments_are_told():
    deleted = (
        '<w:p><w:del w:author="林"><w:r><w:delText>旧</w:delText></w:r></w:del><w:r><w:t>新</w:t></w:r></w:p>'
    )
    content = read_bytes(word(deleted, comments=f"<w:comments {W}>{line('改')}</w:comments>"), "x.docx")
    assert content.text == "新"
    assert content.unsettled == ("changes", "comments")


def test_headers_and_tables_within_tables_are_read():
    inner = f"<w:tbl><w:tr><w:tc>{line('内')}</w:tc><w:tc>{line('层')}</w:tc></w:tr></w:tbl>"
    body = f"<w:tbl><w:tr><w:tc>{line('外')}{inner}</w:tc></w:tr></w:tbl>"
    content = read_bytes(word(body, header1=f"<w:hdr {W}>{line('页眉')}</w:hdr>"), "x.docx")
    assert content.tables[0].rows == (("外\n内\t层",),)
    assert "页眉" in content.text


@pytest.mark.parametrize(
    ("body", "limits", "said"),
    [
        ("<w:p>" * 600 + "</w:p>" * 600, LIMITS, "deeply"),
        (line("a") * 9, Limits(blocks=5), "longer"),
        (line("abcdefgh"), Limits(characters=4), "longer"),
        ("<w:p>", LIMITS, "damaged"),
    ],
)
def test_a_word_file_beyond_its_bounds_is_refused(body, limits, said):
    assert said in refused(word(body), limits=limits)


def test_entities_are_refused():
    made = word("").replace(b"x", b"x")
    with zipfile.ZipFile(io.BytesIO(made)):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w") as archive:
            archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert "document type" in refused(bomb.getvalue())


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xlsx", "password"),
        (b"PK\x03\x04 word/document.xml", "a.docx", "cut short"),
        (b"PK\x03\x04 xl/workbook.xml", "a.xlsx", "intact"),
        (b"%PDF-1.7 rubbish", "a.pdf", "damaged"),
        ("好".encode() * 20 + b"\xff\xfe\xfa", "a.txt", "line 1"),
    ],
)
def test_what_is_locked_or_damaged_is_refused_by_name_of_the_trouble(data, name, said):
    assert said in refused(data, name)


def test_an_archive_without_a_main_part_is_no_word_file():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml.old", "<a/>")
    assert "missing" in refused(made.getvalue())


def test_files_that_hold_no_text_are_told_and_not_refused(tmp_path):
    for data, kind in (
        (b"\x89PNG\r\n\x1a\n\0", "other"),
        (b"PK\x03\x04 anything", "archive"),
        (b"", "empty"),
    ):
        content = read_bytes(data, "a.bin")
        assert (content.kind, len(content.notes)) == (kind, 1)
    with pytest.raises(UnreadableError, match="no such file"):
        read_file(tmp_path / "none.docx")
    (tmp_path / "large.txt").write_bytes(b"x" * 100)
    with pytest.raises(UnreadableError, match="limit"):
        read_file(tmp_path / "large.txt", limits=Limits(file_bytes=50))
    with pytest.raises(UnreadableError, match="limit"):
        read_bytes(b"x" * 100, "large.txt", Limits(file_bytes=50))
    assert kind_of(b"plain words") == "text"


def test_a_pdf_gives_its_text_and_the_headings_of_its_outline(pdf):
    content = read_bytes(pdf, "协议.pdf")
    assert content.kind == "pdf"
    assert content.pages >= 1
    assert "本协议自同意之日起生效" in content.plain
    assert any("总则" in one.text for one in content.headings)
    assert not content.notes


def test_a_pdf_with_a_password_too_many_pages_or_too_little_time_says_so(pdf):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt("secret")
    locked = io.BytesIO()
    writer.write(locked)
    assert "password" in refused(locked.getvalue(), "a.pdf")
    assert "limit of 0" in refused(pdf, "a.pdf", Limits(pages=0))
    ticks = iter(range(0, 1000, 100))
    content = read_pdf(pdf, LIMITS, clock=lambda: next(ticks))
    assert "too long" in content.notes[-1].en


def test_pages_without_words_are_named():
    writer = PdfWriter()
    for _ in range(14):
        writer.add_blank_page(100, 100)
    made = io.BytesIO()
    writer.write(made)
    (note,) = read_bytes(made.getvalue(), "扫描.pdf").notes
    assert "14 of 14 pages" in note.en
    assert note.zh.count("、") == 0
    assert "…" in note.zh


def test_a_workbook_gives_the_rows_of_its_sheets():
    book = Workbook()
    page = book.worksheets[0]
    page.append(["关键词", "一级分类"])
    page.append(["某词", 3])
    made = io.BytesIO()
    book.save(made)
    content = read_bytes(made.getvalue(), "a.xlsx")
    assert content.sheets[0].rows == ((1, ("关键词", "一级分类")), (2, ("某词", "3")))
    assert content.text.endswith("某词\t3")
    assert content.properties["creator"] == "openpyxl"
    assert "2 cells" in refused(made.getvalue(), "a.xlsx", Limits(cells=2))


def test_markdown_has_headings_and_tables_and_other_texts_lines():
    text = "# 标题 #\n\n正文\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n## 次级\n| 末 |"
    content = read_bytes(text.encode("gb18030"), "a.md")
    assert [(one.level, one.text) for one in content.headings] == [(1, "标题"), (2, "次级")]
    assert [table.rows for table in content.tables] == [(("甲", "乙"), ("1", "2")), (("末",),)]
    assert read_bytes(text.encode(), "a.txt").headings == ()
    assert "longer" in refused(b"too long", "a.md", Limits(characters=3))


def test_the_same_bytes_are_read_once(tmp_path):
    held, calls = Remembered(most=1), []
    path = tmp_path / "a"
    path.write_text("one")
    for more in ("x", "x", "y", "x"):
        held.of_file(path, lambda: calls.append(1), more)
    assert len(calls) == 3
