"""The log: Merkle proofs against a naive tree, notes and checkpoints, and whole directories."""

import base64
import hashlib
import shutil
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian_gate.errors import BadProofError, BadSignatureError, MalformedError, UntrustedKeyError
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.log import Directory, LogDamagedError, check_log, verify_directory
from openbeian_gate.verify.log_entry import parse_log_entry
from openbeian_gate.verify.merkle import (
    EMPTY_ROOT,
    Frontier,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
)
from openbeian_gate.verify.note import COSIGNATURE_KIND, is_key_name, parse_note, verify_note
from openbeian_gate.verify.tiled_tree import TiledTree
from openbeian_gate.verify.tiles import split_hashes, tile_path, tile_widths
from openbeian_gate.verify.verifier_key import VerifierKey

# --- the tree, told naively as in RFC 6962 §2.1 -----------------------------------------------------


def split(width: int) -> int:
    left = 1
    while left * 2 < width:
        left *= 2
    return left


def root_of(hashes: list[bytes]) -> bytes:
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(root_of(hashes[:k]), root_of(hashes[k:]))


def inclusion(index: int, hashes: list[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return [*inclusion(index, hashes[:k]), root_of(hashes[k:])]
    return [*inclusion(index - k, hashes[k:]), root_of(hashes[:k])]


def consistency(old: int, hashes: list[bytes], *, whole: bool = True) -> list[bytes]:
    if old == len(hashes):
        return [] if whole else [root_of(hashes)]
    k = split(len(hashes))
    if old <= k:
        return [*consistency(old, hashes[:k], whole=whole), root_of(hashes[k:])]
    return [*consistency(old - k, hashes[k:], whole=False), root_of(hashes[:k])]


LEAVES = [leaf_hash(str(n).encode()) for n in range(80)]
sizes = st.integers(1, len(LEAVES))


@given(st.integers(0, len(LEAVES)))
def test_a_growing_tree_has_the_root_of_the_naive_tree(size):
    tree = Frontier()
    for hashed in LEAVES[:size]:
        tree.append(hashed)
    assert tree.root() == root_of(LEAVES[:size])
    assert tree.size == size


@given(st.one_of(st.integers(0, 80), st.sampled_from([255, 256, 257, 511, 512, 600])))
def test_a_tree_in_tiles_has_the_root_of_the_naive_tree(size):
    hashes, tiles = [leaf_hash(str(n).encode()) for n in range(size)], {}

    def keep(level, index, row):
        tiles[level, index] = list(row)

    tree = TiledTree(keep)
    for hashed in hashes:
        tree.append(hashed)
    assert tree.root() == root_of(hashes)
    assert tiles == {(0, n): hashes[n * 256 : n * 256 + 256] for n in range(size // 256)}
    held = {(level, index): list(row) for level, index, row in tree.partial_tiles()}
    assert held.get((0, size // 256), []) == hashes[size // 256 * 256 :]
    assert held.get((1, 0), []) == [root_of(tiles[0, n]) for n in range(size // 256)]


@given(st.data())
def test_every_leaf_is_proved_and_no_other_place_leaf_or_root(data):
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index) if size > 1 else st.just(size))
    tree, path = LEAVES[:size], inclusion(index, LEAVES[:size])
    check_inclusion(index, size, tree[index], path, root_of(tree))
    for wrong in (
        (other, size, tree[index], path, root_of(tree)),
        (index, size, LEAVES[other % 80] if other != index else b"", path, root_of(tree)),
        (index, size, tree[index], [*path, tree[index]], root_of(tree)),
        (index, size, tree[index], path, node_hash(root_of(tree), b"")),
        (-1, size, tree[index], path, root_of(tree)),
        (size, size, tree[index], path, root_of(tree)),
    ):
        with pytest.raises(BadProofError):
            check_inclusion(*wrong)
    if path:
        with pytest.raises(BadProofError):
            check_inclusion(index, size, tree[index], path[:-1], root_of(tree))


@given(st.data())
def test_every_older_tree_is_proved_consistent_and_no_other(data):
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    path = consistency(old, LEAVES[:new])
    old_root, new_root = root_of(LEAVES[:old]), root_of(LEAVES[:new])
    check_consistency(old, old_root, new, new_root, path)
    forked = root_of([*LEAVES[: old - 1], b"x" * 32])
    for wrong in (
        (old, forked, new, new_root, path),
        (old, old_root, new, node_hash(new_root, b""), path),
        (old, old_root, new, new_root, [*path, new_root]),
        (0, EMPTY_ROOT, new, new_root, []),
        (new, new_root, new - 1, old_root, []),
    ):
        with pytest.raises(BadProofError):
            check_consistency(*wrong)
    if path:
        with pytest.raises(BadProofError):
            check_consistency(old, old_root, new, new_root, path[:-1])
        with pytest.raises(BadProofError):
            check_consistency(old, old_root, new, new_root, [])


def test_a_consistency_proof_from_nothing_is_refused():
    with pytest.raises(BadProofError):
        check_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])


def test_known_hashes_of_the_certificate_transparency_tree():
    # The empty leaf and the tree of one empty leaf, as RFC 6962 defines them.
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_tiles_lie_where_the_specification_says():
    assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 0, 12) == "tile/entries/000.p/12"
    assert list(tile_widths(70_000, 0)) == [256] * 273 + [112]
    assert list(tile_widths(70_000, 1)) == [256, 17]
    assert list(tile_widths(70_000, 2)) == [1]
    assert list(tile_widths(256, 0)) == [256]


# --- notes and checkpoints ------------------------------------------------------------------------


def test_a_checkpoint_gives_origin_size_root_and_time(vector, keys, facts, at):
    checkpoint = verify_checkpoint(parse_checkpoint(vector("checkpoint-100")), keys, origin=facts["origin"])
    assert (checkpoint.origin, checkpoint.size, checkpoint.at) == (facts["origin"], 100, at)
    assert checkpoint.note.encode() == vector("checkpoint-100")


def test_a_checkpoint_by_a_stranger_of_another_log_or_altered_is_refused(vector, keys, stranger):
    signed = parse_checkpoint(vector("checkpoint-100"))
    with pytest.raises(UntrustedKeyError):
        verify_checkpoint(signed, stranger)
    with pytest.raises(UntrustedKeyError, match="not of"):
        verify_checkpoint(signed, keys, origin="log.example/other")
    with pytest.raises(BadSignatureError, match="does not hold"):
        verify_checkpoint(parse_checkpoint(vector("checkpoint-100").replace(b"\n100\n", b"\n101\n")), keys)


def test_a_checkpoint_without_a_cosignature_is_undated(vector, keys):
    lines = vector("checkpoint-100").decode().splitlines(keepends=True)
    assert verify_checkpoint(parse_checkpoint("".join(lines[:-1]).encode()), keys).at is None


@pytest.mark.attack("伪造的时间", "a false time on a checkpoint")
def test_a_false_time_is_refused(vector, keys):
    *rest, line = vector("checkpoint-100").decode().splitlines(keepends=True)
    raw = bytearray(base64.b64decode(line.split(" ")[2]))
    raw[11] ^= 1
    forged = "".join([*rest, "— log.example/beian ", base64.b64encode(raw).decode(), "\n"])
    with pytest.raises(BadSignatureError):
        verify_checkpoint(parse_checkpoint(forged.encode()), keys)


def test_lines_by_unknown_witnesses_are_passed_over(vector, keys):
    witnessed = vector("checkpoint-100") + "— witness.example/w1 AAAAAAAA\n".encode()
    assert verify_checkpoint(parse_checkpoint(witnessed), keys).size == 100


def test_a_note_needs_a_signature_by_the_right_name(vector, keys, facts):
    note = parse_note(vector("checkpoint-100"))
    assert verify_note(note, facts["origin"], keys, "log") == note.text
    with pytest.raises(UntrustedKeyError):
        verify_note(note, "log.example/other", keys, "log")
    with pytest.raises(UntrustedKeyError):
        verify_note(note, facts["origin"], keys, "certificate")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"\n\n\xe2\x80\x94 name AAAAAAAA\n",
        "text\n\n— name AAAAAAAA".encode(),
        "text\n\n— na+me AAAAAAAA\n".encode(),
        "text\n\n— na\u200bme AAAAAAAA\n".encode(),
        "text\n\n— name AAAA\n".encode(),
        b"text\n\n- name AAAAAAAA\n",
        "te\txt\n\n— name AAAAAAAA\n".encode(),
        b"text\n\n" + "— name AAAAAAAA\n".encode() * 65,
        b"\xff\n\n",
        b"x" * (1 << 18),
    ],
)
def test_a_note_built_wrongly_is_malformed(data):
    with pytest.raises(MalformedError):
        parse_note(data)


@pytest.mark.parametrize(
    "head",
    [
        "log\n1",
        "log\n01\n" + "A" * 43 + "=",
        "log\n1\nAAAA",
        "log name\n1\n" + "A" * 43 + "=",
        "log\n\n1\n" + "A" * 43 + "=",
        "log\n0\n" + "A" * 43 + "=",
    ],
)
def test_a_checkpoint_built_wrongly_is_malformed(head):
    with pytest.raises(MalformedError):
        parse_checkpoint(f"{head}\n\n— log AAAAAAAA\n".encode())


def test_a_key_name_has_no_space_and_no_plus():
    assert is_key_name("log.example/备案")
    assert not any(map(is_key_name, ("", "a b", "a+b", "a\n", "a\u3000b")))


def test_a_verifier_key_is_read_as_it_is_written_and_a_slip_is_noticed(facts):
    written = facts["log_verifier_key"]
    parsed = VerifierKey.parse(written)
    assert (str(parsed), parsed.name, parsed.key.uses) == (written, facts["origin"], {"log"})
    witness = VerifierKey("witness.example/w", COSIGNATURE_KIND, parsed.key)
    assert VerifierKey.parse(str(witness)).key.uses == {"witness"}
    name, hashed, key = written.split("+", 2)
    for wrong in (
        *("", "name", f"{name}+{hashed}", f"{name}+{hashed}+AAA", f"{name}+{hashed}+A", f"x{written}"),
        *(f"{name}+{hashed}+CC{key[2:]}", f"{name}+00000000+{key}", f"{name}+{hashed}+{key[:-4]}"),
        f"na\u200bme+{hashed}+{key}",
    ):
        with pytest.raises(MalformedError):
            VerifierKey.parse(wrong)


# --- whole directories ----------------------------------------------------------------------------


@pytest.fixture
def log(vectors, tmp_path):
    shutil.copytree(vectors / "log", tmp_path / "log")
    return tmp_path / "log"


def test_a_genuine_log_is_recomputed_to_its_checkpoint(log, vector, keys, facts):
    early = verify_checkpoint(parse_checkpoint(vector("checkpoint-100")), keys)
    checkpoint = verify_directory(log, keys, origin=facts["origin"], since=early)
    assert checkpoint.size == 300
    assert verify_directory(log, keys, since=checkpoint) == checkpoint


def test_a_log_whose_partial_files_were_replaced_by_full_ones_still_verifies(log, vector, keys):
    # The state just after more was appended, seen with the older checkpoint.
    (log / "checkpoint").write_bytes(vector("checkpoint-100"))
    assert verify_directory(log, keys).size == 100


def test_an_empty_log_follows_nothing_but_itself(log, keys):
    later = Checkpoint("log.example/beian", 0, b"x" * 32, None, "")
    with pytest.raises(BadProofError, match="size 0"):
        verify_directory(log, keys, since=later)


@pytest.mark.attack("改动的日志文件", "an altered file of a log")
def test_every_altered_file_of_a_log_is_noticed(log, keys):
    for path in [path for path in log.rglob("*") if path.is_file()]:
        kept = path.read_bytes()
        for position in (0, len(kept) // 2, len(kept) - 1):
            path.write_bytes(kept[:position] + bytes([kept[position] ^ 4]) + kept[position + 1 :])
            with pytest.raises((BadProofError, MalformedError, BadSignatureError)):
                verify_directory(log, keys)
        path.write_bytes(kept + b"x")
        with pytest.raises((BadProofError, MalformedError)):
            verify_directory(log, keys)
        path.unlink()
        with pytest.raises(LogDamagedError, match="cannot be read") as missing:
            verify_directory(log, keys)
        assert missing.value.file == path.relative_to(log).as_posix()
        path.write_bytes(kept)
    assert verify_directory(log, keys).size == 300


@pytest.mark.attack("改写的日志", "a log that was rewritten")
def test_a_log_that_rewrote_what_was_seen_before_is_caught(log, keys):
    seen = Checkpoint("log.example/beian", 100, hashlib.sha256(b"another history").digest(), None, "")
    with pytest.raises(BadProofError, match="size 100"):
        verify_directory(log, keys, since=seen)


@pytest.mark.attack("截短的日志", "a log that was cut back")
def test_a_log_that_was_cut_back_is_caught(log, keys):
    seen = Checkpoint("log.example/beian", 301, b"x" * 32, datetime(2026, 1, 1, tzinfo=UTC), "")
    with pytest.raises(BadProofError, match="size 300"):
        verify_directory(log, keys, since=seen)


def flip(path, position):
    content = path.read_bytes()
    path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])


