"""Building: all documents or none, edits by hand kept, and a record of what was built from what."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.dossier import building, staging
from openbeian.dossier.building import EditedByHandError, build_dossier
from openbeian.dossier.documents.registry import Builder, LacksMaterialError, Rendered
from openbeian.dossier.folder import read_folder
from tests.unit.dossier.folders import good_folder, write_folder

AT = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)  # the next day in China


@pytest.fixture
def plain_builders(monkeypatch):
    """Builders that write what they were asked for, so that building itself is looked at."""

    def builder(kind, **more):
        def render(material, language):
            told = f"{kind} {language} {material.on} {material.fact('service.name')}".encode()
            return Rendered({"docx": told, "pdf": told + b" pdf"}, {"letters": len(told)})

        return Builder(kind, render, **more)

    kinds = ["filing_form", "service_agreement", "commitment"]
    made = {kind: builder(kind) for kind in kinds}
    made["assessment_report"] = builder("assessment_report", rests_on_evidence=True)
    monkeypatch.setattr(building, "BUILDERS", made)
    return made


def build(path: Path, **more):
    return build_dossier(read_folder(path), at=AT, **more)


def names(path: Path) -> list[str]:
    return sorted(one.name for one in (path / "documents").iterdir())


def test_documents_are_written_with_a_record_of_what_they_were_built_from(tmp_path, plain_builders):
    path = write_folder(tmp_path / "d")
    told = []
    outcome = build(path, progress=lambda kind, done, of: told.append((kind.id, done, of)))
    assert [one.file for one in outcome.written][:2] == ["0-上线备案表.docx", "0-上线备案表.pdf"]
    assert [(one.kind.id, "no evidence" in one.reason.en) for one in outcome.left_out] == [
        ("assessment_report", True)
    ]
    assert (told[0], told[-1]) == (("filing_form", 0, 3), ("commitment", 3, 3))
    assert (path / "documents" / "0-上线备案表.docx").read_text() == "filing_form zh 2026-11-28 小舟"
    record = json.loads((path / "documents" / "build.json").read_bytes())
    assert record["edition"] == "gbt-45654-2025"
    assert list(record["sources"]) == ["dossier.yaml"]
    assert record["figures"]["commitment"] == {"letters": 31}
    assert len(record["documents"]) == 6


def test_evidence_is_among_the_sources_and_lets_the_report_be_built(tmp_path, plain_builders):
    path = write_folder(tmp_path / "d", languages=["zh", "en"])
    (path / "evidence").mkdir()
    (path / "evidence" / "evidence.jsonl").write_text("{}")
    outcome = build(path)
    assert not outcome.left_out
    assert "1-Assessment report.en.pdf" in names(path)
    assert "evidence/evidence.jsonl" in read_folder(path).build().sources


def test_what_lacks_its_material_is_left_out_and_the_rest_built(tmp_path, plain_builders):
    def render(_material, _language):
        raise LacksMaterialError("缺少词库。", "There is no library.")

    plain_builders["keyword_list"] = Builder("keyword_list", render)
    path = write_folder(tmp_path / "d")
    outcome = build(path)
    assert ("keyword_list", "There is no library.") in [
        (one.kind.id, one.reason.en) for one in outcome.left_out
    ]
    assert "0-上线备案表.docx" in names(path)
    with pytest.raises(LacksMaterialError):
        build(path, only=["keyword_list"])


def test_the_run_compared_and_the_corpus_scan_are_among_the_sources(tmp_path, plain_builders):
    path = write_folder(tmp_path / "d", compared={"run": "before", "what": "before"}, corpus="scan")
    for name in ("before/evidence.jsonl", "scan/tally.json"):
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text("{}")
    build(path)
    assert {"before/evidence.jsonl", "scan/tally.json"} <= set(read_folder(path).build().sources)


def test_what_was_edited_by_hand_is_kept_unless_forced(tmp_path, plain_builders):
    path = write_folder(tmp_path / "d")
    build(path)
    edited = path / "documents" / "2-模型服务协议.docx"
    edited.write_text("edited")
    before = {name: (path / "documents" / name).read_bytes() for name in names(path)}
    with pytest.raises(EditedByHandError, match=r"1 documents .*2-模型服务协议"):
        build(path)
    assert {name: (path / "documents" / name).read_bytes() for name in names(path)} == before
    build(path, only=["filing_form"])
    assert edited.read_text() == "edited"
    build(path, force=True)
    assert edited.read_text() != "edited"


def test_one_document_is_built_beside_the_others(tmp_path, plain_builders):
    path = write_folder(tmp_path / "d")
    build(path)
    build(path, only=["commitment"], languages=("en",))
    record = read_folder(path).build()
    assert len(record.documents) == 8
    assert [one.kind for one in record.documents][:2] == ["filing_form", "filing_form"]
    assert set(record.figures) == {"filing_form", "service_agreement", "commitment"}


def test_what_is_no_longer_built_goes_unless_it_was_edited(tmp_path, plain_builders):
    path = write_folder(tmp_path / "d")
    build(path, languages=("zh", "en"))
    (path / "documents" / "6-Commitment and signature page.en.docx").write_text("edited")
    (path / "documents" / "notes").mkdir()
    (path / "documents" / "mine.pdf").write_text("mine")
    build(path)
    left = names(path)
    assert "0-Filing form.en.docx" not in left
    assert {"6-Commitment and signature page.en.docx", "mine.pdf", "notes"} <= set(left)


def test_a_document_of_one_s_own_is_not_built(tmp_path, plain_builders):
    own = [{"kind": "service_agreement", "file": "attachments/licence.pdf"}]
    path = write_folder(tmp_path / "d", attachments=own)
    outcome = build(path)
    assert "own" in next(one for one in outcome.left_out if one.kind.id == "service_agreement").reason.en
    assert not any("2-" in name for name in names(path))


@pytest.mark.parametrize("kind", ["poem", "base_model_statement"])
def test_a_document_that_is_not_asked_for_is_named(tmp_path, plain_builders, kind):
    with pytest.raises(BadInputError, match=f"no document “{kind}”"):
        build(write_folder(tmp_path / "d"), only=[kind])


def test_where_one_document_fails_nothing_is_written(tmp_path, plain_builders):
    def fail(material, language):
        raise CouldNotRunError("不行。", "It can't be set.")

    plain_builders["commitment"] = Builder("commitment", fail)
    path = write_folder(tmp_path / "d")
    with pytest.raises(CouldNotRunError, match="can't be set"):
        build(path)
    assert not (path / "documents").exists()


def test_a_full_disk_leaves_what_was_there(tmp_path, plain_builders, monkeypatch):
    path = write_folder(tmp_path / "d")
    build(path)
    before = names(path)

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(staging, "replace_file", full)
    with pytest.raises(CouldNotRunError, match="No space left"):
        build(path)
    assert names(path) == before
    assert [one.name for one in path.iterdir() if one.name.startswith(".")] == []


def test_the_old_folder_comes_back_where_the_new_one_can_not_take_its_place(tmp_path, monkeypatch):
    folder = tmp_path / "documents"
    staging.put_in_place(folder, {"a": b"1"})
    rename = Path.rename

    def stubborn(self, target):
        if ".draft-" in self.name:
            raise OSError(1, "Operation not permitted")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(CouldNotRunError, match="not permitted"):
        staging.put_in_place(folder, {"a": b"2"})
    assert (folder / "a").read_bytes() == b"1"


def test_a_build_that_was_cut_off_is_made_good_by_the_next(tmp_path):
    (tmp_path / ".documents.before").mkdir()
    (tmp_path / ".documents.before" / "kept").write_text("old")
    staging.put_in_place(tmp_path / "documents", {"a": b"1"})
    assert (tmp_path / "documents" / "kept").read_text() == "old"
    (tmp_path / ".documents.before").mkdir()
    staging.put_in_place(tmp_path / "documents", {"a": b"2"})
    assert [one.name for one in tmp_path.iterdir()] == ["documents"]


def test_files_are_copied_where_links_are_not_to_be_had(tmp_path, monkeypatch):
    folder = tmp_path / "documents"
    staging.put_in_place(folder, {"a": b"1"})
    monkeypatch.setattr("os.link", lambda *_, **__: (_ for _ in ()).throw(OSError(1, "no links")))
    staging.put_in_place(folder, {"b": b"2"})
    assert (folder / "a").read_bytes() == b"1"


def test_good_folders_have_no_build_yet(tmp_path):
    assert good_folder(tmp_path / "d").build() is None
