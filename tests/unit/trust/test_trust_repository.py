"""The register's repository and a gate that follows it: what is seen, and deceptions in vain."""

import json
import logging
import shutil
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.trust.repository_made import SIGNER, Register, held
from tuf.api.metadata import Metadata, MetaFile, Timestamp

from openbeian.clock import now
from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.repository import keys
from openbeian.trust.repository.adopting import adopt
from openbeian.trust.repository.ceremony import CeremonyPlan, hold_ceremony
from openbeian.trust.repository.drafting import next_root, next_targets
from openbeian.trust.repository.folder import KEPT_FOR, RepositoryDamagedError, RepositoryFolder
from openbeian.trust.repository.keys import add_signatures, make_key, tuf_key
from openbeian.trust.repository.online import OnlineKeys
from openbeian.trust.repository.protocol import ceremony_protocol
from openbeian.trust.repository.publisher import NotEnoughSignaturesError
from openbeian.trust.repository.requests import SigningRequest, parse_request, parse_signature, sign_request
from openbeian.trust.repository.roles import KEYS, POLICY
from openbeian.trust.snapshots import Status
from openbeian_gate.client import ClientLimits, SnapshotClient
from openbeian_gate.errors import (
    ExpiredRootError,
    FrozenError,
    MalformedError,
    MixedError,
    RollbackError,
    TooBigError,
    UnreachableError,
    UntrustedKeyError,
)
from openbeian_gate.policy import Freshness
from openbeian_gate.refusals import NotFiledError, RegistryUnavailableError, RevokedError
from openbeian_gate.repository.source import RepositorySource

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    return held(tmp_path_factory.mktemp("ceremony") / "held")


@pytest.fixture
def register(tmp_path, ceremony) -> Register:
    return Register(tmp_path, ceremony)


@pytest.fixture
def gate(register) -> SnapshotClient:
    register.publish()
    gate = register.gate()
    assert gate.refresh(register.at), gate.error
    return gate


def refused(gate: SnapshotClient, at, error) -> str:
    """Check that the gate takes nothing of what is offered, and keeps what it has."""
    held_before = gate.snapshot
    assert not gate.refresh(at)
    assert type(gate.error) is error, gate.error
    assert gate.snapshot is held_before
    assert gate.error.text.zh
    return str(gate.error)


# --- what is seen ---------------------------------------------------------------------------------


def test_a_revocation_is_seen_at_the_next_look(register, gate):
    assert gate.decide("svc-001", register.at).number == "GD-svc-001"
    register.publish(svc_001=Status.REVOKED)
    assert gate.refresh(register.at)
    with pytest.raises(RevokedError):
        gate.decide("svc-001", register.at)
    assert gate.decide("svc-002", register.at).freshness is Freshness.FRESH


def test_a_new_filing_is_seen_at_the_next_look(register, gate):
    with pytest.raises(NotFiledError):
        gate.decide("svc-003", register.at)
    register.publish(svc_003=Status.VALID)
    assert gate.admit("svc-003", register.at).version == 2


def test_two_publications_in_one_second_are_told_apart_by_a_web_server(register, gate):
    path = register.folder.path / "metadata/timestamp.json"
    seconds = [int(path.stat().st_mtime)]
    for status in (Status.REVOKED, Status.SUSPENDED):
        register.publish(svc_001=status)
        seconds.append(int(path.stat().st_mtime))
    assert seconds == sorted(set(seconds))


def test_when_nothing_changes_the_timestamp_alone_makes_the_snapshot_younger(register, gate):
    before = set(register.folder.path.rglob("*.json"))
    later = register.at + 2 * MINUTE
    published = register.publish(at=later)
    assert (published.timestamp, published.snapshot, published.register) == (2, 1, 1)
    assert set(register.folder.path.rglob("*.json")) == before
    assert gate.refresh(later)
    assert gate.decide("svc-001", later).freshness is Freshness.FRESH


def test_a_measure_changes_the_small_status_list_and_leaves_the_snapshot(register, gate):
    snapshots = set(register.folder.path.rglob("*.snapshot.json")) - set(
        register.folder.path.glob("metadata/*")
    )
    register.publish(svc_001=Status.SUSPENDED)
    assert len(list((register.folder.path / "targets/register").glob("*.statuses.json"))) == 2
    assert snapshots == set((register.folder.path / "targets/register").glob("*.snapshot.json"))


