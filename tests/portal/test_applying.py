"""The provider's side: filling in, files, handing in, withdrawing."""

import hashlib
import re

import pytest

from openbeian.core.errors import BadInputError, CouldNotRunError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.policy import CorrectionsOpenError, ProfileNotAcceptedError
from openbeian.dossier.file_types import WrongFileTypeError
from openbeian.dossier.kinds import DOCUMENT_KINDS, kinds_of
from openbeian.dossier.stated import Route
from openbeian.portal.applications import actions
from openbeian.portal.applications.errors import ChangedMeanwhileError, FindingsError
from openbeian.portal.applications.examination import digest_of, examine
from openbeian.portal.applications.models import Application, Attachment
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.applications.storage import path_of
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.audit.queries import history_of
from openbeian.portal.log.models import Entry
from tests.portal.documents import documents_of
from tests.portal.factories import AT, BASE, EDITION, Cast, application_at, good_facts

S = ApplicationStatus


def _create(cast: Cast, **changes):
    values = {"edition": EDITION, "profile": "demo", "by": cast.gd_preparer, "at": AT}
    return actions.create(cast.organisations["gd_provider"], **(values | changes))


def _attach(application: Application, cast: Cast, **changes):
    values = {"kind": "document", "name": "方案.md", "chunks": [b"PK", b"..."], "by": cast.gd_preparer}
    return actions.attach(application, at=AT, **(values | changes))


def test_a_new_application_knows_its_provider_and_has_ids_of_its_own(cast: Cast):
    first, second = _create(cast), _create(cast)
    assert (first.reference, second.reference) == ("A-2026-000001", "A-2026-000002")
    assert re.fullmatch(r"svc-[a-z2-7]{12}", first.service_id)
    assert first.service_id != second.service_id
    assert first.facts["provider.uscc"] == "91440101MA9DEM0016"
    assert first.jurisdiction == "GD"


def test_the_year_of_a_reference_is_that_of_beijing(cast: Cast):
    new_year = AT.replace(month=12, day=31, hour=16)
    assert _create(cast, at=new_year).reference.startswith("A-2027-")


@pytest.mark.parametrize("who", ["zj_preparer", "gd_reviewer", "auditor", "administrator", "platform"])
def test_only_a_preparer_of_the_provider_begins_an_application(cast: Cast, who: str):
    with pytest.raises(NotAllowedError):
        _create(cast, by=getattr(cast, who))
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"edition": "tc260-999"}, {"profile": "tiny"}, {"facts": {"service.colour": "red"}}]
)
def test_unknown_terms_are_refused(cast: Cast, changes):
    with pytest.raises(BadInputError):
        _create(cast, **changes)


def test_a_production_portal_refuses_the_demo_profile_at_once(cast: Cast, settings):
    settings.BEIAN_PRODUCTION = True
    with pytest.raises(ProfileNotAcceptedError):
        _create(cast)
    assert _create(cast, profile="").profile == ""


def test_entries_are_kept_as_typed_and_empty_ones_taken_out(cast: Cast):
    application = _create(cast)
    typed = {"service.name": "小舟", "provider.contact_phone": "not a phone", "service.mode": ["web"]}
    actions.save_facts(application, typed, by=cast.gd_preparer, at=AT)
    saved = actions.save_facts(application, {"provider.contact_phone": ""}, by=cast.gd_preparer, at=AT)
    assert saved.facts["service.mode"] == ["web"]
    assert saved.service_name == "小舟"
    assert "provider.contact_phone" not in saved.facts
    assert "provider.name" in saved.facts


def test_saving_what_is_there_already_leaves_no_event(cast: Cast):
    application = _create(cast, facts={"service.name": "小舟"})
    before = AuditEvent.objects.count()
    actions.save_facts(application, {"service.name": "小舟"}, by=cast.gd_preparer, at=AT)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"service.colour": "red"},
        {"service.name": 7},
        {"service.mode": [["web"]]},
        {"service.name": "x" * 20_001},
        {"service.name": "a\0b"},
    ],
)
def test_an_entry_that_has_no_place_is_refused_and_nothing_saved(cast: Cast, wrong):
    application = _create(cast)
    with pytest.raises(BadInputError):
        actions.save_facts(application, {"service.url": "https://a.cn", **wrong}, by=cast.gd_preparer, at=AT)
    application.refresh_from_db()
    assert "service.url" not in application.facts


@pytest.mark.parametrize("status", sorted(set(S) - {S.DRAFT, S.CORRECTION}))
def test_the_content_is_fixed_while_it_is_not_in_the_providers_hands(cast: Cast, status):
    application = application_at(status, cast)
    attachment = attachments_of(application).first()
    for act in (
        lambda: actions.save_facts(application, {"service.name": "改"}, by=cast.gd_preparer, at=AT),
        lambda: _attach(application, cast),
        lambda: actions.detach(attachment, by=cast.gd_preparer, at=AT),
    ):
        with pytest.raises(NotNowError):
            act()


