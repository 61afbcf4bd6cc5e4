"""Measure the log: entries sequenced a second, and proofs built and checked among ten million entries.

Run: python benchmarks/gate_log.py [ENTRIES]
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.log import TileLog
from openbeian.trust.notes import sign_checkpoint
from openbeian.trust.paths import consistency_path, inclusion_path
from openbeian.trust.tile_store import TileStore
from openbeian_gate.verify.log import verify_directory
from openbeian_gate.verify.log_entry import LogEntry
from openbeian_gate.verify.merkle import check_consistency, leaf_hash, node_hash
from openbeian_gate.verify.proof import build_proof_file, parse_proof, verify_proof
from openbeian_gate.verify.tiles import ENTRIES, TILE_WIDTH, pack_entries

AT = datetime(2026, 11, 23, tzinfo=UTC)
BATCH = 100
TREE = 10_000_000
PERIOD = 65_536
PROOFS = 200


def sequence(entries: int) -> dict[str, float]:
    """Append in batches, each on disk and under a signed checkpoint before the next; then check it all."""
    signer = Ed25519Signer.generate()
    with tempfile.TemporaryDirectory() as name:
        log = TileLog(Path(name) / "log", signer, origin="log.example/bench")
        started = time.perf_counter()
        for first in range(0, entries, BATCH):
            log.append(
                [b"entry %d, as long as most of them are" % n for n in range(first, first + BATCH)], at=AT
            )
        appended = time.perf_counter() - started
        started = time.perf_counter()
        for index in range(0, entries, entries // PROOFS):
            log.proof_file(index)
        proved = (time.perf_counter() - started) / PROOFS
        started = time.perf_counter()
        verify_directory(Path(name) / "log", public_key_set(signer))
        verified = time.perf_counter() - started
    return {
        "entries": entries,
        "entries_a_second": entries / appended,
        "proof_file_from_disk_ms": proved * 1e3,
        "whole_log_verified_s": verified,
    }


def sequence_in_the_portal(entries: int) -> dict[str, float]:
    """Let the portal's own sequencer take a full outbox into the log, on SQLite, and tell the database."""
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"BEIAN_HOME": name, "DJANGO_SETTINGS_MODULE": "openbeian.portal.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django  # noqa: PLC0415  it reads the settings from the environment made above

        django.setup()
        from openbeian.portal.filings.publishing import open_for_publishing  # noqa: PLC0415
        from openbeian.portal.log.models import Entry  # noqa: PLC0415
        from openbeian.portal.log.sequencer import publish  # noqa: PLC0415
        from openbeian.portal.server import prepare  # noqa: PLC0415

        prepare()
        kind, hashes, rows = "application.submitted", {"version": "ab" * 32}, []
        for n in range(entries):
            leaf = LogEntry(kind, AT, f"s-{n}", {"number": n}, hashes).leaf()
            told = {"kind": kind, "at": AT, "subject": f"s-{n}", "body": leaf.decode()}
            rows.append(Entry(**told, leaf_hash=leaf_hash(leaf).hex()))
        Entry.objects.bulk_create(rows, batch_size=1000)
        log = open_for_publishing()
        started = time.perf_counter()
        published = publish(log, at=AT)
        took = time.perf_counter() - started
    assert published == entries
    return {"portal_entries": entries, "portal_entries_a_second": entries / took}


class ComputedTiles(TileStore):
    """Ten million entries without ten million files: entry `i` is a function of `i` modulo 65,536.

    So there are 256 tiles of leaves that differ, and one tile of each level above, which are computed when
    they are first asked for. Everything else is the real store: paths, widths, parsing, and its cache.
    """

    def _read(self, level: int | str, index: int, width: int) -> tuple[bytes, int]:
        if level == ENTRIES:
            return bundle(index % TILE_WIDTH, width), width
        return b"".join(computed(int(level), index * TILE_WIDTH + n) for n in range(width)), width


@lru_cache(TILE_WIDTH)
def bundle(index: int, width: int) -> bytes:
    """Return a bundle of entries."""
    return pack_entries(entry(index * TILE_WIDTH + n) for n in range(width))


def entry(index: int) -> bytes:
    """Return an entry, as long as most of them are."""
    return b'{"kind":"application.submitted","number":%d,"subject":"a service"}' % (index % PERIOD)


@lru_cache(2 * PERIOD)
def computed(level: int, index: int) -> bytes:
    """Return the hash at `index` of a level of tiles: of a leaf, or of the 256 hashes below."""
    if level == 0:
        return leaf_hash(entry(index))
    period = PERIOD // TILE_WIDTH**level or 1
    hashes = [computed(level - 1, (index % period * TILE_WIDTH + n) % PERIOD) for n in range(TILE_WIDTH)]
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def prove() -> dict[str, float]:
    """Build and check proofs from the tiles of a computed log of ten million entries."""
    signer, origin, store = Ed25519Signer.generate(), "log.example/bench", ComputedTiles(Path("nowhere"))

    def root(height: int, index: int) -> bytes:
        return store.subtree_root(height, index, TREE)

    note = sign_checkpoint(origin, TREE, store.root(TREE), signer, AT)
    keys, chance = public_key_set(signer), random.Random(7)  # noqa: S311  the same proofs at every run
    indexes = [chance.randrange(TREE) for _ in range(PROOFS)]
    for index in indexes:  # so that nothing is computed while the clock runs
        inclusion_path(index, TREE, root)
        store.entry(index, TREE)
    built, checked, worked = [], [], time.process_time()
    for index in indexes:
        started = time.perf_counter()
        file = build_proof_file(index, inclusion_path(index, TREE, root), store.entry(index, TREE), note)
        built.append(time.perf_counter() - started)
        started = time.perf_counter()
        proof = parse_proof(file)
        verify_proof(proof, proof.leaf or b"", keys, origin=origin)
        checked.append(time.perf_counter() - started)
    worked = (time.process_time() - worked) / PROOFS
    sizes = [(index + 1, store.root(index + 1)) for index in indexes[:50]]
    started = time.perf_counter()
    whole = store.root(TREE)
    for old, old_root in sizes:
        check_consistency(old, old_root, TREE, whole, consistency_path(old, TREE, root))
    consistency = (time.perf_counter() - started) / len(sizes)
    both = [first + second for first, second in zip(built, checked, strict=True)]
    return {
        "tree": TREE,
        "proof_built_p50_ms": statistics.median(built) * 1e3,
        "proof_checked_p50_ms": statistics.median(checked) * 1e3,
        "proof_built_and_checked_p50_ms": statistics.median(both) * 1e3,
        "proof_built_and_checked_p99_ms": statistics.quantiles(both, n=100)[98] * 1e3,
        "proof_built_and_checked_cpu_ms": worked * 1e3,
        "consistency_built_and_checked_ms": consistency * 1e3,
    }


def main() -> None:
    """Measure and print, as JSON."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    figures = sequence(entries) | sequence_in_the_portal(entries) | prove()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
