"""Near-duplicates: planted mutations are found, other texts are not, in any order and split."""

import random
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from openbeian.cli.corpus import app
from openbeian.core.errors import CouldNotRunError
from openbeian.corpus import Scanned, Settings, plan_units, scan_corpus
from openbeian.corpus.duplicates import hash_source
from openbeian.corpus.near import Clusters, NearDuplicates, find_near_duplicates
from openbeian.corpus.partitions import Partitions
from openbeian.corpus.record import load_result
from openbeian.corpus.signatures import Signer, chance_of
from tests.unit.corpus.conftest import jsonl

needs_rensa = pytest.mark.skipif(not find_spec("rensa"), reason="needs rensa (make test-engines)")

CHARACTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 2000)]


def text_of(chance: random.Random, length: int = 400) -> str:
    return "".join(chance.choices(CHARACTERS, k=length))


def mutated(chance: random.Random, text: str, changes: int) -> str:
    characters = list(text)
    for at in chance.sample(range(len(text)), changes):
        characters[at] = chance.choice(CHARACTERS)
    return "".join(characters)


def shared(one: str, other: str) -> float:
    first, second = ({text[at : at + 5] for at in range(len(text) - 4)} for text in (one, other))
    return len(first & second) / len(first | second)


def by_hand(links: list[set[int]]) -> list[set[int]]:
    """Join sets that have something in common, until none have."""
    clusters: list[set[int]] = []
    for link in links:
        touched = [cluster for cluster in clusters if cluster & link]
        clusters = [cluster for cluster in clusters if not cluster & link] + [set().union(link, *touched)]
    return [cluster for cluster in clusters if len(cluster) > 1]


@settings(max_examples=10)
@given(
    bands=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), max_size=80),
    sources=st.lists(st.integers(0, 2), min_size=61, max_size=61),
)
def test_clusters_are_those_of_joining_by_hand(
    tmp_path_factory: pytest.TempPathFactory, bands: list[tuple[int, int]], sources: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("near")
    names = ["a", "b", "c"]
    spread = 0x9E3779B97F4A7C15
    node = [(n * spread) % (1 << 64) for n in range(61)]
    texts = Partitions(folder / "texts", 3)
    texts.add(np.array([(node[n], 0, hash_source(names[s])) for n, s in enumerate(sources)], "<u8").tobytes())
    rows = Partitions(folder / "bands", 2)
    rows.add(np.array([(key * spread % (1 << 64), node[n]) for key, n in bands], "<u8").tobytes())
    found = find_near_duplicates(texts, rows, names, folder / "scratch")
    clusters = by_hand([{n for other, n in bands if other == key} for key, _ in bands])
    assert found.total == Clusters(len(clusters), sum(map(len, clusters)))
    for number, name in enumerate(names):
        own = [cluster for cluster in clusters if any(sources[n] == number for n in cluster)]
        held = sum(sources[n] == number for cluster in clusters for n in cluster)
        assert found.by_source.get(name, Clusters(0, 0)) == Clusters(len(own), held)
    assert not (folder / "scratch").exists()
    assert NearDuplicates.of_json(found.as_json()) == found


def test_a_long_chain_is_one_cluster(tmp_path: Path) -> None:
    count = 3000
    order = random.Random(4).sample(range(count), count)
    node = np.sort(np.random.default_rng(5).integers(1, 1 << 63, count, dtype=np.uint64))
    texts, rows = Partitions(tmp_path / "texts", 3), Partitions(tmp_path / "bands", 2)
    texts.add(np.column_stack((node, node, np.full(count, hash_source("a"), "<u8"))).tobytes())
    for key in range(count - 1):
        rows.add(
            np.array([(key << 50, node[order[key]]), (key << 50, node[order[key + 1]])], "<u8").tobytes()
        )
    found = find_near_duplicates(texts, rows, ["a"], tmp_path / "scratch")
    assert found.total == Clusters(1, count)


def test_without_its_library_the_scan_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "rensa", None)
    (tmp_path / "a.jsonl").write_bytes(b'{"text":"x"}\n')
    asked = Settings((), b"another1", near_duplicates=True)
    with pytest.raises(CouldNotRunError, match=r"install openbeian\[near-duplicates\]"):
        scan_corpus(plan_units([str(tmp_path / "a.jsonl")]), asked, tmp_path / "out")


