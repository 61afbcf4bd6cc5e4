"""The portal's repository: made at the first start, published with every snapshot, followed by a gate."""

import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from openbeian.clock import now
from openbeian.core.errors import NotNowError
from openbeian.portal.filings.actions import countersign_measure, propose_measure
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.repository_facts import current_fingerprint, repository_facts
from openbeian.portal.log.snapshots import renew_repository
from openbeian.portal.signing import load_publisher, load_signer, prepare_repository, repository_folder
from openbeian.trust.keys import public_key_set
from openbeian.trust.repository.ceremony import CeremonyPlan, hold_ceremony
from openbeian.trust.repository.installing import install
from openbeian.trust.snapshots import FilingRow, SnapshotRows, Status
from openbeian_gate.client import SnapshotClient
from openbeian_gate.refusals import SuspendedError
from openbeian_gate.repository.source import RepositorySource
from tests.portal.factories import Cast, filing_at

pytestmark = pytest.mark.django_db


def _nothing(_at: datetime) -> SnapshotRows:
    return SnapshotRows([])


@pytest.fixture
def repository(home: Path) -> Path:
    prepare_repository(at=now())
    return home / "public" / "repository"


def _gate(repository: Path, keep: Path) -> SnapshotClient:
    root = (repository / "root.json").read_bytes()
    return SnapshotClient(RepositorySource(str(repository), root, keep=keep))


def test_a_gate_sees_a_measure_at_its_next_look(cast: Cast, repository: Path, home: Path):
    filing = filing_at(cast)
    at = now()
    log = open_for_publishing()
    publish_everything(log, at=at)
    gate = _gate(repository, home / "gate")
    assert gate.refresh(at), gate.error
    assert gate.decide(filing.service_id, at).number == filing.number
    assert gate.snapshot.checkpoint == log.checkpoint.note
    assert gate.status(at)["development_keys"] is True

    measure = propose_measure(
        filing, kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=at
    )
    countersign_measure(measure, agree=True, by=cast.national_countersigner, at=at)
    publish_everything(log, at=at)
    assert gate.refresh(at)
    with pytest.raises(SuspendedError):
        gate.decide(filing.service_id, at)


def test_the_timestamp_is_renewed_although_nothing_has_changed(settings, repository: Path, home: Path):
    settings.BEIAN_SNAPSHOT_TTL_FOR = timedelta(hours=2)
    at = now()
    log = open_for_publishing()
    publish_everything(log, at=at)
    gate = _gate(repository, home / "gate")
    gate.refresh(at)
    publish_everything(log, at=at + timedelta(minutes=4))
    gate.refresh(at)
    assert gate.snapshot.issued_at == at.replace(microsecond=0)
    publish_everything(log, at=at + timedelta(minutes=5))
    gate.refresh(at + timedelta(minutes=5))
    assert gate.snapshot.issued_at == (at + timedelta(minutes=5)).replace(microsecond=0)


def test_development_keys_are_made_once_and_said_loudly(repository: Path, home: Path, caplog):
    fingerprint = current_fingerprint()
    prepare_repository(at=now())
    assert current_fingerprint() == fingerprint
    assert "DEVELOPMENT KEYS" in caplog.text
    assert (home / "keys/repository/root-1/root-1.pem").stat().st_mode & 0o777 == 0o600
    shutil.rmtree(repository)
    prepare_repository(at=now())
    assert current_fingerprint() == fingerprint


def test_a_real_portal_waits_for_the_ceremony(settings, home: Path, caplog, client):
    settings.BEIAN_PRODUCTION = True
    prepare_repository(at=now())
    assert "key ceremony" in caplog.text
    assert not repository_folder().exists
    assert repository_facts() is None
    assert load_publisher(_nothing) is None
    renew_repository(_nothing, at=now())
    settings.SECURE_SSL_REDIRECT = False
    page = client.get("/log/keys/?lang=en").content.decode()
    assert "no repository yet" in page
    assert "Root fingerprint" not in page


def test_before_the_first_publication_the_page_names_the_root_already(repository: Path, client):
    assert current_fingerprint() in client.get("/log/keys/").content.decode()
    assert [role.expires for role in repository_facts().roles].count(None) == 3


def test_the_page_of_the_keys_and_the_foot_of_every_page_name_the_fingerprint(repository: Path, client):
    publish_everything(open_for_publishing(), at=now())
    page = client.get("/log/keys/?lang=en").content.decode()
    assert current_fingerprint() in page
    assert "Development keys" in page
    assert len(re.findall(r'<div class="hash fingerprint">(?:[0-9a-f]{4} ){15}[0-9a-f]{4}</div>', page)) == 9
    assert current_fingerprint() in client.get("/").content.decode()


def test_the_repository_is_served_as_static_files(repository: Path, client):
    publish_everything(open_for_publishing(), at=now())
    for file in [path for path in repository.rglob("*") if path.is_file()]:
        name = file.relative_to(repository).as_posix()
        answer = client.get(f"/repository/{name}")
        if name == ".lock":
            assert answer.status_code == 404
            continue
        assert b"".join(answer.streaming_content) == file.read_bytes()
        is_fixed = name not in ("root.json", "metadata/timestamp.json")
        assert ("immutable" in answer["Cache-Control"]) is is_fixed
    for name in ("metadata/2.root.json", "../keys/register.pem", "metadata/.lock", "targets/../root.json"):
        assert client.get(f"/repository/{name}").status_code == 404


def _with_second_signer(home: Path) -> None:
    plan = CeremonyPlan(public_key_set(load_signer()), register_signers=2)
    hold_ceremony(home / "ceremony", plan, password=lambda _: b"twelve letters", at=now())
    install(home / "ceremony", public=repository_folder().path, keys=home / "keys/repository")


def test_a_second_signer_reads_the_database_itself(cast: Cast, home: Path, caplog):
    filing = filing_at(cast)
    _with_second_signer(home)
    at = now()
    publish_everything(open_for_publishing(), at=at)
    gate = _gate(repository_folder().path, home / "gate")
    assert gate.refresh(at), gate.error
    assert gate.decide(filing.service_id, at)
    assert gate.status(at)["development_keys"] is False
    caplog.clear()
    prepare_repository(at=at)
    assert caplog.text == ""


def test_what_the_second_signer_does_not_find_is_not_published(cast: Cast, home: Path):
    filing_at(cast)
    _with_second_signer(home)
    at = now()
    publish_everything(open_for_publishing(), at=at)
    before = (repository_folder().path / "metadata/timestamp.json").read_bytes()
    elsewhere = load_publisher(lambda _: SnapshotRows([FilingRow("svc-forged", "X-1", Status.VALID)]))
    with pytest.raises(NotNowError, match="does not sign"):
        elsewhere.renew(at=at + timedelta(days=6))
    assert (repository_folder().path / "metadata/timestamp.json").read_bytes() == before
