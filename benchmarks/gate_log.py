"""Measure the log: entries sequenced a second, and proofs built and checked among ten million entries.

Run: python benchmarks/gate_log.py [ENTRIES]
"""

import hashlib
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.log import TileLog
from openbeian.trust.paths import consistency_path, inclusion_path, range_root
from openbeian_gate.verify.log import verify_directory
from openbeian_gate.verify.merkle import check_consistency, check_inclusion, leaf_hash

AT = datetime(2026, 11, 23, tzinfo=UTC)
BATCH = 100
TREE = 10_000_000
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


def prove() -> dict[str, float]:
    """Build and check proofs in a tree whose leaves are all alike, so that its subtrees can be computed."""
    roots = [leaf_hash(b"")]
    for _ in range(TREE.bit_length()):
        roots.append(hashlib.sha256(b"\x01" + roots[-1] + roots[-1]).digest())

    def root(height: int, _: int) -> bytes:
        return roots[height]

    whole, chance = range_root(0, TREE, root), random.Random(7)  # noqa: S311  the same proofs at every run
    indexes = [chance.randrange(TREE) for _ in range(PROOFS)]
    started = time.perf_counter()
    for index in indexes:
        check_inclusion(index, TREE, roots[0], inclusion_path(index, TREE, root), whole)
    inclusion = (time.perf_counter() - started) / PROOFS
    olds = [(old, range_root(0, old, root)) for old in (index + 1 for index in indexes)]
    started = time.perf_counter()
    for old, old_root in olds:
        check_consistency(old, old_root, TREE, whole, consistency_path(old, TREE, root))
    consistency = (time.perf_counter() - started) / PROOFS
    return {
        "tree": TREE,
        "inclusion_built_and_checked_ms": inclusion * 1e3,
        "consistency_built_and_checked_ms": consistency * 1e3,
    }


def main() -> None:
    """Measure and print, as JSON."""
    figures = sequence(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000) | prove()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