def bands_of(signer: Signer, texts: list[str]) -> list[set[int]]:
    """Return the bands of each text."""
    found: list[set[int]] = [set() for _ in texts]
    for key, number in signer.bands(texts, [n << 64 for n in range(len(texts))]).tolist():
        found[number].add(key)
    return found


@needs_rensa
def test_planted_mutations_are_found_as_often_as_their_share_says() -> None:
    chance = random.Random(6)
    signer = Signer()
    for changes, least, most in ((0, 1.0, 1.0), (4, 0.97, 1.0), (8, 0.85, 1.0), (60, 0.0, 0.05)):
        pairs = [(text := text_of(chance), mutated(chance, text, changes)) for _ in range(200)]
        expected = sum(chance_of(shared(*pair)) for pair in pairs) / len(pairs)
        keys = bands_of(signer, [text for pair in pairs for text in pair])
        found = sum(bool(one & other) for one, other in zip(keys[::2], keys[1::2], strict=True)) / len(pairs)
        assert least <= found <= most
        assert abs(found - expected) < 0.06
    # A batch gives what its texts give one by one, folded, whatever stands beside them.
    batch = ["语料扫描ＡＢＣ", "", "短", "語料掃描abc", text_of(chance)]
    alone = [bands_of(signer, [text])[0] for text in batch]
    assert bands_of(signer, batch) == alone
    assert alone[0] == alone[3]
    assert alone[1] == set()
    assert len(alone[2]) == 16


def scanned(folder: Path, out: Path, unit_bytes: int) -> Scanned:
    asked = Settings((), b"12345678", near_duplicates=True)
    return scan_corpus(plan_units([str(folder)], unit_bytes=unit_bytes), asked, out)


@needs_rensa
def test_a_scan_counts_clusters_by_source_however_it_is_cut(tmp_path: Path) -> None:
    chance = random.Random(7)
    rows = [{"source": f"s{n % 3}", "text": text_of(chance, 200)} for n in range(60)]
    family = [rows[0]["text"], *(mutated(chance, rows[0]["text"], 1) for _ in range(4))]
    planted = [{"source": "s1", "text": text} for text in family[1:4]]
    planted += [{"source": "s2", "text": family[4]}, {"source": "s2", "text": family[4]}]
    pair = {"source": "s2", "text": mutated(chance, rows[2]["text"], 2)}
    (tmp_path / "in").mkdir()
    mixed = chance.sample([*rows, *planted, pair], len(rows) + 6)
    (tmp_path / "in" / "a.jsonl").write_bytes(jsonl(mixed[:30]))
    (tmp_path / "in" / "b.jsonl").write_bytes(jsonl(mixed[30:]))
    found = scanned(tmp_path / "in", tmp_path / "one", 1 << 20)
    assert found.near == NearDuplicates(
        Clusters(2, 7), {"s0": Clusters(1, 1), "s1": Clusters(1, 3), "s2": Clusters(2, 3)}
    )
    assert found.duplicates.total == 1
    assert scanned(tmp_path / "in", tmp_path / "two", 5000).near == found.near


@needs_rensa
def test_the_command_prints_seals_and_reports_near_duplicates(tmp_path: Path) -> None:
    chance = random.Random(8)
    text = text_of(chance)
    rows = [{"source": "<a>", "text": text}, {"source": "b", "text": mutated(chance, text, 1)}]
    (tmp_path / "a.jsonl").write_bytes(jsonl(rows))
    out = tmp_path / "out"

    def ran(*arguments: str) -> str:
        return CliRunner().invoke(app, [*arguments], env={"BEIAN_LANG": "en", "COLUMNS": "200"}).stdout

    said = ran("scan", str(tmp_path / "a.jsonl"), "--out", str(out), "--near-duplicates", "--quiet")
    assert "Near-duplicates: 2 distinct texts in 1 clusters." in said
    assert "The evidence holds" in ran("verify", str(out))
    ran("report", str(out))
    page = (out / "report.html").read_text("utf-8")
    assert "<h2>近重复</h2>" in page
    assert "&lt;a&gt;" in page
    assert load_result(out)[1].near == NearDuplicates(
        Clusters(1, 2), {"<a>": Clusters(1, 1), "b": Clusters(1, 1)}
    )