def test_the_signed_rules_shorten_what_a_snapshot_says_of_itself(register, gate):
    rules = json.dumps(
        {"schema": "openbeian.policy/1", "ttl_s": 30, "grace_s": 600, "poll_s": 7}, separators=(",", ":")
    )
    files = {POLICY: rules.encode()}
    targets = register.folder.targets(register.folder.root().signed).signed
    register.adopt(
        SigningRequest("targets", next_targets(targets, files=files, at=register.at), files),
        ["targets-1", "targets-3"],
    )
    assert gate.refresh(register.at)
    assert (gate.snapshot.ttl_for, gate.snapshot.grace_for) == (timedelta(seconds=30), timedelta(minutes=10))
    assert gate._source.poll_for == timedelta(seconds=7)
    assert gate.status(register.at)["poll_s"] == 7


def test_a_gate_that_polls_in_the_background_goes_by_the_rules(register, tmp_path):
    register.publish()
    limits = ClientLimits(poll_for=timedelta(milliseconds=10))
    source = RepositorySource(str(register.folder.path), register.root, keep=tmp_path / "polling")
    assert source.poll_for == timedelta(seconds=30)
    assert source.facts()["pinned_root"].startswith("1 sha256:")
    with SnapshotClient(source, limits=limits) as gate:
        while gate.snapshot is None:
            gate.stop()
            gate.start()
    assert gate.decide("svc-001", now())


# --- the first start, and restarts ----------------------------------------------------------------


def test_the_first_start_without_a_publication_is_closed(register):
    gate = register.gate()
    refused(gate, register.at, UnreachableError)
    with pytest.raises(RegistryUnavailableError):
        gate.decide("svc-001", register.at)


def test_a_restart_during_an_outage_begins_with_what_was_kept_and_within_its_grace(register, gate):
    shutil.rmtree(register.folder.path)
    again = register.gate()
    refused(again, register.at, UnreachableError)
    assert again.decide("svc-001", register.at + 10 * MINUTE).freshness is Freshness.STALE
    with pytest.raises(RegistryUnavailableError):
        again.decide("svc-001", register.at + DAY + MINUTE)


def test_a_restart_does_not_forget_a_newer_state(register, gate):
    older = register.copy("older")
    register.publish(svc_001=Status.REVOKED)
    assert gate.refresh(register.at)
    register.serve(older)
    refused(register.gate(), register.at, RollbackError)


@pytest.mark.parametrize("damage", ["last.json", "targets", "metadata"])
def test_a_kept_state_that_was_altered_is_not_used(register, gate, tmp_path, damage, caplog):
    kept = tmp_path / "gate" / damage
    if damage == "last.json":
        state = json.loads(kept.read_text())
        state["register"] = state["register"].replace('"version":1', '"version":2')
        kept.write_text(json.dumps(state))
    elif damage == "targets":
        for file in kept.iterdir():
            file.write_bytes(b"{}")
    else:
        (tmp_path / "gate/last.json").write_text("{}")
    again = register.gate()
    assert again.snapshot is None
    assert "not used" in caplog.text
    assert again.refresh(register.at)


# --- deceptions -----------------------------------------------------------------------------------


def test_an_older_state_shown_again_is_a_rollback(register, gate):
    older = register.copy("older")
    register.publish(svc_001=Status.REVOKED)
    assert gate.refresh(register.at)
    register.serve(older)
    assert "rollback" in refused(gate, register.at, RollbackError)
    with pytest.raises(RevokedError):
        gate.decide("svc-001", register.at)


def test_a_withheld_update_is_a_freeze_once_the_timestamp_has_run_out(register):
    register.publish(at=now() - 16 * MINUTE)
    gate = register.gate()
    assert "clock" in refused(gate, now(), FrozenError)


