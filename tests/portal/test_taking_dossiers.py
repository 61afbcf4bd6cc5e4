"""A whole dossier handed in as one archive: the validator says what it says to whoever packs it."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone

from openbeian import clock
from openbeian.core.errors import NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.dossier.checks import run_checks
from openbeian.dossier.examining import dossier_in
from openbeian.dossier.folder import read_folder
from openbeian.dossier.unpacking import HostileArchiveError
from openbeian.portal.applications import actions
from openbeian.portal.applications.examination import examine
from openbeian.portal.applications.models import Application, Attachment
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.audit.models import AuditEvent
from tests.portal.dossiers import dossier_folder, packed
from tests.portal.factories import AT, EDITION, Cast, application_at


def begun(cast: Cast, **terms: str) -> Application:
    terms = {"edition": EDITION, "profile": "demo", **terms}
    return actions.create(cast.organisations["gd_provider"], **terms, by=cast.gd_preparer, at=AT)


def take(application: Application, archive: Path, cast: Cast):
    taken = actions.take_dossier(application, archive, by=cast.gd_preparer, at=AT)
    application.refresh_from_db()
    return taken


def uploads(home: Path) -> set[str]:
    return {path.name for path in (home / "uploads").rglob("*") if path.is_file()}


def test_the_portal_finds_what_the_command_finds_on_the_same_folder(cast: Cast, tmp_path, home):
    application = begun(cast, edition="tc260-003")
    root = dossier_folder(tmp_path / "d", staff=[{"name": "甲", "duty": "annotator"}])
    taken = take(application, packed(root), cast)
    assert not taken.refused
    assert "service.scope" in taken.entries
    assert application.edition == EDITION
    kinds = dict(attachments_of(application).values_list("name", "kind"))
    assert kinds["attachments/制度.md"] == "rules"
    assert kinds["evidence/evidence.jsonl"] == "evidence"
    assert kinds["dossier.yaml"] == "folder"
    actions.save_facts(application, {}, by=cast.gd_preparer, at=AT)
    at_home = dossier_in(read_folder(root), on=timezone.localdate(clock.now()))
    facts = {**at_home.facts, **{n: application.facts[n] for n in ("provider.name", "provider.uscc")}}
    expected = run_checks(replace(at_home, facts=facts))
    found = examine(application)
    assert [one.as_json() for one in found.findings] == [one.as_json() for one in expected]
    assert {"D01", "W02"} <= {one.check_id for one in found.findings}
    assert found.report is not None
    assert not list((home / "uploads").glob(".folder-*"))


def test_good_parts_are_kept_and_the_others_named(cast: Cast, tmp_path):
    application = begun(cast)
    root = dossier_folder(
        tmp_path / "d", facts={"service.name": "新名", "service.url": "x" * 20_001, "no.such": "y"}
    )
    archive = packed(root)
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("attachments/病毒.pdf", b"MZ\x90 a program")
        file.writestr("attachments/run.exe", b"x")
        file.writestr("attachments/空.md", b"")
    taken = take(application, archive, cast)
    assert {one.name: one.code for one in taken.refused} == {
        "attachments/病毒.pdf": "wrong_file_type",
        "attachments/run.exe": "wrong_file_type",
        "attachments/空.md": "bad_input",
        "service.url": "bad_input",
        "no.such": "bad_input",
    }
    assert application.service_name == "新名"
    assert "attachments/制度.md" in taken.kept
    event = AuditEvent.objects.get(kind="application.dossier_taken")
    assert "attachments/run.exe" in event.detail["refused"]


def test_a_statement_that_cannot_be_read_is_a_finding_and_the_files_stay(cast: Cast, tmp_path):
    application = begun(cast)
    root = dossier_folder(tmp_path / "d")
    archive = packed(root)
    with zipfile.ZipFile(archive, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("dossier.yaml", b"facts: [")
    with pytest.raises(HostileArchiveError, match="twice"):
        take(application, archive, cast)
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as file:
        file.writestr("d/dossier.yaml", "edition: nope\n")
        file.write(root / "evidence" / "evidence.jsonl", "d/evidence/evidence.jsonl")
    taken = take(application, broken, cast)
    assert taken.kept == ["dossier.yaml", "evidence/evidence.jsonl"]
    assert [one.name for one in taken.refused] == ["dossier.yaml"]
    finding = next(one for one in examine(application).findings if one.check_id == "D16")
    assert finding.severity == "error"
    assert str(tmp_path) not in finding.found.zh + finding.found.en


def test_a_later_dossier_takes_the_place_of_the_earlier_one_whole(cast: Cast, tmp_path):
    application = begun(cast)
    first = dossier_folder(tmp_path / "d")
    (first / "attachments" / "旧.md").write_text("旧", encoding="utf-8")
    take(application, packed(first), cast)
    actions.attach(application, kind="licence", name="执照.md", chunks=[b"x"], by=cast.gd_preparer, at=AT)
    take(application, packed(dossier_folder(tmp_path / "e")), cast)
    names = set(attachments_of(application).values_list("name", flat=True))
    assert "attachments/旧.md" not in names
    assert {"执照.md", "attachments/制度.md"} <= names
    licence = attachments_of(application).get(name="执照.md")
    assert any(one.kind == licence.kind for one in attachments_of(application).filter(in_folder=False))


def test_a_hostile_archive_leaves_nothing_behind(cast: Cast, tmp_path, home):
    application = begun(cast)
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.md", b"x")
        file.writestr("../b.md", b"x")
    before = AuditEvent.objects.count(), uploads(home)
    with pytest.raises(HostileArchiveError, match="leads out"):
        take(application, archive, cast)
    assert (AuditEvent.objects.count(), uploads(home)) == before
    assert not Attachment.objects.exists()


def test_an_archive_with_a_damaged_file_leaves_nothing_behind(cast: Cast, tmp_path):
    application = begun(cast)
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.md", b"as it was written")
        file.writestr("b.md", b"as it was written")
    archive.write_bytes(archive.read_bytes().replace(b"as it was", b"as it is!", 1))
    with pytest.raises(HostileArchiveError, match="damaged"):
        take(application, archive, cast)
    assert not Attachment.objects.exists()


def test_a_dossier_is_taken_from_its_own_preparer_and_only_while_it_is_theirs(cast: Cast, tmp_path):
    archive = packed(dossier_folder(tmp_path / "d", edition="tc260-003"))
    submitted = application_at(S.SUBMITTED, cast)
    with pytest.raises(NotNowError):
        take(submitted, archive, cast)
    with pytest.raises(NotAllowedError):
        actions.take_dossier(submitted, archive, by=cast.zj_preparer, at=AT)
    corrected = application_at(S.CORRECTION, cast)
    taken = take(corrected, archive, cast)
    assert corrected.edition == EDITION
    assert [(one.name, "can't change the edition" in one.why.en) for one in taken.refused] == [
        ("dossier.yaml", True)
    ]


def test_a_production_portal_keeps_the_full_sample(cast: Cast, tmp_path, settings):
    settings.BEIAN_PRODUCTION = True
    application = begun(cast, profile="")
    taken = take(application, packed(dossier_folder(tmp_path / "d")), cast)
    assert application.profile == ""
    assert [one.code for one in taken.refused] == ["profile_not_accepted"]
