"""Scan a corpus of many GB that is made here, and see that memory stays flat and time is linear.

Run: python benchmarks/corpus_soak.py FOLDER [--size 20] [--texts CORPUS_FOLDER] [--workers 2]
     [--near-duplicates] [--to docs/reference/corpus-soak.md]

GB are 10^9 bytes of JSONL. The corpus repeats texts (those of CORPUS_FOLDER, *.jsonl or *.jsonl.gz with a
field `text`; without it generated ones) with mutations in each; every fiftieth document is an exact copy,
so that the number of duplicates is known. The scan runs in a process of its own, whose memory and time,
with those of its workers, are read from the system twice a second. Everything made is removed again.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from corpus_scan import machine, texts_of
from soak_page import Figures, Step, page

from openbeian.corpus import Settings, plan_units, scan_corpus
from openbeian.corpus.manifest import MANIFEST, make_manifest
from openbeian.matching import fold

GB = 10**9
FILE_BYTES = GB
POOL_CHARACTERS = 20_000_000
KEYWORDS = 10_000
COPIES = 50
"""Every so many documents one is a copy."""
STEPS = 10
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Make a corpus, scan it, print the figures, and write the page if asked to."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--size", type=float, default=20.0, help="GB")
    arguments.add_argument("--texts", type=Path)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--near-duplicates", action="store_true")
    arguments.add_argument("--to", type=Path)
    arguments.add_argument("--scan", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.scan:
        scan(given.scan, given.folder, workers=given.workers, near=given.near_duplicates)
        return
    if given.texts and not given.texts.is_dir():
        sys.exit(f"skipped: there is no {given.texts}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that what was made is removed
    given.folder.mkdir(parents=True, exist_ok=True)
    needed = given.size * GB * (1.5 if given.near_duplicates else 1.1)
    if shutil.disk_usage(given.folder).free < needed:
        sys.exit(f"skipped: {given.folder} has less than {needed / GB:.0f} GB free; name another folder")
    with TemporaryDirectory(dir=given.folder, prefix="soak-") as made:
        figures = soak(Path(made), given)
    text = page(figures, machine())
    print(text)
    if given.to:
        given.to.write_text(text, "utf-8")


def soak(folder: Path, given: argparse.Namespace) -> Figures:
    """Make the corpus in the folder, scan it, and return what was seen."""
    corpus, out = folder / "corpus", folder / "out"
    corpus.mkdir()
    documents, copies = make(corpus, int(given.size * GB), given.texts)
    size = sum(path.stat().st_size for path in corpus.iterdir())
    command = [sys.executable, __file__, str(out), "--scan", str(corpus), "--workers", str(given.workers)]
    command += ["--near-duplicates"] if given.near_duplicates else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watched = Watch(process)
        try:
            told = watched.follow()
        finally:
            process.terminate()
    if process.returncode:
        sys.exit("the scan failed")
    result = orjson.loads(told)
    if (result["documents"], result["duplicates"]) != (documents, copies):
        sys.exit(f"wrong: {result}, made were {documents} documents and {copies} copies")
    rows = sum(path.stat().st_size for path in out.rglob("*.bin"))
    return Figures(
        size=size,
        documents=documents,
        duplicates=copies,
        near=result["near"],
        workers=given.workers,
        real=given.texts is not None,
        row_bytes=rows,
        steps=watched.steps(size),
        merging=watched.merging,
        hashing=result["hashing"],
    )


def scan(corpus: Path, out: Path, *, workers: int, near: bool) -> None:
    """Scan, telling the bytes that are done on standard output, and at the end the result."""
    settings = Settings(tuple(keywords()), b"12345678", near_duplicates=near)
    done = 0

    def progress(size: int) -> None:
        nonlocal done
        done += size
        print(done, flush=True)

    plan = plan_units([str(corpus)], unit_bytes=16 << 20)
    out.mkdir()
    started = time.process_time()
    make_manifest(plan.files, out / MANIFEST, workers=workers)
    hashing = time.process_time() - started
    found = scan_corpus(plan, settings, out, workers=workers, progress=progress)
    told = {
        "documents": found.tally.total().counts["documents"],
        "duplicates": found.duplicates.total,
        "hashing": hashing,
        "near": found.near.total._asdict() if found.near else None,
    }
    print(orjson.dumps(told).decode(), flush=True)


def keywords() -> Iterator[tuple[str, str]]:
    """Yield words of four characters that hardly any text has."""
    chance = random.Random(12)  # noqa: S311  the same list at every run
    for number in range(KEYWORDS):
        yield (
            "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(4)),
            f"A.1.{'abcdefgh'[number % 8]}",
        )


def pool_of(texts: Path | None) -> str:
    """Return what documents are cut from."""
    chance = random.Random(10)  # noqa: S311  the same at every run
    if texts is None:
        words = ["".join(chr(chance.randrange(0x4E00, 0x6E00)) for _ in range(2)) for _ in range(30_000)]
        return "，".join("".join(chance.choices(words, k=6)) for _ in range(POOL_CHARACTERS // 13))
    pieces, length = [], 0
    for row in texts_of(texts):
        pieces.append(row["text"])
        length += len(row["text"])
        if length > POOL_CHARACTERS:
            break
    return "\n".join(pieces)


def make(folder: Path, size: int, texts: Path | None) -> tuple[int, int]:
    """Write files of about a GB each; return how many documents, and how many of them are copies."""
    pool = pool_of(texts)
    chance = random.Random(11)  # noqa: S311  the same corpus at every run
    written = number = copies = 0
    before = ""
    while written < size:
        with (folder / f"{written // FILE_BYTES:04d}.jsonl").open("wb") as file:
            while file.tell() < min(FILE_BYTES, size - written):
                is_copy = number % COPIES == COPIES - 1
                before = before if is_copy else mutated(pool, chance, number)
                copies += is_copy
                row = {"id": f"d{number}", "source": f"s{number % 15}", "text": before}
                file.write(orjson.dumps(row) + b"\n")
                number += 1
            written += file.tell()
    return number, copies


def mutated(pool: str, chance: random.Random, number: int) -> str:
    """Return a passage with two characters changed and a mark of its own, so that no two are equal."""
    length = 100 + int(chance.expovariate(1 / 700))
    start = chance.randrange(len(pool) - length)
    first, second = start + length // 3, start + 2 * length // 3
    mark = f"{fold(pool[first])}{number}{pool[second]}"
    return f"{pool[start:first]}{mark}{pool[first + 1 : second]}某{pool[second + 1 : start + length]}"


@dataclass
class Watch:
    """What a scan and its workers take, seen from outside."""

    process: subprocess.Popen[str]
    merging: Step | None = None
    _seen: list[Step] = field(default_factory=list)
    _done: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def follow(self) -> str:
        """Read what the scan tells until it ends; return the last line."""
        sampler = threading.Thread(target=self._sample)
        sampler.start()
        last = ""
        assert self.process.stdout is not None
        try:
            for line in self.process.stdout:
                if line.startswith("{"):
                    last = line
                else:
                    self._done = int(line)
            self.process.wait()
        finally:
            self._ended.set()
            sampler.join()
        return last

    def steps(self, size: int) -> list[Step]:
        """Return what was seen in each tenth of the corpus, start-up left out; the rest is `merging`."""
        scanning = [step for step in self._seen if 0 < step.done < size]
        bounds = [scanning[0].done + (size - scanning[0].done) * at // STEPS for at in range(STEPS)]
        starts = sorted({_first(scanning, bound) for bound in bounds} | {len(scanning) - 1})
        self.merging = _between([step for step in self._seen if step.done >= size])
        parts = [_between(scanning[start : stop + 1]) for start, stop in pairwise(starts)]
        return [part for part in parts if part.done]

    def _sample(self) -> None:
        started = time.perf_counter()
        while not self._ended.wait(0.5):
            tree = [self.process.pid, *_below(self.process.pid)]
            driver, *others = [_resident(pid) for pid in tree]
            step = Step(
                done=self._done,
                seconds=time.perf_counter() - started,
                processor=sum(_processor(pid) for pid in tree),
                driver=driver,
                worker=max(others, default=0.0),
            )
            self._seen.append(step)


def _first(steps: list[Step], done: int) -> int:
    """Return the place of the first step at which so much was done."""
    return next((at for at, step in enumerate(steps) if step.done >= done), len(steps) - 1)


def _between(steps: list[Step]) -> Step:
    """Return what was done and taken between the first and the last, and the most memory."""
    if not steps:
        return Step(0, 0.0, 0.0, 0.0, 0.0)
    first, last = steps[0], steps[-1]
    return Step(
        done=last.done - first.done,
        seconds=last.seconds - first.seconds,
        processor=max(0.0, last.processor - first.processor),
        driver=max(step.driver for step in steps),
        worker=max(step.worker for step in steps),
    )


def _below(pid: int) -> list[int]:
    """Return all processes below one, whichever of its threads started them."""
    found: list[int] = []
    for listed in Path("/proc").glob(f"{pid}/task/*/children"):
        try:
            children = [int(one) for one in listed.read_text("ascii").split()]
        except OSError:
            continue
        found += [one for child in children for one in (child, *_below(child))]
    return found


def _resident(pid: int) -> float:
    """Return the resident set in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1e3


def _processor(pid: int) -> float:
    """Return the processor seconds of a process, with those of children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(one) for one in fields[11:15]) / TICKS


if __name__ == "__main__":
    main()