def start_of(bundle, place):
    """Return where the entry at `place` begins in a bundle."""
    position = 0
    for _ in range(place):
        position += 2 + int.from_bytes(bundle[position : position + 2], "big")
    return position + 2


@pytest.mark.parametrize("entry", [0, 7, 255, 256, 270, 299])
def test_the_first_damage_is_told_to_the_entry_and_the_file(log, keys, entry):
    bundle, place = divmod(entry, 256)
    suffix = ".p/44" if bundle else ""
    entries, tile = (log / f"tile/{name}/00{bundle}{suffix}" for name in ("entries", "0"))
    for damaged, position in ((entries, start_of(entries.read_bytes(), place)), (tile, place * 32 + 5)):
        flip(damaged, position)
        with pytest.raises(LogDamagedError) as found:
            verify_directory(log, keys)
        assert (found.value.entry, found.value.file) == (entry, damaged.relative_to(log).as_posix())
        flip(damaged, position)
    verify_directory(log, keys)


def test_where_entry_tile_and_the_tile_above_all_differ_the_lowest_tile_is_named(log, keys):
    flip(log / "tile/0/000", 0)
    flip(log / "tile/1/000.p/1", 0)
    for above in (log / "tile/1/000.p/1").exists(), False:
        with pytest.raises(LogDamagedError) as found:
            verify_directory(log, keys)
        assert (found.value.entry, found.value.file) == (0, "tile/0/000")
        if above:
            (log / "tile/1/000.p/1").unlink()