def test_a_freeze_leaves_the_grace_as_it_is(register, tmp_path):
    register.publish()
    gate = register.gate()
    assert gate.refresh(register.at)
    # The same folder, as it would be a quarter of an hour later: only the timestamp has run out.
    path = register.folder.path / "metadata/timestamp.json"
    timestamp = Metadata[Timestamp].from_file(str(path))
    timestamp.signed.version += 1
    timestamp.signed.expires = (now() - MINUTE).replace(microsecond=0)
    timestamp.signatures.clear()
    path.write_bytes(add_signatures(timestamp, register.key("timestamp")).to_bytes())
    refused(gate, register.at, FrozenError)
    assert gate.decide("svc-001", register.at + 23 * 60 * MINUTE).freshness is Freshness.STALE


def test_files_of_different_publications_do_not_mix(register, gate):
    register.publish(svc_001=Status.REVOKED)
    metadata = register.folder.path / "metadata"
    shutil.copy(metadata / "1.register.json", metadata / "2.register.json")
    refused(gate, register.at, MixedError)


def test_a_snapshot_of_another_publication_does_not_mix(register, gate):
    register.publish(svc_001=Status.REVOKED)
    metadata = register.folder.path / "metadata"
    shutil.copy(metadata / "1.snapshot.json", metadata / "2.snapshot.json")
    refused(gate, register.at, MixedError)


def test_an_altered_status_list_is_refused(register, gate):
    register.publish(svc_001=Status.REVOKED)
    files = (register.folder.path / "targets/register").glob("*.statuses.json")
    newest = max(files, key=lambda file: file.stat().st_mtime_ns)
    newest.write_bytes(newest.read_bytes().replace(b'"version":2', b'"version":3'))
    refused(gate, register.at, MixedError)


def test_a_forged_timestamp_is_refused(register, gate):
    path = register.folder.path / "metadata/timestamp.json"
    timestamp = Metadata[Timestamp].from_file(str(path))
    timestamp.signed.version += 1
    timestamp.signatures.clear()
    path.write_bytes(add_signatures(timestamp, Ed25519Signer.generate()).to_bytes())
    refused(gate, register.at, UntrustedKeyError)


def test_another_registers_repository_is_refused(register, gate, tmp_path):
    other = Register(tmp_path / "other", held(tmp_path / "elsewhere"))
    other.publish()
    register.serve(other.folder.path)
    refused(gate, register.at, UntrustedKeyError)
    assert register.gate("new", other.root).refresh(other.at)


def test_a_register_key_that_the_published_keys_do_not_name_is_refused(register, gate):
    # The online machine is taken over, but not the people who publish keys: the documents' key is another.
    forged = Ed25519Signer.generate()
    register.publisher.publish(register.snapshot(), [forged], at=register.at)
    assert gate.refresh(register.at)  # nothing new was signed, as nothing has changed
    register.rows["svc-001"] = Status.REVOKED
    register.publisher.publish(register.snapshot(), [forged], at=register.at)
    refused(gate, register.at, UntrustedKeyError)


def test_broken_metadata_is_malformed(register, gate):
    (register.folder.path / "metadata/timestamp.json").write_bytes(b"{}")
    refused(gate, register.at, MalformedError)


def test_a_timestamp_without_its_time_is_malformed(register, gate):
    path = register.folder.path / "metadata/timestamp.json"
    timestamp = Metadata[Timestamp].from_file(str(path))
    timestamp.signed.version += 1
    timestamp.signed.unrecognized_fields.clear()
    timestamp.signatures.clear()
    path.write_bytes(add_signatures(timestamp, register.key("timestamp")).to_bytes())
    refused(gate, register.at, MalformedError)


def test_a_register_that_names_a_file_by_another_hash_is_malformed(register, gate):
    published = register.folder.current().register
    for target in published.signed.targets.values():
        target.hashes = {"sha512": "0" * 128}
    published.signed.version += 1
    published.signatures.clear()
    add_signatures(published, register.key("register"))
    path = register.folder.metadata_file(published.signed.version, "register")
    register.folder.write({path: published.to_bytes()})
    snapshot = register.folder.current().snapshot
    snapshot.signed.version += 1
    snapshot.signed.meta["register.json"] = MetaFile(published.signed.version)
    snapshot.signatures.clear()
    add_signatures(snapshot, register.key("snapshot"))
    register.folder.write({register.folder.metadata_file(2, "snapshot"): snapshot.to_bytes()})
    timestamp = register.folder.current().timestamp
    timestamp.signed.version += 1
    timestamp.signed.snapshot_meta = MetaFile(2)
    timestamp.signatures.clear()
    register.folder.write_timestamp(add_signatures(timestamp, register.key("timestamp")).to_bytes())
    refused(gate, register.at, MalformedError)