def test_a_file_lies_under_its_hash_and_gives_way_to_one_of_its_name(cast: Cast):
    application = _create(cast)
    _attach(application, cast)
    second = _attach(application, cast, name="C:\\dossier\\方案.md", chunks=[b"new"])
    assert second.sha256 == hashlib.sha256(b"new").hexdigest()
    assert path_of(second.sha256).read_bytes() == b"new"
    assert list(attachments_of(application)) == [second]
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nb\x00\u202e.md", "ab.md"),
        (".hidden.md", "hidden.md"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
    ],
)
def test_a_file_name_is_made_harmless(cast: Cast, written, kept):
    assert _attach(_create(cast), cast, name=written).name == kept


@pytest.mark.parametrize(
    ("name", "data"), [("a.exe", b"x"), ("noending", b"x"), ("a.pdf", b"MZ"), ("y" * 300, b"x")]
)
def test_a_file_of_another_kind_than_a_dossier_carries_is_refused_and_not_kept(cast: Cast, home, name, data):
    application = _create(cast)
    with pytest.raises(WrongFileTypeError):
        _attach(application, cast, name=name, chunks=[data])
    assert not Attachment.objects.exists()
    assert not [path for path in (home / "uploads").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "changes", [{"kind": "virus"}, {"chunks": []}, {"name": "../.."}, {"chunks": [b"x" * 600, b"y" * 600]}]
)
def test_a_file_that_can_not_be_kept_is_refused_without_a_trace(cast: Cast, settings, home, changes):
    settings.BEIAN_UPLOAD_BYTES = 1000
    application = _create(cast)
    with pytest.raises(BadInputError):
        _attach(application, cast, **changes)
    assert not attachments_of(application).exists()
    assert [path for path in (home / "uploads").rglob("*") if path.is_file()] == []


def test_a_stranger_can_not_fill_the_disk(cast: Cast, home):
    application = _create(cast)

    def endless():
        raise AssertionError("nothing may be read of it")
        yield b""

    with pytest.raises(NotAllowedError):
        _attach(application, cast, by=cast.zj_preparer, chunks=endless())
    assert not (home / "uploads").exists()


def test_a_disk_that_refuses_is_said_so(cast: Cast, home):
    application = _create(cast)
    (home / "uploads").write_text("not a folder")
    with pytest.raises(CouldNotRunError, match="can't be kept"):
        _attach(application, cast)


def test_a_file_taken_out_twice_is_noted_once(cast: Cast):
    application = _create(cast)
    attachment = _attach(application, cast)
    for _ in range(2):
        actions.detach(attachment, by=cast.gd_preparer, at=AT)
    assert not attachments_of(application).exists()
    assert history_of(application).filter(kind="application.file_detached").count() == 1


def test_a_dry_run_answers_with_findings_and_leaves_no_trace(cast: Cast):
    application = _create(cast)
    before = AuditEvent.objects.count()
    findings = actions.validate(application)
    application.refresh_from_db()
    assert {finding.check_id for finding in findings} >= {"F01", "E01"}
    assert application.findings == []
    assert AuditEvent.objects.count() == before


def test_a_dossier_with_errors_is_not_taken_in_and_the_provider_sees_why(cast: Cast):
    application = application_at(S.DRAFT, cast)
    actions.save_facts(application, {"service.scope": ""}, by=cast.gd_preparer, at=AT)
    with pytest.raises(FindingsError, match=r"1 things to put right first; the first \(service.scope\)"):
        actions.submit(application, by=cast.gd_preparer, at=AT)
    application.refresh_from_db()
    assert application.state is S.DRAFT
    assert application.findings[0]["subject"] == "service.scope"
    assert application.findings_at == AT
    assert not Entry.objects.exists()
    assert history_of(application).last().kind == "application.submit_blocked"


def test_a_version_holds_what_was_handed_in_and_its_digest_names_it(cast: Cast):
    application = application_at(S.SUBMITTED, cast)
    version = application.versions.get()
    assert version.facts == application.facts
    assert {one["kind"] for one in version.files} == {"evidence", "head", "keys", *_asked_for("filing")}
    assert version.digest == digest_of(version.facts, version.files, version.salt)
    assert version.report["evidence"]["head"] == version.evidence_head
    assert all(finding["severity"] != "error" for finding in version.findings)
    assert Entry.objects.get().kind == "application.submit"
    assert version.digest in Entry.objects.get().body


