"""Measure the corpus scan: MB/s on one core and on two, beside orjson reading the same file, and memory.

Run: python benchmarks/corpus_scan.py CORPUS_FOLDER [KEYWORDS.txt.gz] [--mb 250]

CORPUS_FOLDER holds *.jsonl or *.jsonl.gz with a field `text`; they are repeated, cut differently each
time, to one plain JSONL file. Each figure is the best of three runs of one process, all of them taken
in turns, so that a busy machine is busy for all. MB are 10^6 bytes of JSONL; on one core by processor
time, with processes by the clock.
"""

import argparse
import gzip
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import orjson

from openbeian.corpus import Fields, Hashes, Kernel, Settings, plan_units, read_unit, scan_corpus
from openbeian.matching import fold

ROUNDS = 3
SEED = b"12345678"
KEYWORDS = 10_000


def texts_of(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the documents of all JSONL files of a folder."""
    for path in sorted(folder.glob("*.jsonl*")):
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for line in file:
                yield orjson.loads(line)


def build(folder: Path, to: Path, size: int) -> str:
    """Write about `size` bytes of JSONL cut at random from the texts of a folder; return a part of them."""
    chance = random.Random(11)  # noqa: S311  the same corpus at every run
    pool = "\n".join(row["text"] for row in texts_of(folder))
    written = number = 0
    with to.open("wb") as file:
        while written < size:
            length = int(chance.lognormvariate(6.2, 1.0))
            start = chance.randrange(len(pool) - length)
            row = {"id": f"d{number}", "source": f"s{number % 15}", "text": pool[start : start + length]}
            written += file.write(orjson.dumps(row) + b"\n")
            number += 1
    return pool


def rare_words(pool: str, count: int) -> list[tuple[str, str]]:
    """Return words that no text holds: pairs of words joined that never stand together."""
    chance = random.Random(12)  # noqa: S311  the same list at every run
    folded = fold(pool)
    pairs = {folded[at : at + 2] for at in range(len(folded) - 1)}
    words: dict[str, None] = {}
    while len(words) < count:
        first, second = (chance.randrange(len(pool) - 3) for _ in range(2))
        word = pool[first : first + 2] + pool[second : second + 2]
        if word.isalpha() and fold(word)[1:3] not in pairs:
            words[word] = None
    return [(word, f"A.1.{'abcdefgh'[at % 8]}") for at, word in enumerate(words)]


def parse(path: Path) -> None:
    """Read the file as orjson does it at its best, a line at a time."""
    with path.open("rb") as file:
        for line in file:
            orjson.loads(line)


def scan_with(kernel: Kernel, path: Path) -> None:
    """Read and scan the file in this process."""
    for unit in plan_units([str(path)]).units:
        tally, hashes = kernel.tally(), Hashes([], [])
        for batch in read_unit(unit, Fields(), tally.note):
            kernel.add(batch, tally, hashes)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time it takes, which a busy machine disturbs least."""
    started = time.process_time()
    work()
    return time.process_time() - started


def resident(path: Path, keywords: list[tuple[str, str]]) -> float:
    """Return the resident set, in MB, of a fresh process that scans the file."""
    scan_with(Kernel(keywords, seed=SEED), path)
    status = Path("/proc/self/status").read_text("ascii")
    (held,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(held) / 1e3


def steady(path: Path, keywords: list[tuple[str, str]], workers: int) -> float:
    """Return the seconds of a whole scan with that many processes, start-up left out."""
    times: list[float] = []
    with tempfile.TemporaryDirectory() as out:
        plan = plan_units([str(path)], unit_bytes=8 << 20)
        settings = Settings(tuple(keywords), SEED)
        scan_corpus(
            plan, settings, Path(out), workers=workers, progress=lambda _: times.append(time.perf_counter())
        )
    # From the first units that are done (one for each process) to the last.
    done = sum(unit.size for unit in plan.units) - plan.units[0].size * workers
    return (times[-1] - times[workers]) / done * path.stat().st_size


def main() -> None:
    """Measure and print a table."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("keywords", type=Path, nargs="?")
    arguments.add_argument("--mb", type=int, default=250)
    given = arguments.parse_args()
    if not given.folder.is_dir():
        sys.exit(f"skipped: there is no {given.folder}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "corpus.jsonl")
        pool = build(given.folder, path, given.mb * 1_000_000)
        figures = measure(path, pool, given.keywords)
    print(json.dumps({"machine": machine(), "figures": figures}, indent=1, ensure_ascii=False))


def measure(path: Path, pool: str, keywords: Path | None) -> dict[str, float]:
    """Return all figures, each of them taken in turns."""
    size = path.stat().st_size / 1e6
    few = rare_words(pool, KEYWORDS)
    kernels = {"10k": Kernel(few, seed=SEED), "100k": Kernel(rare_words(pool, 10 * KEYWORDS), seed=SEED)}
    if keywords:
        with gzip.open(keywords, "rt", encoding="utf-8") as file:
            real = [(word, "A.1.a") for line in file if len(word := line.strip()) > 1 and fold(word).strip()]
        kernels["real"] = Kernel(real, seed=SEED)
    works: dict[str, Callable[[], object]] = {"orjson": lambda: parse(path)}
    for name, kernel in kernels.items():
        works[name] = lambda kernel=kernel: scan_with(kernel, path)  # type: ignore[misc]
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            best[name] = min(best[name], seconds(work))
    figures = {f"{name} MB/s": size / took for name, took in best.items()}
    figures["10k : orjson"] = best["orjson"] / best["10k"]
    alone, both = (min(steady(path, few, workers) for _ in range(ROUNDS)) for workers in (1, 2))
    figures |= {"1 process MB/s": size / alone, "2 processes MB/s": size / both, "2 : 1": alone / both}
    with ProcessPoolExecutor(1, get_context("spawn")) as pool_of_one:
        figures["RSS MB, 10k"] = pool_of_one.submit(resident, path, few).result()
    return {name: round(value, 2) for name, value in figures.items()}


def machine() -> dict[str, str]:
    """Return what the figures were measured on."""
    packages = ("hyperscan", "orjson", "numpy", "xxhash")
    return {
        "date": datetime.now(UTC).date().isoformat(),  # noqa: TID251  a benchmark dates its own table
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


if __name__ == "__main__":
    main()