def test_a_repository_without_rules_is_malformed(register, gate):
    targets = register.folder.targets(register.folder.root().signed).signed
    changed = next_targets(targets, files={}, at=register.at)
    del changed.signed.targets[POLICY]
    register.adopt(SigningRequest("targets", changed), ["targets-1", "targets-2"])
    refused(gate, register.at, MalformedError)


def test_a_file_longer_than_it_may_be_is_not_read_on(register, gate):
    (register.folder.path / "metadata/timestamp.json").write_bytes(b" " * 100_000)
    refused(gate, register.at, TooBigError)


def test_a_snapshot_larger_than_the_gate_allows_is_not_fetched(register, tmp_path):
    register.publish()
    source = RepositorySource(str(register.folder.path), register.root, keep=tmp_path / "small")
    gate = SnapshotClient(source, limits=ClientLimits(max_bytes=500))
    refused(gate, register.at, TooBigError)


def test_an_expired_root_is_said_to_be_that(register, gate):
    root = register.folder.root().signed
    long_ago = next_root(root, "root", at=now() - 400 * DAY)
    register.adopt(SigningRequest("root", long_ago), ["root-1", "root-2"])
    refused(gate, register.at, ExpiredRootError)


@pytest.mark.parametrize("root", [b"", b"{}", b"\xff"])
def test_a_root_file_that_is_none_is_refused_at_once(tmp_path, root):
    with pytest.raises(MalformedError):
        RepositorySource("http://127.0.0.1:1", root, keep=tmp_path)


def test_a_disk_that_refuses_is_said(register, gate, tmp_path):
    register.publish(svc_001=Status.REVOKED)
    metadata = tmp_path / "gate/metadata"
    shutil.rmtree(metadata)
    metadata.write_bytes(b"")
    refused(gate, register.at, UnreachableError)


def test_two_gates_may_share_a_folder(register, gate):
    other = register.gate()
    register.publish(svc_001=Status.REVOKED)
    for one in (gate, other):
        assert one.refresh(register.at), one.error
        with pytest.raises(RevokedError):
            one.decide("svc-001", register.at)


# --- clocks ---------------------------------------------------------------------------------------


def test_a_clock_that_is_behind_is_told_from_the_signed_time(register, caplog):
    register.publish()
    gate = register.gate()
    with caplog.at_level(logging.WARNING):
        assert gate.refresh(register.at - 3 * MINUTE)
    assert -180 <= gate.status(register.at)["clock_skew_s"] < -178
    assert "clock is off by -1" in caplog.text


def test_a_clock_that_is_ahead_is_told_once_something_new_arrives(register):
    register.publish()
    gate = register.gate()
    assert gate.refresh(register.at + 5 * MINUTE)
    assert gate.clock_skew == timedelta(0)
    register.publish(at=register.at + MINUTE, svc_001=Status.REVOKED)
    assert gate.refresh(register.at + 6 * MINUTE)
    assert gate.clock_skew.total_seconds() == pytest.approx(240, abs=2)


# --- people: thresholds, rotation, loss -----------------------------------------------------------


def test_one_signature_of_people_publishes_nothing(register, gate):
    root = next_root(register.folder.root().signed, "root", at=register.at)
    targets = next_targets(register.folder.targets(root.signed).signed, files={}, at=register.at)
    for request, name in (
        (SigningRequest("root", root), "root-1"),
        (SigningRequest("targets", targets), "targets-1"),
    ):
        with pytest.raises(NotEnoughSignaturesError, match="2 of the 3"):
            register.adopt(request, [name])
        with pytest.raises(NotEnoughSignaturesError):
            register.adopt(request, [name, "timestamp"])
    assert register.folder.root().signed.version == 1


