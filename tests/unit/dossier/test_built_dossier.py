"""What `beian dossier build` writes passes every check but those of what people still have to write."""

from datetime import UTC, datetime

from openbeian.dossier.building import build_dossier
from openbeian.dossier.folder import read_folder
from openbeian.dossier.kinds import DOCUMENT_KINDS
from tests.unit.dossier.defects.planting import copy_of_good, found_in, state


def test_a_dossier_that_was_built_lacks_only_what_people_have_to_write(tmp_path):
    folder = copy_of_good(tmp_path)

    def without_own(said):
        own = [one for one in said["attachments"] if one["kind"] in DOCUMENT_KINDS]
        said["attachments"] = [one for one in said["attachments"] if one not in own]
        for one in own:
            (folder / one["file"]).unlink()

    state(folder, without_own)
    build_dossier(read_folder(folder), at=datetime(2026, 11, 25, 3, tzinfo=UTC))
    found = {one.check_id for one in found_in(folder) if one.severity != "note"}
    assert found == {"D08", "Q06", "Q31", "Q32"}


def test_a_registration_needs_other_documents_and_their_own_headings(tmp_path):
    folder = copy_of_good(tmp_path)
    rules, statement = folder / "attachments/制度.md", folder / "attachments/说明.md"
    rules.write_text("# 概述\n## 职责\n", encoding="utf-8")
    statement.write_text("# 概述\n", encoding="utf-8")

    def registered(said):
        said["route"] = "registration"
        said["attachments"] += [
            {"kind": "content_safety_rules", "file": "attachments/制度.md"},
            {"kind": "base_model_statement", "file": "attachments/说明.md"},
        ]

    state(folder, registered)
    findings = found_in(folder)
    found = {one.check_id for one in findings if one.severity != "note"}
    assert {"D01", "D02", "H05", "H07"} <= found
    assert not any(one.check_id.startswith("C") for one in findings)
    missing = next(one for one in findings if one.check_id == "H05")
    assert "emergencies" in missing.found.en
    assert "responsible" not in missing.found.en
