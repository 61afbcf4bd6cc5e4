"""Documents: office files and PDF, their properties, and what keeps them from being labelled."""

import io
import re
import struct
import zipfile

import openpyxl
import pikepdf
import pytest

from openbeian.dossier.labels import Verdict, check_source
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.ooxml import OOXML
from openbeian.dossier.labels.pdf import PDF
from openbeian.dossier.labels.source import spliced
from tests.unit.dossier.labels.samples import LABEL, OTHER, pdf, workbook

VALUE = LABEL.serialise()
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"


def labelled(container, content, label=LABEL):
    return spliced(content, container.write(content, label.serialise()))


def judged(name, content):
    report = check_source(name, content)
    return report.verdict, report.label, [reason.code for reason in report.reasons]


GOOD, REPLACED = (Verdict.COMPLIANT, LABEL, []), (Verdict.COMPLIANT, OTHER, [])


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def document(custom=None, **others):
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"/>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"></Relationships>',
        "word/document.xml": "<document/>",
        **others,
    }
    return archive(**parts, **({"docProps/custom.xml": custom} if custom is not None else {}))


def part_of(content, name="docProps/custom.xml"):
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        assert made.testzip() is None
        return made.read(name).decode()


def prop(name, value, pid=2, prefix=""):
    return (
        f'<{prefix}property fmtid="x" pid="{pid}" name="{name}">'
        f'<vt:lpwstr xmlns:vt="{VALUES}">{value}</vt:lpwstr></{prefix}property>'
    )


def test_an_independent_reader_sees_the_property_and_the_others():
    content = labelled(OOXML, workbook([("Owner", "甲")]))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [(one.name, one.value) for one in book.custom_doc_props.props] == [
        ("Owner", "甲"),
        ("AIGC", VALUE),
    ]
    assert book.active["A1"].value == "问题"


def test_a_first_property_is_announced_in_types_and_relations():
    content = labelled(OOXML, document())
    assert 'PartName="/docProps/custom.xml"' in part_of(content, "[Content_Types].xml")
    assert 'Target="docProps/custom.xml"' in part_of(content, "_rels/.rels")
    assert judged("a.docx", content) == GOOD


@pytest.mark.parametrize("prefix", ["", "p:"])
def test_a_property_is_added_behind_the_others_with_a_number_of_its_own(prefix):
    root = f'{prefix}Properties xmlns{":p" if prefix else ""}="{PROPERTIES}"'
    custom = f"<{root}>{prop('Owner', 'x', 7, prefix)}</{prefix}Properties>"
    new = labelled(OOXML, document(custom))
    assert judged("a.docx", new) == GOOD
    assert f'<{prefix}property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="8"' in part_of(new)
    assert prop("Owner", "x", 7, prefix) in part_of(new)
    assert judged("a.docx", labelled(OOXML, new, OTHER)) == REPLACED


def test_two_properties_become_one_and_an_empty_one_is_no_label():
    twice = f'<Properties xmlns="{PROPERTIES}">{prop("AIGC", VALUE)}{prop("AIGC", VALUE, 3)}</Properties>'
    assert judged("a.docx", document(twice))[2] == ["several_labels"]
    assert judged("a.docx", labelled(OOXML, document(twice), OTHER)) == REPLACED
    empty = f'<Properties xmlns="{PROPERTIES}"><property pid="2" name="AIGC"/></Properties>'
    assert judged("a.docx", document(empty))[2] == ["not_json"]
    assert judged("a.docx", labelled(OOXML, document(empty), OTHER)) == REPLACED


def test_strict_documents_are_read_and_written_in_their_own_namespace():
    strict = "http://purl.oclc.org/ooxml/officeDocument"
    custom = f'<Properties xmlns="{strict}/customProperties"/>'
    new = labelled(OOXML, document(custom))
    assert judged("a.docx", new) == GOOD
    assert f"{strict}/docPropsVTypes" in part_of(new)


def test_dates_and_packed_bytes_of_other_parts_stay():
    content = document()
    before = {one.filename: one for one in zipfile.ZipFile(io.BytesIO(content)).infolist()}
    after = {one.filename: one for one in zipfile.ZipFile(io.BytesIO(labelled(OOXML, content))).infolist()}
    for name, info in before.items():
        assert after[name].date_time == info.date_time
        assert after[name].external_attr == info.external_attr
    assert list(after)[:3] == list(before)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (document(**{"_xmlsignatures/origin.sigs": ""}), "signed"),
        (document("<Other/>"), "not what it should be"),
        (document(**{"_rels/.rels": "<Other/>"}), "not what it should be"),
        (document(f'<Properties xmlns="{PROPERTIES}"></Properties>'.encode("utf-16")), "UTF-8"),
    ],
)
def test_what_would_break_a_document_is_refused(content, words):
    with pytest.raises(CannotLabelError, match=words):
        labelled(OOXML, content)


def test_a_document_without_relations_is_refused():
    with pytest.raises(UnreadableError, match=r"lacks _rels"):
        labelled(OOXML, archive(**{"[Content_Types].xml": f'<Types xmlns="{TYPES}"/>'}))


def changed(content, at, new):
    return content[:at] + new + content[at + len(new) :]


