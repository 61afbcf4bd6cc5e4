"""The snapshot client: what it takes from the register, and what it does not."""

import gc
import os
import threading
import time
import weakref
from datetime import timedelta

import pytest

from openbeian_gate import clock
from openbeian_gate.client import ClientLimits, SnapshotClient, _calling
from openbeian_gate.errors import RollbackError, UnreachableError
from openbeian_gate.refusals import NotFiledError, RegistryUnavailableError, RevokedError

FAST = ClientLimits(poll_for=timedelta(milliseconds=20), timeout_for=timedelta(seconds=2))
SECOND = timedelta(seconds=1)
forking = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def wait_until(true) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not happen within ten seconds"
        time.sleep(0.005)


def test_a_service_filed_is_admitted_from_an_address_and_from_a_file(register, vectors, keys, at):
    for source in (register.url, vectors / "snapshot-7.json"):
        client = SnapshotClient(source, keys)
        assert client.refresh(at)
        assert client.decide("svc-001", at).number == "GD-20261123-0001"


def test_nothing_is_admitted_before_the_first_snapshot(register, keys, at):
    client = SnapshotClient(register.url, keys)
    with pytest.raises(RegistryUnavailableError):
        client.decide("svc-001", at)
    assert client.status(at)["state"] == "none"


def test_an_unchanged_snapshot_is_not_sent_again(register, keys, vectors, at):
    client = SnapshotClient(register.url, keys)
    assert client.refresh(at)
    assert client.refresh(at)
    assert register.requests == [200, 304]
    from_file = SnapshotClient(vectors / "snapshot-7.json", keys)
    assert from_file.refresh(at)
    held = from_file.snapshot
    assert from_file.refresh(at)
    assert from_file.snapshot is held


def test_a_server_without_etags_is_followed_too(register, keys, at):
    register.etags = False
    client = SnapshotClient(register.url, keys)
    assert client.refresh(at)
    assert client.refresh(at)
    assert register.requests == [200, 200]
    assert client.snapshot.version == 7


def test_a_newer_snapshot_takes_a_revocation_into_effect(register, vector, keys, at):
    client = SnapshotClient(register.url, keys)
    client.refresh(at)
    client.decide("svc-001", at)
    register.content = vector("snapshot-8.json")
    assert client.refresh(at)
    with pytest.raises(RevokedError):
        client.decide("svc-001", at)


def refused(client: SnapshotClient, at, error) -> None:
    assert not client.refresh(at)
    assert type(client.error) is error
    assert client.snapshot.version == 8
    with pytest.raises(RevokedError):
        client.decide("svc-001", at)


def test_a_register_that_fails_leaves_the_snapshot_to_age(register, vector, keys, at):
    register.content = vector("snapshot-8.json")
    client = SnapshotClient(register.url, keys)
    client.refresh(at)
    register.content, register.status = b"", 500
    refused(client, at, UnreachableError)
    status = client.status(at)
    assert (status["error"], status["version"], status["filings"]) == ("unreachable", 8, 55)
    assert "地址" in status["error_zh"]
    with pytest.raises(RegistryUnavailableError):
        client.decide("svc-005", at + timedelta(days=2))


@pytest.mark.parametrize("source", ["http://127.0.0.1:1/", "http://[bad/", "ftp://127.0.0.1/x", "/nowhere"])
def test_an_address_that_cannot_be_read_is_unreachable(source, keys, at):
    client = SnapshotClient(source, keys)
    assert not client.refresh(at)
    assert isinstance(client.error, UnreachableError)


def test_a_snapshot_larger_than_allowed_is_not_read_on(register, keys, vectors, at):
    limits = ClientLimits(max_bytes=1000)
    for source in (register.url, vectors / "snapshot-7.json"):
        client = SnapshotClient(source, keys, limits=limits)
        assert not client.refresh(at)
        assert "1000 bytes" in str(client.error)


def test_a_server_that_does_not_answer_is_given_up(register, keys, at):
    register.pause_s = 0.5
    register.piece_bytes = 1000
    client = SnapshotClient(register.url, keys, limits=ClientLimits(timeout_for=timedelta(seconds=0.2)))
    assert not client.refresh(at)
    assert "timed out" in str(client.error)


@pytest.mark.attack("滴漏的服务器", "a server that trickles")
def test_a_server_that_trickles_cannot_hold_a_fetch_for_ever(register, keys, at):
    # Each read is well within the timeout; all of them together are not.
    register.pause_s = 0.05
    register.piece_bytes = 100
    client = SnapshotClient(register.url, keys, limits=ClientLimits(timeout_for=timedelta(seconds=0.2)))
    assert not client.refresh(at)
    assert "took too long" in str(client.error)


