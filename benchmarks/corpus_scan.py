"""Measure the corpus scan beside orjson reading the same file and what others use; write the page of it.

Run: python benchmarks/corpus_scan.py CORPUS_FOLDER [KEYWORDS.txt.gz] [--mb 250] [--peers-venv FOLDER]

CORPUS_FOLDER holds *.jsonl or *.jsonl.gz with a field `text`; texts are cut out of them at random and
written to one plain JSONL file. Each figure is the best of three runs, all of them taken in turns, so that
a busy machine is busy for all. MB are 10^6 bytes of JSONL; on one core by processor time, with processes
by the clock. The folder of peers is a virtual environment with orjson, datatrove, ahocorasick_rs,
pyahocorasick and py-data-juicer; what is not in it is said to be missing.
"""

import argparse
import gzip
import json
import os
import platform
import random
import subprocess
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
from corpus_page import Figures, page

from openbeian.corpus import Settings, Tally, Unit, plan_units, work
from openbeian.corpus.engines import Pool
from openbeian.corpus.engines.local import local
from openbeian.corpus.scan import hand_out
from openbeian.corpus.work import Scanner
from openbeian.matching import fold

ROUNDS = 3
SEED = b"12345678"
KEYWORDS = 10_000
PEERS = Path(__file__).parent / "corpus_peers" / "peers.py"
PAGE = Path(__file__).parent.parent / "docs" / "reference" / "corpus-benchmark.md"
HIDDEN = "\u200b"
"""A character without width, put into every other planted keyword."""


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
        first, second = (chance.randrange(len(folded) - 3) for _ in range(2))
        word = folded[first : first + 2] + folded[second : second + 2]
        if word.isalpha() and word[1:3] not in pairs:
            words[word] = None
    return [(word, f"A.1.{'abcdefgh'[at % 8]}") for at, word in enumerate(words)]


def parse(path: Path) -> None:
    """Read the file as orjson does it at its best, a line at a time."""
    with path.open("rb") as file:
        for line in file:
            orjson.loads(line)