def test_the_public_log_holds_no_name_and_no_word_of_the_dossier(cast: Cast):
    application_at(S.CONFIRMED, cast)
    written = "".join(Entry.objects.values_list("body", flat=True))
    for secret in [*good_facts().values(), *(person.name for person in cast.people.values())]:
        if isinstance(secret, str) and len(secret) > 3:
            assert secret not in written


def test_a_reduced_sample_that_reached_a_production_portal_is_refused(cast: Cast, settings):
    application = application_at(S.DRAFT, cast)
    settings.BEIAN_PRODUCTION = True
    with pytest.raises(ProfileNotAcceptedError):
        actions.submit(application, by=cast.gd_preparer, at=AT)


def test_what_changes_during_the_examination_is_not_handed_in(cast: Cast, monkeypatch):
    application = application_at(S.DRAFT, cast)
    from openbeian.portal.applications.actions import provider

    really_examine = provider.examine

    def examine(examined: Application):
        outcome = really_examine(examined)
        actions.save_facts(application, {"service.scope": "别的"}, by=cast.gd_preparer, at=AT)
        return outcome

    monkeypatch.setattr(provider, "examine", examine)
    with pytest.raises(ChangedMeanwhileError):
        actions.submit(application, by=cast.gd_preparer, at=AT)


def test_every_correction_is_answered_before_it_is_handed_in_again(cast: Cast):
    application = application_at(S.CORRECTION, cast)
    with pytest.raises(CorrectionsOpenError, match=r"service\.scope"):
        actions.resubmit(application, by=cast.gd_preparer, at=AT)
    actions.reply(application.corrections.get(), text="已写明。", by=cast.gd_preparer, at=AT)
    again = actions.resubmit(application, by=cast.gd_preparer, at=AT)
    assert (again.state, again.version) == (S.IN_REVIEW, 2)
    assert list(application.versions.values_list("number", flat=True)) == [1, 2]


def test_a_withdrawn_draft_was_never_in_the_public_log(cast: Cast):
    application = application_at(S.DRAFT, cast)
    assert actions.withdraw(application, by=cast.gd_preparer, at=AT).state is S.WITHDRAWN
    assert not Entry.objects.exists()


def test_a_refused_step_leaves_no_trace(cast: Cast):
    application = application_at(S.PROVINCIAL_DECISION, cast)
    events, entries = AuditEvent.objects.count(), Entry.objects.count()
    with pytest.raises(NotNowError):
        actions.withdraw(application, by=cast.gd_preparer, at=AT)
    assert (AuditEvent.objects.count(), Entry.objects.count()) == (events, entries)


def _asked_for(route: Route) -> set[str]:
    return {kind.id for kind in kinds_of(route)}


def test_files_handed_in_one_by_one_are_asked_for_the_whole_set_and_not_for_a_folder(cast: Cast):
    application = _create(cast, facts=good_facts())
    _attach(application, cast, name="接口.md", chunks=["密钥：sk-aB3dE5gH7jK9mN1pQ3sT5vX7".encode()])
    _attach(application, cast, name="方案.csv", chunks=["全部场景，绝对安全。\xa0".encode()])
    found = {(finding.check_id, finding.subject) for finding in examine(application).findings}
    assert {("D07", "接口.md"), ("D10", "方案.csv")} <= found
    named = {DOCUMENT_KINDS[kind].name.zh for kind in _asked_for("filing")}
    assert {subject for check, subject in found if check == "D01"} == named
    # Of what only a folder's statement or its copies of banks could say, nothing is asked.
    assert {one for one, _ in found} == {"E01", "E04", "D01", "D07", "D10", "D14", "D15"}
    with pytest.raises(FindingsError, match="things to put right"):
        actions.submit(application, by=cast.gd_preparer, at=AT)


def test_the_set_is_that_of_the_route_and_each_document_comes_in_every_form(cast: Cast):
    called = {"model.origin": "called", "model.base_number": BASE}
    application = _create(cast, facts={**good_facts(), **called})
    files = documents_of("registration")
    for name, (kind, data) in files.items():
        _attach(application, cast, kind=kind, name=name, chunks=[data])

    def asked() -> set[tuple[str, str]]:
        return {(one.check_id, one.subject) for one in examine(application).findings if one.check_id < "D03"}

    assert not {one for one in asked() if one[0].startswith("D")}
    actions.detach(application.attachments.get(name="2-模型服务协议.pdf"), by=cast.gd_preparer, at=AT)
    actions.detach(application.attachments.get(name="4-拦截关键词列表.xlsx"), by=cast.gd_preparer, at=AT)
    assert {("D02", "模型服务协议"), ("D01", "拦截关键词列表")} <= asked()
