"""The log: what was appended is proved, what was promised is kept, and no crash makes it fork."""

import hashlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.log import LogDamagedError, TileLog
from openbeian.trust.notes import sign_note, verifier_key
from openbeian.trust.paths import consistency_path, inclusion_path, range_root
from openbeian_gate.verify.log import verify_directory
from openbeian_gate.verify.merkle import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash
from openbeian_gate.verify.note import parse_note, verify_note
from openbeian_gate.verify.proof import parse_proof, verify_proof

ORIGIN = "log.example/test"


def leaves(start: int, end: int, kind: str = "entry") -> list[bytes]:
    return [f"{kind} {n}".encode() for n in range(start, end)]


def files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


# --- appending and proving ------------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 400), min_size=1, max_size=4), st.data())
def test_everything_appended_is_there_proved_and_consistent(tmp_path, signer, at, batches, data):
    directory = Path(tempfile.mkdtemp(dir=tmp_path))
    log, keys = TileLog(directory, signer, origin=ORIGIN), public_key_set(signer)
    checkpoints = [log.append(leaves(log.size, log.size + batch), at=at) for batch in batches]
    final = verify_directory(directory, keys, origin=ORIGIN)
    assert final == log.checkpoint
    assert final.size == sum(batches)
    for checkpoint in checkpoints:
        verify_directory(directory, keys, since=checkpoint)
        if checkpoint.size:
            path = log.consistency_proof(checkpoint.size)
            check_consistency(checkpoint.size, checkpoint.root, final.size, final.root, path)
    if final.size:
        index = data.draw(st.integers(0, final.size - 1))
        assert log.leaf(index) == f"entry {index}".encode()
        check_inclusion(index, final.size, leaf_hash(log.leaf(index)), log.inclusion_proof(index), final.root)
        proof = parse_proof(log.proof_file(index))
        assert verify_proof(proof, proof.leaf, keys) == final


def test_a_tree_of_three_levels_of_tiles_verifies(log, tmp_path, signer, at):
    log.append(leaves(0, 65_537), at=at)
    assert verify_directory(tmp_path / "log", public_key_set(signer)).size == 65_537
    assert (tmp_path / "log" / "tile" / "2" / "000.p" / "1").exists()
    first = log.inclusion_proof(0)
    check_inclusion(0, 65_537, leaf_hash(b"entry 0"), first, log.checkpoint.root)


def test_appending_nothing_dates_the_log_anew(log, at):
    log.append(leaves(0, 3), at=at)
    later = log.append([], at=at + timedelta(minutes=1))
    assert (later.size, later.at) == (3, at + timedelta(minutes=1))


def test_an_empty_log_has_the_root_of_nothing(log, at):
    assert log.checkpoint is None
    assert log.origin == ORIGIN
    assert log.append([], at=at).root == EMPTY_ROOT


def test_partial_tiles_go_once_the_full_one_is_published(log, tmp_path, at):
    for n in range(256):
        log.append(leaves(n, n + 1), at=at)
    assert not list(tmp_path.glob("log/tile/*/000.p/25*"))
    assert set(files(tmp_path / "log")) == {
        ".sequencer",
        "checkpoint",
        "tile/0/000",
        "tile/1/000.p/1",
        "tile/entries/000",
    }


def test_an_older_reader_finds_its_entries_in_the_full_tile(log, tmp_path, signer, at):
    log.append(leaves(0, 250), at=at)
    reader = TileLog(tmp_path / "log", signer, origin=ORIGIN)
    log.append(leaves(250, 256), at=at)
    assert reader.leaf(249) == b"entry 249"
    path = reader.inclusion_proof(249)
    check_inclusion(249, 250, leaf_hash(b"entry 249"), path, reader.checkpoint.root)
    reader.reload()
    assert reader.size == 256


def test_an_entry_is_neither_empty_nor_longer_than_a_tile_can_hold(log, at):
    for leaf in (b"", b"x" * 65_536):
        with pytest.raises(BadInputError, match="log hashes"):
            log.append([b"fine", leaf], at=at)
    assert log.size == 0
    log.append([b"x" * 65_535], at=at)
    assert len(log.leaf(0)) == 65_535