def test_a_gate_of_the_first_day_follows_a_lost_root_key_to_its_replacement(register, gate):
    _, public = make_key("root-4", register.home / "online/root-4.pem", None)
    lost = tuf_key(register.key("root-3").public_key()).keyid
    root = next_root(register.folder.root().signed, "root", add=[public.key], drop=[lost[:8]], at=register.at)
    register.adopt(SigningRequest("root", root), ["root-1", "root-2"])
    again = next_root(register.folder.root().signed, "root", at=register.at)
    with pytest.raises(NotEnoughSignaturesError):
        register.adopt(SigningRequest("root", again), ["root-1", "root-3"])
    register.adopt(SigningRequest("root", again), ["root-1", "root-4"])
    register.publish(svc_001=Status.REVOKED)
    assert gate.refresh(register.at), gate.error
    assert gate.status(register.at)["root_version"] == 3
    with pytest.raises(RevokedError):
        gate.decide("svc-001", register.at)


def _exchange_online(register: Register, role: str) -> None:
    old = tuf_key(register.key(role).public_key()).keyid
    _, public = make_key(f"{role}-b", register.home / f"online/{role}-b.pem", None)
    if role == "register":
        targets = register.folder.targets(register.folder.root().signed).signed
        changed = next_targets(targets, files={}, add=[public.key], drop=[old], at=register.at)
        register.adopt(SigningRequest("targets", changed), ["targets-1", "targets-2"])
    else:
        changed = next_root(register.folder.root().signed, role, add=[public.key], drop=[old], at=register.at)
        register.adopt(SigningRequest("root", changed), ["root-1", "root-2"])


def test_after_the_online_machine_was_taken_over_gates_come_back_by_themselves(register, gate):
    honest = register.copy("honest")
    # The intruder revokes everything, at version numbers nobody can reach again.
    register.version = 10**15
    register.publish(svc_001=Status.REVOKED, svc_002=Status.REVOKED)
    assert gate.refresh(register.at)
    with pytest.raises(RevokedError):
        gate.decide("svc-002", register.at)
    register.serve(honest)
    register.version, register.rows = 1, dict.fromkeys(register.rows, Status.VALID)
    for role in ("register", "snapshot", "timestamp"):
        _exchange_online(register, role)
        (register.home / f"online/{role}.pem").rename(register.home / f"{role}.stolen")
    register.publish()
    assert gate.refresh(register.at), gate.error
    assert gate.decide("svc-002", register.at)
    # What the intruder still can sign counts no more.
    for role in ("register", "snapshot", "timestamp"):
        (register.home / f"online/{role}-b.pem").unlink()
        (register.home / f"{role}.stolen").rename(register.home / f"online/{role}.pem")
    with pytest.raises(NotEnoughSignaturesError):
        register.publish(svc_001=Status.REVOKED)


def test_a_root_that_the_online_keys_do_not_fit_is_not_published(register, gate):
    _, public = make_key("elsewhere", register.home / "elsewhere.pem", None)
    old = tuf_key(register.key("timestamp").public_key()).keyid
    root = next_root(register.folder.root().signed, "timestamp", add=[public.key], drop=[old], at=register.at)
    for online in (True, False):
        with pytest.raises(NotEnoughSignaturesError):
            register.adopt(SigningRequest("root", root), ["root-1", "root-2"], online=online)
    assert gate.refresh(register.at)


def test_targets_that_the_online_register_key_does_not_fit_are_not_published(register, gate):
    _, public = make_key("elsewhere", register.home / "elsewhere.pem", None)
    old = tuf_key(register.key("register").public_key()).keyid
    held_now = register.folder.targets(register.folder.root().signed).signed
    targets = next_targets(held_now, files={}, add=[public.key], drop=[old], at=register.at)
    for online in (True, False):
        with pytest.raises(NotEnoughSignaturesError):
            register.adopt(SigningRequest("targets", targets), ["targets-1", "targets-2"], online=online)
    register.publish()
    assert gate.refresh(register.at)


