"""The sequencer: in order, exactly once, whatever crashes when; and the snapshots after it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from openbeian.core.errors import NotNowError
from openbeian.portal.filings.actions import countersign_measure, propose_measure
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.filings.queries import snapshot_rows
from openbeian.portal.log.models import Entry, Snapshot
from openbeian.portal.log.outbox import append
from openbeian.portal.log.queries import latest_snapshot, published_size, recent_entries
from openbeian.portal.log.sequencer import mark_published, open_log, publish, reconcile
from openbeian.portal.log.snapshots import is_due, publish_snapshot
from openbeian.portal.signing import load_signer, publish_keys
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.log import LogDamagedError
from openbeian.trust.snapshots import SnapshotRows
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.certificate import parse_certificate
from openbeian_gate.verify.index import Status
from openbeian_gate.verify.keys import parse_keys
from openbeian_gate.verify.proof import parse_proof, verify_certificate_logged
from openbeian_gate.verify.snapshot import Snapshot as VerifiedSnapshot
from openbeian_gate.verify.snapshot import parse_snapshot, verify_snapshot
from tests.portal.factories import AT, Cast, filing_at

pytestmark = pytest.mark.django_db


def _rows(_at: datetime) -> SnapshotRows:
    return SnapshotRows(snapshot_rows())


def _fill(count: int, kind: str = "test.happened") -> list[Entry]:
    return [append(kind, f"s-{n}", facts={"n": n}, hashes={}, at=AT) for n in range(count)]


def _in_tree() -> list[str]:
    log = open_log()
    return [log.leaf(index).decode() for index in range(log.size)]


def test_entries_are_published_in_the_order_written():
    entries = _fill(5)
    log = open_log()
    assert publish(log, at=AT) == 5
    assert publish(log, at=AT) == 0
    assert _in_tree() == [entry.body for entry in entries]
    assert [entry.index for entry in recent_entries()] == [4, 3, 2, 1, 0]
    assert published_size() == 5


def test_an_empty_log_has_a_checkpoint_too(home: Path):
    assert publish(open_log(), at=AT) == 0
    assert (home / "public" / "log" / "checkpoint").read_text().startswith("beian.local/log\n0\n")
    assert published_size() == 0


def test_an_entry_that_is_rolled_back_is_never_published():
    with transaction.atomic():
        _fill(1)
        transaction.set_rollback(True)
    assert publish(open_log(), at=AT) == 0


def test_a_crash_between_tree_and_database_doubles_and_loses_nothing():
    entries = _fill(3)
    log = open_log()
    # What `publish` does first; then the process dies before it tells the database.
    log.append([entry.body.encode() for entry in entries[:2]], at=AT, after=0)

    restarted = open_log()
    assert publish(restarted, at=AT) == 1
    assert _in_tree() == [entry.body for entry in entries]
    assert [entry.index for entry in Entry.objects.all()] == [0, 1, 2]


def test_entries_that_look_alike_are_told_apart_after_a_crash():
    first, second = _fill(1) + _fill(1)
    assert first.leaf_hash == second.leaf_hash
    log = open_log()
    log.append([first.body.encode()], at=AT, after=0)
    assert reconcile(log, at=AT) == 1
    assert publish(log, at=AT) == 1
    assert [entry.index for entry in Entry.objects.all()] == [0, 1]


def test_a_late_row_with_a_lower_id_does_not_confuse_the_recovery():
    entries = _fill(3)
    log = open_log()
    log.append([entries[1].body.encode()], at=AT, after=0)
    publish(log, at=AT)
    assert _in_tree() == [entries[1].body, entries[0].body, entries[2].body]


def test_a_tree_with_foreign_entries_stops_the_sequencer():
    log = open_log()
    log.append([b'{"not":"ours"}'], at=AT)
    _fill(1)
    with pytest.raises(LogDamagedError, match="not in the database"):
        publish(log, at=AT)


def test_a_tree_that_lost_entries_stops_the_sequencer():
    mark_published(_fill(1), first=0, at=AT)
    with pytest.raises(LogDamagedError, match="the files hold 0"):
        publish(open_log(), at=AT)


def test_the_database_refuses_an_index_without_a_time():
    _fill(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.update(index=0)


def test_two_sequencers_at_once_append_nothing_twice():
    _fill(2)
    slow, fast = open_log(), open_log()
    publish(fast, at=AT)
    _fill(1)
    with pytest.raises(NotNowError):
        slow.append([b"x"], at=AT, after=1)
    assert publish(slow, at=AT) in {0, 1}
    publish(slow, at=AT)
    assert len(_in_tree()) == 3


def _snapshot(home: Path) -> VerifiedSnapshot:
    keys = parse_keys((home / "public" / "keys.json").read_bytes())
    return verify_snapshot(parse_snapshot((home / "public" / "snapshot.json").read_bytes()), keys)


def test_the_snapshot_says_how_filings_stand_and_points_into_the_log(cast: Cast, home: Path):
    filing = filing_at(cast)
    log = open_for_publishing()
    count, snapshot = publish_everything(log, at=AT)
    assert count == Entry.objects.count()
    assert snapshot == latest_snapshot()
    seen = _snapshot(home)
    assert seen.index.find(filing.service_id).status is Status.VALID
    assert seen.checkpoint == log.checkpoint.note
    assert (snapshot.version, snapshot.entries) == (1, 1)


def test_a_measure_is_in_the_very_next_snapshot(cast: Cast, home: Path):
    filing = filing_at(cast)
    log = open_for_publishing()
    publish_everything(log, at=AT)
    assert publish_everything(log, at=AT)[1] is None
    measure = propose_measure(
        filing, kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    assert not is_due(at=AT)
    countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    _count, snapshot = publish_everything(log, at=AT)
    assert snapshot is not None
    assert _snapshot(home).index.find(filing.service_id).status is Status.SUSPENDED
    assert _snapshot(home).version == 2


def test_a_snapshot_is_renewed_before_it_is_stale(settings):
    publish_keys()
    publish_snapshot(_rows, checkpoint=None, at=AT)
    half = settings.BEIAN_SNAPSHOT_TTL_FOR / 2
    assert not is_due(at=AT + half - timedelta(seconds=1))
    assert is_due(at=AT + half)
    assert str(Snapshot.objects.get()) == "snapshot 1"


def test_a_crash_before_the_file_is_written_wastes_a_version_but_never_reuses_it(home: Path, monkeypatch):
    from openbeian.portal.log import snapshots

    publish_keys()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "replace_file", crash)
        with pytest.raises(KeyboardInterrupt):
            publish_snapshot(_rows, checkpoint=None, at=AT)
    publish_snapshot(_rows, checkpoint=None, at=AT)
    assert _snapshot(home).version == 2


def test_a_certificate_is_proved_by_the_log_offline(cast: Cast):
    filing = filing_at(cast)
    log = open_for_publishing()
    publish_everything(log, at=AT)
    filing.log_entry.refresh_from_db()
    proof = parse_proof(log.proof_file(filing.log_entry.index))
    keys = public_key_set(load_signer())
    signed = parse_certificate(canonical(filing.certificate))
    entry, _checkpoint = verify_certificate_logged(signed, proof, keys)
    assert entry.subject == filing.number


def test_the_command_publishes_once(home: Path, capsys):
    _fill(2)
    call_command("sequencer", once=True)
    assert "log: 2 entries, size 2" in capsys.readouterr().out
    assert json.loads((home / "public" / "snapshot.json").read_bytes())["snapshot"]["version"] == 1
    call_command("sequencer", once=True)
    assert capsys.readouterr().out == ""


def test_the_register_key_is_made_once_for_its_owner_only(home: Path):
    signer = load_signer()
    file = home / "keys" / "register.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert Ed25519Signer.load(file).key_id == signer.key_id == load_signer().key_id