def test_what_is_not_there_is_not_proved(log, at):
    log.append(leaves(0, 3), at=at)
    for index in (-1, 3):
        for prove in (log.leaf, log.inclusion_proof, log.proof_file):
            with pytest.raises(BadInputError, match="no entry"):
                prove(index)
    for old, new in ((0, 3), (2, 1), (1, 4)):
        with pytest.raises(BadInputError, match="no consistency proof"):
            log.consistency_proof(old, new)
    assert log.consistency_proof(3, 3) == ()


def test_a_caller_who_lost_count_appends_nothing(log, at):
    log.append(leaves(0, 3), at=at, after=0)
    with pytest.raises(NotNowError, match="holds 3"):
        log.append(leaves(0, 3), at=at, after=0)
    assert log.append(leaves(3, 4), at=at, after=3).size == 4


def test_a_log_needs_a_name_that_can_sign(tmp_path, signer):
    with pytest.raises(BadInputError, match="cannot name"):
        TileLog(tmp_path, signer, origin="my log")


# --- crashes --------------------------------------------------------------------------------------


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_crash_that_leaves_any_part_of_the_tiles_never_forks(tmp_path, signer, at, data):
    """The checkpoint comes last, so a crash leaves the old one with any of the new files."""
    directory, keys = Path(tempfile.mkdtemp(dir=tmp_path)), public_key_set(signer)
    before = data.draw(st.sampled_from([1, 5, 250, 255, 256, 300]))
    added = data.draw(st.sampled_from([1, 6, 10, 270]))
    promised = TileLog(directory, signer, origin=ORIGIN).append(leaves(0, before), at=at)
    kept = files(directory)
    TileLog(directory, signer, origin=ORIGIN).append(leaves(before, before + added, "lost"), at=at)
    fresh = {name: content for name, content in files(directory).items() if kept.get(name) != content}
    survived = data.draw(st.sets(st.sampled_from(sorted(fresh.keys() - {"checkpoint"}))))
    shutil.rmtree(directory)
    for name, content in {**kept, **{name: fresh[name] for name in survived}}.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
    resumed = TileLog(directory, signer, origin=ORIGIN)
    assert resumed.size == before
    resumed.append(leaves(before, before + 7), at=at)
    assert verify_directory(directory, keys, since=promised).size == before + 7
    assert [resumed.leaf(n) for n in range(before + 7)] == leaves(0, before + 7)


APPENDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.log import TileLog
log = TileLog(Path(sys.argv[1]), Ed25519Signer.from_seed(bytes(32)), origin="log.example/test")
print("ready", flush=True)
while True:
    size = log.size
    leaves = [b"entry %d" % n for n in range(size, size + 37)]
    log.append(leaves, at=datetime(2026, 11, 23, tzinfo=UTC), after=size)
    print(log.checkpoint.root.hex(), log.size, flush=True)