def test_a_change_without_the_online_keys_is_taken_up_at_the_next_publication(register, gate):
    files = {KEYS: register.folder.read_target(KEYS, _hash(register, KEYS))}
    held_now = register.folder.targets(register.folder.root().signed).signed
    request = SigningRequest("targets", next_targets(held_now, files=files, at=register.at), files)
    register.adopt(request, ["targets-2", "targets-3"], online=False)
    assert register.folder.current().snapshot.signed.meta["targets.json"].version == 1
    assert register.publish().targets == 2
    assert gate.refresh(register.at)


def test_before_the_first_publication_people_may_change_things_too(register):
    root = next_root(register.folder.root().signed, "root", at=register.at)
    register.adopt(SigningRequest("root", root), ["root-1", "root-3"])
    assert register.publisher.renew(at=register.at) is None
    assert register.publish().root == 2


def _hash(register: Register, name: str) -> str:
    targets = register.folder.targets(register.folder.root().signed).signed
    return targets.targets[name].hashes["sha256"]


def test_an_old_request_and_a_signature_of_another_are_refused(register, gate):
    first = SigningRequest("root", next_root(register.folder.root().signed, "root", at=register.at))
    other = SigningRequest("root", next_root(register.folder.root().signed, "root", at=register.at - DAY))
    register.adopt(first, ["root-1", "root-2"])
    with pytest.raises(NotNowError, match="not the next one"):
        register.adopt(other, ["root-1", "root-2"])
    carried = [sign_request(first, register.key("root-1"))]
    with pytest.raises(BadInputError, match="another request"):
        adopt(register.folder, other, carried, publisher=None, at=register.at)


@pytest.mark.parametrize("files", [{POLICY: b"{}"}, {KEYS: b"[]"}])
def test_files_that_gates_would_not_understand_are_not_published(register, gate, files):
    held_now = register.folder.targets(register.folder.root().signed).signed
    request = SigningRequest("targets", next_targets(held_now, files=files, at=register.at), files)
    with pytest.raises(BadInputError):
        register.adopt(request, ["targets-1", "targets-2"])


def test_a_request_that_lost_its_files_is_not_published(register, gate):
    rules = b'{"schema":"openbeian.policy/1","ttl_s":1,"grace_s":2,"poll_s":1}'
    held_now = register.folder.targets(register.folder.root().signed).signed
    request = SigningRequest("targets", next_targets(held_now, files={POLICY: rules}, at=register.at), {})
    with pytest.raises(BadInputError, match="missing"):
        register.adopt(request, ["targets-1", "targets-2"])


def test_a_request_whose_role_is_not_that_of_its_content_is_none(register):
    written = SigningRequest("root", register.folder.root()).to_bytes()
    with pytest.raises(BadInputError, match="not targets"):
        parse_request(written.replace(b'"role": "root"', b'"role": "targets"'))


def test_a_public_key_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys, "replace_file", full)
    with pytest.raises(CouldNotRunError, match="No space left"):
        make_key("root-1", tmp_path / "root-1.pem", None)


def test_the_protocol_of_development_keys_says_so(tmp_path):
    plan = CeremonyPlan(public_key_set(SIGNER), is_development=True)
    made = hold_ceremony(tmp_path / "made", plan, password=lambda _: None, at=now())
    assert "Not for a real register" in ceremony_protocol(made, at=now())


@given(data=st.data())
def test_any_bytes_in_the_place_of_a_carried_file_give_a_value_or_a_plain_sentence(ceremony, data):
    root = RepositoryFolder(ceremony / "repository").root()
    request = SigningRequest("root", root, {"policy.json": b"x"})
    signature = sign_request(request, Ed25519Signer.from_seed(bytes(32)))
    for whole, parse in ((request.to_bytes(), parse_request), (signature.to_bytes(), parse_signature)):
        assert parse(whole).to_bytes() == whole
        at = data.draw(st.integers(0, len(whole)))
        spoiled = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 9)) :]
        for hostile in (spoiled, data.draw(st.binary(max_size=50))):
            with suppress(BadInputError):
                parse(hostile)


@pytest.mark.parametrize("beginning", ["", "zzzz"])
def test_a_key_to_drop_is_named_without_doubt(register, beginning):
    with pytest.raises(BadInputError, match="beian keys show"):
        next_root(register.folder.root().signed, "root", drop=[beginning], at=register.at)


