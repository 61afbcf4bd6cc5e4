"""A scan gives the same result however it is cut, spread, interrupted or ordered."""

import gzip
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import orjson
import pytest

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.corpus import Limits, ProblemKind, Scanned, Settings, plan_units, scan_corpus
from tests.unit.corpus.conftest import jsonl

SETTINGS = Settings((("毒品", "A.1.a"), ("槍枝", "A.1.b")), b"12345678", limits=Limits(50, 20, 2, 30))
WORDS = ["毒品", "枪枝", "Word", "好", "天气", "13800138000", " "]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    chance = random.Random(3)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for file in range(4):
        rows = [
            {
                "id": f"{file}-{n}",
                "source": f"s{n % 3}",
                "text": "".join(chance.choices(WORDS, k=chance.randrange(1, 4))),
            }
            for n in range(600)
        ]
        content = jsonl(rows) + b"broken\n"
        if file == 3:
            (folder / "3.jsonl.gz").write_bytes(gzip.compress(content))
        else:
            (folder / f"{file}.jsonl").write_bytes(content)
    return folder


def result(scanned: Scanned) -> tuple[object, object]:
    return scanned.tally.as_json(), scanned.duplicates


def scan(corpus: Path, out: Path, unit_bytes: int = 4096, workers: int = 1) -> Scanned:
    return scan_corpus(plan_units([str(corpus)], unit_bytes=unit_bytes), SETTINGS, out, workers=workers)


def test_counts_and_duplicates_are_those_of_counting_by_hand(corpus: Path, tmp_path: Path) -> None:
    scanned = scan(corpus, tmp_path / "out")
    rows = []
    for path in sorted(corpus.iterdir()):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows += [orjson.loads(line) for line in content.splitlines() if line != b"broken"]
    assert scanned.tally.total().counts["documents"] == len(rows) == 2400
    assert scanned.duplicates.total == len(rows) - len({row["text"] for row in rows})
    for source, again in scanned.duplicates.by_source.items():
        texts = [row["text"] for row in rows if row["source"] == source]
        assert again == len(texts) - len(set(texts))
    assert scanned.tally.problem_counts == Counter({ProblemKind.BROKEN_JSON: 4})


@pytest.mark.parametrize(("unit_bytes", "workers"), [(1 << 20, 1), (1000, 1), (7777, 2)])
def test_any_split_and_any_number_of_workers_give_the_same_result(
    corpus: Path, tmp_path: Path, unit_bytes: int, workers: int
) -> None:
    expected = result(scan(corpus, tmp_path / "a"))
    assert result(scan(corpus, tmp_path / "b", unit_bytes, workers)) == expected


SCRIPT = """
import sys
import time
from openbeian.corpus import Kernel, Limits, Settings, plan_units, scan_corpus
from openbeian.corpus import scan as module
module._CHECKPOINT_SECONDS = 0
settings = Settings((("毒品", "A.1.a"), ("槍枝", "A.1.b")), b"12345678", limits=Limits(50, 20, 2, 30))
def progress(size):
    print(size, flush=True)
    time.sleep(0.02)
if __name__ == "__main__":
    plan = plan_units([sys.argv[1]], unit_bytes=4096)
    scan_corpus(plan, settings, module.Path(sys.argv[2]), workers=int(sys.argv[3]), progress=progress)
"""


def started(corpus: Path, out: Path, workers: int, tmp_path: Path) -> subprocess.Popen[bytes]:
    script = tmp_path / "run.py"
    script.write_text(SCRIPT, "utf-8")
    return subprocess.Popen(
        [sys.executable, str(script), str(corpus), str(out), str(workers)], stdout=subprocess.PIPE
    )


def test_a_scan_that_was_killed_goes_on_where_it_was(corpus: Path, tmp_path: Path) -> None:
    expected = result(scan(corpus, tmp_path / "whole"))
    out = tmp_path / "out"
    with started(corpus, out, 1, tmp_path) as process:
        assert process.stdout is not None
        for _ in range(8):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    done: list[int] = []
    plan = plan_units([str(corpus)], unit_bytes=4096)
    again = scan_corpus(plan, SETTINGS, out, progress=done.append)
    assert result(again) == expected
    # What is told first was done before.
    assert done[0] >= 6 * 4096
    assert len(done) < len(plan.units)


def children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    return [int(pid) for pid in listed if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_the_units_of_a_killed_worker_are_done_again(corpus: Path, tmp_path: Path) -> None:
    expected = result(scan(corpus, tmp_path / "whole"))
    out = tmp_path / "out"
    with started(corpus, out, 2, tmp_path) as process:
        assert process.stdout is not None
        for _ in range(4):
            assert process.stdout.readline()
        os.kill(children(process.pid)[0], signal.SIGKILL)
        process.stdout.read()
        assert process.wait() == 0
    assert result(scan(corpus, out)) == expected


def test_a_scan_of_another_corpus_does_not_go_on_in_the_same_folder(corpus: Path, tmp_path: Path) -> None:
    scan(corpus, tmp_path / "out")
    (corpus / "4.jsonl").write_bytes(b'{"text":"x"}\n')
    with pytest.raises(CouldNotRunError, match="another corpus"):
        scan(corpus, tmp_path / "out")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_strict_scan_stops_at_what_it_cannot_read_and_says_where(
    corpus: Path, tmp_path: Path, workers: int
) -> None:
    strict = Settings(SETTINGS.keywords, SETTINGS.seed, strict=True)
    (corpus / "0.jsonl").write_bytes(b'{"text":"x"}\nbroken\n')
    with pytest.raises(BadInputError, match=r"jsonl.*offset \d+: not one whole JSON"):
        scan_corpus(plan_units([str(corpus)]), strict, tmp_path / "out", workers=workers)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInputError, match="no file to read"):
        scan_corpus(plan_units([str(tmp_path / "empty")]), strict, tmp_path / "out")


def test_an_empty_directory_is_a_result_with_a_problem(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    scanned = scan(tmp_path / "empty", tmp_path / "out")
    assert scanned.tally.problem_counts == Counter({ProblemKind.NO_FILES: 1})
    assert scanned.tally.total().counts["documents"] == 0


def test_a_file_that_cannot_be_written_is_a_clear_stop_and_the_scan_can_go_on(
    corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    limited = SCRIPT.replace(
        "import time", "import time, resource; resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))", 1
    )
    script = tmp_path / "limited.py"
    script.write_text(limited, "utf-8")
    ended = subprocess.run(
        [sys.executable, str(script), str(corpus), str(out), "1"], capture_output=True, check=False
    )
    assert b"CouldNotRunError" in ended.stderr
    assert b"run the same command again" in ended.stderr
    assert result(scan(corpus, out)) == result(scan(corpus, tmp_path / "whole"))