def test_locked_and_damaged_parts_are_said():
    content = document(f'<Properties xmlns="{PROPERTIES}"/>')
    record = content.rindex(b"PK\1\2")
    for offset, new in ((8, b"\1\0"), (10, b"\x63\0"), (16, b"\0\0\0\0"), (42, b"\1\0\0\0")):
        verdict, _, codes = judged("a.docx", changed(content, record + offset, new))
        assert (verdict, codes) == (Verdict.INCONCLUSIVE, ["unreadable"]), offset


def test_a_directory_that_lies_is_said():
    content = document("x")
    end = content.rindex(b"PK\5\6")
    for offset, new in ((10, b"\x09\0"), (12, b"\xff\xff\0\0"), (16, b"\0\0\0\0")):
        assert judged("a.docx", changed(content, end + offset, new))[2] == ["unreadable"]
    types = f'<Types xmlns="{TYPES}"/>'
    twice = archive(**{"[Content_Types].xml": types, "[Content_Types].xmm": types})
    twice = twice.replace(b"[Content_Types].xmm", b"[Content_Types].xml")
    assert judged("a.docx", twice)[2] == ["unreadable"]


def test_an_archive_that_is_no_document_is_not_taken_for_one():
    report = check_source("a.zip", archive(readme="x"))
    assert (report.kind, [reason.code for reason in report.reasons]) == ("", ["unknown_format"])


# --- PDF -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"title": ""},
        {"linearize": True},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate, "title": ""},
    ],
)
def test_a_pdf_gains_a_revision_that_others_read_without_complaint(options):
    content = pdf(**options)
    once = labelled(PDF, content)
    twice = labelled(PDF, once, OTHER)
    for new, value in ((once, VALUE), (twice, OTHER.serialise())):
        assert new.startswith(content)
        with pikepdf.open(io.BytesIO(new)) as read:
            assert str(read.docinfo["/AIGC"]) == value
            assert ("/Title" in read.docinfo) == (options.get("title") != "")
            assert read.get_warnings() == []
            assert len(read.pages) == 1
    assert VALUE.encode() not in twice


def test_odd_entries_of_the_old_info_stay():
    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/A#B c"] = pikepdf.Array([1, True, pikepdf.String("(x)")])
        made.docinfo["/N"] = 1
        made.docinfo["/R"] = 1.5
        made.docinfo["/T"] = True
        made.docinfo["/F"] = False
        made.save(out := io.BytesIO())
    with pikepdf.open(io.BytesIO(labelled(PDF, out.getvalue()))) as read:
        info = read.docinfo
        assert (info["/N"], float(info["/R"]), info["/T"], info["/F"]) == (1, 1.5, True, False)
        assert [str(one) for one in info["/A#B c"]] == ["1", "True", "(x)"]


def test_a_label_that_is_no_string_is_found_as_no_label():
    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/AIGC"] = 1
        made.save(out := io.BytesIO())
    assert judged("a.pdf", out.getvalue()) == (Verdict.NONCOMPLIANT, None, ["not_json"])
    assert judged("a.pdf", labelled(PDF, out.getvalue(), OTHER)) == REPLACED


def test_a_label_of_another_program_is_superseded():
    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/AIGC"] = VALUE
        made.save(out := io.BytesIO())
    assert judged("a.pdf", out.getvalue()) == GOOD
    assert judged("a.pdf", labelled(PDF, out.getvalue(), OTHER)) == REPLACED


def encrypted(user):
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.docinfo["/AIGC"] = VALUE
        made.save(out := io.BytesIO(), encryption=pikepdf.Encryption(owner="o", user=user))
    return out.getvalue()


def test_a_locked_pdf_is_said_and_one_with_an_open_door_read_but_not_changed():
    verdict, _, codes = judged("a.pdf", encrypted("secret"))
    assert (verdict, codes) == (Verdict.INCONCLUSIVE, ["unreadable"])
    assert judged("a.pdf", encrypted("")) == GOOD
    with pytest.raises(CannotLabelError, match="encrypted"):
        labelled(PDF, encrypted(""))


def test_a_signed_pdf_is_not_changed():
    for where in ("Perms", "AcroForm"):
        with pikepdf.open(io.BytesIO(pdf())) as made:
            made.Root[f"/{where}"] = pikepdf.Dictionary(SigFlags=3)
            made.save(out := io.BytesIO())
        with pytest.raises(CannotLabelError, match="signed"):
            labelled(PDF, out.getvalue())


def test_a_form_without_signature_is_no_hindrance():
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.Root["/AcroForm"] = pikepdf.Dictionary()
        made.save(out := io.BytesIO())
    assert judged("a.pdf", labelled(PDF, out.getvalue())) == GOOD


def test_a_mended_pdf_is_inconclusive_and_not_changed():
    broken = re.sub(rb"startxref\n\d+", b"startxref\n1", pdf())
    assert judged("a.pdf", broken) == (Verdict.INCONCLUSIVE, None, ["repaired"])
    with pytest.raises(CannotLabelError, match="damaged"):
        labelled(PDF, broken)
    with pytest.raises(CannotLabelError, match="does not end"):
        labelled(PDF, pdf() + b"%" + b"x" * 900 + b"\n")
    assert judged("a.pdf", b"%PDF-1.7\n" + struct.pack("<I", 7))[2] == ["unreadable"]


def test_a_text_that_speaks_of_pdf_is_no_pdf():
    assert check_source("a.txt", b"A file starts with %PDF-1.7 if it is one.").kind == "txt"
    assert check_source("a.pdf", b"\0\0\0" + pdf()).kind == "pdf"