def test_too_few_keys_are_not_left(register):
    root = register.folder.root().signed
    with pytest.raises(BadInputError, match="add one at once"):
        next_root(root, "timestamp", drop=root.roles["timestamp"].keyids, at=register.at)


# --- files ----------------------------------------------------------------------------------------


def test_what_was_current_within_the_hour_stays_and_older_files_go(register, gate):
    begun = register.at
    for minutes, status in ((10, Status.SUSPENDED), (50, Status.VALID), (75, Status.REVOKED)):
        register.publish(at=begun + minutes * MINUTE, svc_001=status)
    snapshots = sorted(file.name for file in (register.folder.path / "metadata").glob("*.snapshot.json"))
    # At 75 minutes, the first was current until 10; the second, until 50.
    assert snapshots == ["2.snapshot.json", "3.snapshot.json", "4.snapshot.json"]
    register.publish(at=begun + 75 * MINUTE + 2 * KEPT_FOR)
    assert len(list((register.folder.path / "metadata").glob("*.snapshot.json"))) == 1
    assert (register.folder.path / "metadata/1.root.json").exists()


def test_pruning_leaves_what_people_have_signed_and_nobody_has_taken_up(register, gate):
    targets = register.folder.targets(register.folder.root().signed).signed
    changed = next_targets(targets, files={}, at=register.at)
    register.adopt(SigningRequest("targets", changed), ["targets-1", "targets-2"], online=False)
    register.folder.prune(at=register.at + DAY)
    assert register.folder.metadata_file(2, "targets").exists()
    assert register.publish().targets == 2


def test_pruning_goes_on_where_an_older_file_is_gone_and_does_nothing_before_there_is_any(register):
    assert register.folder.prune(at=register.at) == 0
    register.publish()
    register.publish(svc_001=Status.REVOKED)
    register.folder.metadata_file(1, "register").unlink()
    assert register.folder.prune(at=register.at + timedelta(minutes=5)) == 1  # the first status list


def test_what_runs_out_is_signed_anew_at_half_its_time(register, gate):
    published = register.publish(at=register.at + timedelta(days=3, hours=13))
    assert (published.register, published.snapshot) == (2, 2)
    assert published.targets == 1


def test_a_damaged_repository_stops_the_publisher(register, gate):
    metadata = register.folder.path / "metadata"
    (metadata / "1.register.json").unlink()
    with pytest.raises(RepositoryDamagedError, match="missing"):
        register.publish()
    (metadata / "timestamp.json").write_bytes(b"nonsense")
    with pytest.raises(RepositoryDamagedError, match="metadata"):
        register.publish()


def test_a_chain_of_roots_that_breaks_is_noticed(register):
    metadata = register.folder.path / "metadata"
    shutil.copy(metadata / "1.root.json", metadata / "2.root.json")
    forged = Metadata.from_file(str(metadata / "2.root.json"))
    forged.signed.version = 2
    (metadata / "2.root.json").write_bytes(forged.to_bytes())
    with pytest.raises(RepositoryDamagedError, match="does not follow"):
        register.folder.root()
    (metadata / "1.root.json").write_bytes(forged.to_bytes())
    with pytest.raises(RepositoryDamagedError, match="first root"):
        register.folder.root()


def test_targets_nobody_signed_are_none(register):
    path = register.folder.path / "metadata/1.targets.json"
    unsigned = Metadata.from_file(str(path))
    unsigned.signatures.clear()
    path.write_bytes(unsigned.to_bytes())
    with pytest.raises(RepositoryDamagedError, match="enough people"):
        register.publish()


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CouldNotRunError, match="check disk"), RepositoryFolder(tmp_path / "file/x").locked():
        pass


def test_online_keys_that_are_missing_are_said(tmp_path):
    with pytest.raises(CouldNotRunError, match="register"):
        OnlineKeys.load(tmp_path)


def test_pruning_that_fails_does_not_undo_a_publication(register, gate, monkeypatch):
    def fail(self, *, at):
        raise CouldNotRunError("满", "full")

    monkeypatch.setattr(RepositoryFolder, "prune", fail)
    assert register.publish(svc_001=Status.REVOKED).timestamp == 2
    assert register.folder.current().timestamp.signed.version == 2