# --- unknown services -----------------------------------------------------------------------------


def test_a_service_filed_a_moment_ago_is_found_by_asking_once_more(register, vector, keys, at):
    register.content = vector("snapshot-empty.json")
    client = SnapshotClient(register.url, keys)
    client.refresh(at)
    register.content = vector("snapshot-7.json")
    assert client.admit("svc-001", at).version == 7


@pytest.mark.attack("以未知服务拖垮登记机关", "asking for unknown services to wear the register out")
def test_asking_for_unknown_services_costs_the_register_next_to_nothing(register, keys, at):
    client = SnapshotClient(register.url, keys)
    client.refresh(at)
    for n in range(100):
        with pytest.raises(NotFiledError):
            client.admit(f"unknown-{n}", at)
    assert len(register.requests) == 2
    with pytest.raises(NotFiledError):
        client.admit("unknown", at + 6 * SECOND)
    assert len(register.requests) == 3


def test_a_first_request_fetches_the_first_snapshot(register, keys, at):
    assert SnapshotClient(register.url, keys).admit("svc-001", at).version == 7


# --- kept over restarts ---------------------------------------------------------------------------


def test_a_restart_during_an_outage_goes_on_from_the_kept_snapshot(register, vector, keys, at, tmp_path):
    keep = tmp_path / "last.json"
    register.content = vector("snapshot-8.json")
    SnapshotClient(register.url, keys, keep=keep).refresh(at)
    assert [path.name for path in tmp_path.iterdir()] == ["last.json"]
    register.status = 500
    restarted = SnapshotClient(register.url, keys, keep=keep)
    assert restarted.decide("svc-005", at).version == 8
    register.status, register.content = 200, vector("snapshot-7.json")
    refused(restarted, at, RollbackError)


def test_a_snapshot_that_cannot_be_kept_takes_effect_all_the_same(register, keys, at, tmp_path):
    client = SnapshotClient(register.url, keys, keep=tmp_path / "no such folder" / "last.json")
    assert client.refresh(at)
    assert client.snapshot.version == 7


# --- in the background ----------------------------------------------------------------------------


def test_a_revocation_arrives_by_itself(register, vector, keys, at):
    with SnapshotClient(register.url, keys, limits=FAST) as client:
        wait_until(lambda: client.snapshot is not None)
        register.content = vector("snapshot-8.json")
        wait_until(lambda: client.snapshot.version == 8)
        with pytest.raises(RevokedError):
            client.decide("svc-001", at)


def test_starting_twice_starts_once_and_stopping_before_starting_does_nothing(register, keys):
    client = SnapshotClient(register.url, keys, limits=FAST)
    client.stop()
    before = threading.active_count()
    try:
        client.start()
        started = threading.active_count()
        assert client.start() is client
        assert threading.active_count() == started > before
    finally:
        client.stop()
    wait_until(lambda: client.status(clock.now())["state"] in ("expired", "stale", "fresh"))


def following() -> int:
    """Return how many clients follow a register just now, other tests' too."""
    return [thread.name for thread in threading.enumerate()].count("openbeian-gate")


def test_two_threads_that_start_at_once_start_one(register, keys):
    client = SnapshotClient(register.url, keys, limits=FAST)
    others = following()
    with client._lock:
        starters = [threading.Thread(target=client.start) for _ in range(2)]
        for starter in starters:
            starter.start()
        time.sleep(0.05)  # both now wait for the lock, having seen no thread
    for starter in starters:
        starter.join()
    try:
        assert following() == others + 1
    finally:
        client.stop()


@forking
def test_a_server_that_forks_after_starting_follows_in_its_children_too(register, vector, keys):
    with SnapshotClient(register.url, keys, limits=FAST) as client:
        wait_until(lambda: client.snapshot is not None)
        with client._lock:  # held by a fetch at the moment of the fork
            child = os.fork()
            if child == 0:
                register.content = b""  # the parent's; the child only reads the socket
                client.start()
                deadline = time.monotonic() + 10
                while client._refreshed_at is None or time.monotonic() > deadline:
                    time.sleep(0.01)
                seen = client._refreshed_at
                while client._refreshed_at == seen and time.monotonic() < deadline:
                    time.sleep(0.01)
                os._exit(0 if client._refreshed_at != seen else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@forking
def test_after_a_fork_a_forgotten_client_is_left_alone(register, keys):
    client = SnapshotClient(register.url, keys)
    after_fork = _calling(weakref.WeakMethod(client._reset_threads))
    lock = client._lock
    after_fork()
    assert client._lock is not lock
    del client
    gc.collect()
    after_fork()
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