"""


def test_kill_9_anywhere_neither_forks_nor_loses_nor_doubles(tmp_path, signer):
    directory, promised = tmp_path / "log", {}
    for pause in (0.0, 0.029, 0.08):
        process = subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(directory)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == "ready\n"
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        for line in process.stdout:
            if line.endswith("\n"):
                root, size = line.split()
                assert promised.setdefault(int(size), root) == root
        process.wait()
        process.stdout.close()
    log = TileLog(directory, signer, origin=ORIGIN)
    log.append([], at=log.checkpoint.at)
    final = verify_directory(directory, public_key_set(signer), origin=ORIGIN)
    assert final.size >= max(promised, default=0)
    assert [log.leaf(n) for n in range(final.size)] == leaves(0, final.size)
    for size, root in promised.items():
        path = log.consistency_proof(size)
        check_consistency(size, bytes.fromhex(root), final.size, final.root, path)


def test_two_processes_take_turns(tmp_path, signer, at):
    one = TileLog(tmp_path, signer, origin=ORIGIN)
    two = TileLog(tmp_path, signer, origin=ORIGIN)
    one.append(leaves(0, 3), at=at)
    two.append(leaves(3, 5), at=at)
    one.append(leaves(5, 6), at=at)
    assert verify_directory(tmp_path, public_key_set(signer)).size == 6
    assert [one.leaf(n) for n in range(6)] == leaves(0, 6)


# --- damage ---------------------------------------------------------------------------------------


def test_a_log_whose_checkpoint_is_gone_is_not_begun_again(log, tmp_path, signer, at):
    log.append(leaves(0, 3), at=at)
    (tmp_path / "log" / "checkpoint").unlink()
    for attempt in (lambda: TileLog(tmp_path / "log", signer, origin=ORIGIN), log.reload):
        with pytest.raises(LogDamagedError, match="no checkpoint"):
            attempt()


def test_a_log_set_back_to_an_older_state_is_not_extended(log, tmp_path, at):
    log.append(leaves(0, 3), at=at)
    old = (tmp_path / "log" / "checkpoint").read_bytes()
    log.append(leaves(3, 5), at=at)
    (tmp_path / "log" / "checkpoint").write_bytes(old)
    with pytest.raises(LogDamagedError, match="older"):
        log.append(leaves(3, 4, "other"), at=at)


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "checkpoint"])
def test_a_log_that_was_tampered_with_is_not_extended(log, tmp_path, at, path):
    log.append(leaves(0, 300), at=at)
    whole = (tmp_path / "log" / path).read_bytes()
    for content in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:-1]):
        (tmp_path / "log" / path).write_bytes(content)
        with pytest.raises(LogDamagedError):
            log.append(leaves(300, 301), at=at)
    if path != "checkpoint":
        (tmp_path / "log" / path).unlink()
        with pytest.raises(LogDamagedError, match="missing"):
            log.append(leaves(300, 301), at=at)


def test_another_key_or_name_does_not_open_the_log(log, tmp_path, signer, at):
    log.append(leaves(0, 3), at=at)
    with pytest.raises(LogDamagedError):
        TileLog(tmp_path / "log", Ed25519Signer.generate(), origin=ORIGIN)
    with pytest.raises(LogDamagedError):
        TileLog(tmp_path / "log", signer, origin="log.example/other")


def test_a_disk_that_refuses_is_reported_and_nothing_is_promised(log, tmp_path, at):
    log.append(leaves(0, 3), at=at)
    checkpoint = (tmp_path / "log" / "checkpoint").read_bytes()
    (tmp_path / "log" / "tile" / "entries" / "000.p" / ".4.draft").mkdir()
    with pytest.raises(CouldNotRunError, match="check disk"):
        log.append(leaves(3, 4), at=at)
    assert (tmp_path / "log" / "checkpoint").read_bytes() == checkpoint
    assert log.size == 3


# --- notes and paths ------------------------------------------------------------------------------


def test_a_signed_note_verifies_and_its_key_can_be_handed_on(signer):
    note = sign_note("a text\n\nof two parts\n", signer, "register.example")
    keys = public_key_set(signer)
    assert (
        verify_note(parse_note(note.encode()), "register.example", keys, "log") == "a text\n\nof two parts\n"
    )
    name, key_hash, key = verifier_key(signer, "register.example").split("+", 2)
    assert (name, len(key_hash), len(key)) == ("register.example", 8, 44)
    with pytest.raises(BadInputError):
        verifier_key(signer, "two words")


def test_paths_hold_in_a_computed_tree_of_ten_million_leaves():
    """Every leaf is the same, so that a subtree's root depends on its height alone."""
    size, roots = 10_000_000, [leaf_hash(b"")]
    for _ in range(24):
        roots.append(hashlib.sha256(b"\x01" + roots[-1] + roots[-1]).digest())

    def root(height: int, _: int) -> bytes:
        return roots[height]

    whole = range_root(0, size, root)
    for index in (0, 1, 255, 8_388_607, 8_388_608, size - 1):
        check_inclusion(index, size, roots[0], inclusion_path(index, size, root), whole)
    for old in (1, 2, 255, 256, 8_388_608, 9_999_999, size):
        check_consistency(old, range_root(0, old, root), size, whole, consistency_path(old, size, root))