def test_a_damaged_tile_of_a_higher_level_is_named(log, keys):
    flip(log / "tile/1/000.p/1", 3)
    with pytest.raises(LogDamagedError, match=r"hash 0 of tile/1/000\.p/1"):
        verify_directory(log, keys)


def test_a_checkpoint_over_another_tree_is_named_though_entries_and_tiles_agree(log, vector, keys):
    signed = verify_checkpoint(parse_checkpoint(vector("log/checkpoint")), keys)
    other = Checkpoint(signed.origin, signed.size, b"x" * 32, None, "")
    with pytest.raises(LogDamagedError, match="contradict the checkpoint") as found:
        list(check_log(Directory(log), other))
    assert (found.value.entry, found.value.file) == (None, "checkpoint")


def test_entries_are_held_to_their_schema_where_it_is_given(log, vector, keys):
    checkpoint = verify_checkpoint(parse_checkpoint(vector("log/checkpoint")), keys)
    assert list(check_log(Directory(log), checkpoint, check_entry=parse_log_entry)) == [256, 300]

    def refuse_the_fourth(leaf):
        if parse_log_entry(leaf).subject == "application-3":
            raise MalformedError("x", "not wanted")

    with pytest.raises(LogDamagedError, match="from entry 3 on: not wanted") as found:
        list(check_log(Directory(log), checkpoint, check_entry=refuse_the_fourth))
    assert (found.value.entry, found.value.file) == (3, "tile/entries/000")