def read(path: Path) -> None:
    """Read the file and do nothing with it."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def copy(path: Path) -> None:
    """Copy as many bytes in memory."""
    block = bytes(1 << 20)
    for _ in range(path.stat().st_size >> 20):
        bytearray(block)


def scanner_of(keywords: list[tuple[str, str]]) -> Scanner:
    """Return a scanner that is past its start."""
    return Scanner(Settings(tuple(keywords), SEED))


def scan(scanner: Scanner, path: Path, *, compiled: bool = True) -> Tally:
    """Scan the file in this process, unit by unit, and add up; a scanner that took the pass keeps it."""
    work._WORTH_COMPILING = 0 if compiled else 1 << 60  # noqa: SLF001  no corpus here is large
    tally = Tally()
    for unit in plan_units([str(path)]).units:
        tally.merge(scanner.scan(unit, tally.bars()).tally)
    return tally


def seconds(do: Callable[[], object]) -> float:
    """Return the processor time it takes, which a busy machine disturbs least."""
    started = time.process_time()
    do()
    return time.process_time() - started


def resident(path: Path, keywords: list[tuple[str, str]]) -> float:
    """Return the resident set, in MB, of a fresh process that scans the file."""
    scan(scanner_of(keywords), path)
    status = Path("/proc/self/status").read_text("ascii")
    (held,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(held) / 1e3


def with_workers(path: Path, keywords: list[tuple[str, str]], workers: int) -> float:
    """Return the seconds of a scan with that many workers by the clock, start-up left out."""
    units = list(plan_units([str(path)]).units)
    settings = Settings(tuple(keywords), SEED)
    with local(settings, workers) as pool:
        # The first units make the workers start, and compile.
        add_up(pool, units[: 4 * workers])
        best = float("inf")
        for _ in range(ROUNDS):
            started = time.perf_counter()
            add_up(pool, units)
            best = min(best, time.perf_counter() - started)
    return best


def add_up(pool: Pool, units: list[Unit]) -> Tally:
    """Have units scanned as a scan has them scanned."""
    tally = Tally()
    for _, part in hand_out(pool, units, tally, {}):
        tally.merge(part.tally)
    return tally


def planted(path: Path, keywords: list[tuple[str, str]], size: int, to: Path) -> tuple[int, int]:
    """Copy about `size` bytes with keywords planted, half of them with a hidden character; say how many."""
    counts = [0, 0]
    with path.open("rb") as file, to.open("wb") as out:
        for number, line in enumerate(file):
            row = orjson.loads(line)
            if number % 20 == 0:
                is_hidden = number // 20 % 2
                word = keywords[number % len(keywords)][0]
                row["text"] += "。" + (word[:1] + HIDDEN + word[1:] if is_hidden else word) + "。"
                counts[is_hidden] += 1
            out.write(orjson.dumps(row) + b"\n")
            if out.tell() > size:
                break
    return counts[0], counts[1]


def peers(venv: Path | None, path: Path, keywords: list[tuple[str, str]], folder: Path) -> Figures:
    """Return what others take for a part of the file with keywords planted in it, and what they find."""
    part, words = folder / "part.jsonl", folder / "words.txt"
    plain, hidden = planted(path, keywords, 8_000_000, part)
    words.write_text("\n".join(word for word, _ in keywords), "utf-8")
    ours = scanner_of(keywords)
    size = part.stat().st_size / 1e6
    took = min(seconds(lambda: scan(ours, part)) for _ in range(ROUNDS))
    rows = [{
        "name": "openbeian", "does": "everything", "mb_per_s": size / took,
        "share": min(seconds(lambda: parse(part)) for _ in range(ROUNDS)) / took,
        "found": scan(ours, part).total().counts["hit_documents"],
    }]  # fmt: skip
    if venv:
        given = [venv / "bin" / "python", PEERS, part, words]
        done = subprocess.run(given, check=True, capture_output=True, text=True)
        rows += json.loads(done.stdout.splitlines()[-1])
    return {"plain": plain, "hidden": hidden, "mb": size, "rows": rows}


def main() -> None:
    """Measure, and write the page."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("keywords", type=Path, nargs="?")
    arguments.add_argument("--mb", type=int, default=250)
    arguments.add_argument("--peers-venv", type=Path)
    arguments.add_argument("--page", type=Path, default=PAGE)
    given = arguments.parse_args()
    if not given.folder.is_dir():
        sys.exit(f"skipped: there is no {given.folder}")
    figures: Figures = {"machine": machine()}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "corpus.jsonl")
        pool = build(given.folder, path, given.mb * 1_000_000)
        many = rare_words(pool, 10 * KEYWORDS)
        few = many[:KEYWORDS]
        figures["mb"] = path.stat().st_size / 1e6
        figures |= measure(path, few, many, given.keywords)
        figures["peers"] = peers(given.peers_venv, path, few, Path(name))
    given.page.write_text(page(figures), "utf-8")
    print(json.dumps(figures, indent=1, ensure_ascii=False))


def measure(
    path: Path, few: list[tuple[str, str]], many: list[tuple[str, str]], listed: Path | None
) -> Figures:
    """Return our figures, those of one core taken in turns."""
    size = path.stat().st_size / 1e6
    scanners = {"10k": scanner_of(few), "100k": scanner_of(many)}
    if listed:
        with gzip.open(listed, "rt", encoding="utf-8") as file:
            real = [(word, "A.1.a") for line in file if len(word := line.strip()) > 1 and fold(word).strip()]
        scanners["real"] = scanner_of(real)
    careful = scanner_of(few)
    works: dict[str, Callable[[], object]] = {
        "read": lambda: read(path),
        "copy": lambda: copy(path),
        "orjson": lambda: parse(path),
        "plain": lambda: scan(careful, path, compiled=False),
    }
    for name, scanner in scanners.items():
        works[name] = lambda scanner=scanner: scan(scanner, path)  # type: ignore[misc]
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, do in works.items():
            best[name] = min(best[name], seconds(do))
    figures: Figures = {name: size / took for name, took in best.items()}
    figures["words"] = len(real) if listed else 0
    one, two = (with_workers(path, few, workers) for workers in (1, 2))
    figures |= {"one": size / one, "two": size / two}
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        figures["rss"] = pool.submit(resident, path, few).result()
    return figures


def machine() -> dict[str, str]:
    """Return what the figures were measured on."""
    packages = ("hyperscan", "numba", "numpy", "orjson", "xxhash")
    return {
        "date": datetime.now(UTC).date().isoformat(),  # noqa: TID251  a benchmark dates its own table
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


if __name__ == "__main__":
    main()
