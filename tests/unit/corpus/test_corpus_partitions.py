"""Rows in partitioned files are a set, read in order and in bounded pieces."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.corpus.duplicates import count_duplicates, hash_source, pack_hashes
from openbeian.corpus.partitions import Partitions, Rows

ROWS = st.lists(st.tuples(st.integers(0, (1 << 64) - 1) | st.integers(0, 5), st.integers(0, 3)), max_size=60)


def rows_of(rows: list[tuple[int, ...]], columns: int) -> Rows:
    return np.array(rows, dtype=np.uint64).reshape(-1, columns)


@settings(max_examples=15)
@given(batches=st.lists(ROWS, max_size=4), most=st.integers(1, 20))
def test_rows_come_back_once_in_order_and_those_of_one_hash_together(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[int, int]]], most: int
) -> None:
    held = Partitions(tmp_path_factory.mktemp("rows"), 2, most=most)
    for batch in [*batches, *batches[:1]]:
        held.add(rows_of(batch, 2).tobytes())
        held.save()
    pieces = [[tuple(row) for row in piece.tolist()] for piece in held.pieces()]
    assert [row for piece in pieces for row in piece] == sorted({row for batch in batches for row in batch})
    firsts = [{row[0] for row in piece} for piece in pieces]
    assert sum(map(len, firsts)) == len(set().union(*firsts))


def test_a_part_that_does_not_fit_is_read_in_pieces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    chance = random.Random(5)
    held = Partitions(tmp_path / "rows", 2, most=100)
    # All in one part, so that it has to be split; one hash has many rows.
    held.add(rows_of([(chance.randrange(1 << 50), n) for n in range(5000)], 2).tobytes())
    held.add(rows_of([(7, n % 3) for n in range(5000)], 2).tobytes())
    sizes = held.save()
    pieces = list(held.pieces())
    assert sum(map(len, pieces)) == 5003
    assert max(map(len, pieces)) <= 100
    assert [path.name for path in (tmp_path / "rows").iterdir()] == ["00.bin"]
    held.add(rows_of([(1 << 63, 1)], 2).tobytes())
    held.save()
    again = Partitions(tmp_path / "rows", 2)
    again.cut_back(sizes)
    assert sum(map(len, again.pieces())) == 5003
    again.cut_back([])
    assert list(again.pieces()) == []


def test_duplicates_are_documents_less_distinct_rows_however_often_a_unit_was_done(tmp_path: Path) -> None:
    chance = random.Random(5)
    texts = [chance.randrange(1 << 128) for _ in range(300)]
    parts = [[*texts[:50], chance.randrange(1 << 128)], texts[:100], [*texts, *texts[:10]], []]
    held = Partitions(tmp_path / "rows", 3)
    for number, part in [*enumerate(parts), (1, parts[1])]:
        held.add(pack_hashes(part, [hash_source("ab"[number % 2])] * len(part)))
    documents = {"a": len(parts[0]) + len(parts[2]), "b": len(parts[1]), "unused": 0}
    counted = count_duplicates(held, documents)
    everything = [text for part in parts for text in part]
    assert counted.total == len(everything) - len(set(everything))
    assert counted.by_source == {"a": 60}