class Counting(Directory):
    """A directory that notes what was read of it."""

    def __init__(self, directory):
        super().__init__(directory)
        self.paths = []

    def read(self, path, max_bytes):
        content = super().read(path, max_bytes)
        self.paths.append(path)
        return content


def test_what_an_earlier_checkpoint_covers_need_not_be_read_again(log, vector, keys):
    final = verify_checkpoint(parse_checkpoint(vector("log/checkpoint")), keys)
    early = verify_checkpoint(parse_checkpoint(vector("checkpoint-100")), keys)
    files = Counting(log)
    assert list(check_log(files, final, since=early, only_new=True)) == [256, 300]
    files = Counting(log)
    assert list(check_log(files, final, since=final, only_new=True)) == []
    assert set(files.paths) == {"tile/0/001.p/44", "tile/1/000.p/1"}
    for seen in (early, final):
        forged = Checkpoint(seen.origin, seen.size, b"x" * 32, None, "")
        with pytest.raises(LogDamagedError, match="history was rewritten"):
            list(check_log(Directory(log), final, since=forged, only_new=True))


def test_resuming_within_a_bundle_notices_damage_before_and_behind(log, vector, keys):
    final = verify_checkpoint(parse_checkpoint(vector("log/checkpoint")), keys)
    early = verify_checkpoint(parse_checkpoint(vector("checkpoint-100")), keys)
    for place, damage in ((99, "history was rewritten"), (100, "Entry 100")):
        flip(log / "tile/0/000", place * 32)
        with pytest.raises(LogDamagedError, match=damage):
            list(check_log(Directory(log), final, since=early, only_new=True))
        flip(log / "tile/0/000", place * 32)


def test_files_longer_than_any_can_be_are_not_read_to_their_end(log, vector, keys):
    final = verify_checkpoint(parse_checkpoint(vector("log/checkpoint")), keys)
    (log / "tile/0/000").write_bytes(bytes(20_000))
    assert len(Directory(log).read("tile/0/000", 100)) == 101
    with pytest.raises(LogDamagedError, match="tile/0/000: "):
        list(check_log(Directory(log), final))


def test_a_tile_of_another_width_is_malformed():
    with pytest.raises(MalformedError):
        split_hashes(b"x" * 33, 1)


def test_hashes_of_leaf_and_node_never_meet():
    assert all(leaf_hash(a + b) != node_hash(a, b) for a, b in pairwise(LEAVES))
