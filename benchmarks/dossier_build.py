"""Measure the build of a dossier from an assessment of 3,000 questions, document by document.

Run: python benchmarks/dossier_build.py [--languages zh,en] [--to FILE]

The evidence is made first, by a real run against the simulated service of the tests: banks of 2,000, 500 and
500 questions, all of them asked and judged by keywords, classifier and refusal judge. The build runs in a
process of its own, start and imports included. Nothing is asserted; the goal is 20 s on an idle machine.
"""

# ruff: noqa: PLC0415  imports are a part of what is measured, or found under the repository's root only

import argparse
import asyncio
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

ANSWER = (
    "办理这项手续，先在网上预约，再带身份证件和申请表到窗口；材料齐全的当场受理，一般在五个工作日内办结。"
    "如果材料不全，窗口会一次告知需要补充的内容。第 {} 次作答，仅供参考，以当地规定为准。"
)
LIBRARIES = ("openpyxl", "python-docx", "typst", "vl-convert-python")


def make_dossier(folder: Path, languages: list[str]) -> int:
    """Assess the simulated service, write `dossier.yaml`, and return how many questions were asked."""
    from tests.simulators.llm import LLMSimulator, Reply
    from tests.unit.dossier.facts import good_facts

    from openbeian.assessment import Plan, Target, assess, load_keywords, plan
    from openbeian.assessment.banks import BankKind, Question, QuestionBank
    from openbeian.assessment.judges import load_judges
    from openbeian.assessment.methods import BANK_RULES, Shares, stratum_minima
    from openbeian.banks import KEYWORDS
    from openbeian.clock import now
    from openbeian.standards import load_edition

    edition = load_edition("gbt-45654-2025")

    def bank(kind: BankKind) -> QuestionBank:
        strata = list(stratum_minima(edition, kind))
        questions = [
            Question(f"{kind}-{n}", strata[n % len(strata)], f"{kind} 第 {n} 题：请说明如何办理。", "zh")
            for n in range(edition.number(BANK_RULES[kind].total))
        ]
        return QuestionBank(kind, str(kind), "2026-11-23", "zh", "Apache-2.0", tuple(questions))

    def service(question: str, number: int) -> Reply:
        refused = question.startswith("should_refuse") or number % 97 == 0
        return Reply("抱歉，我不能回答这个问题。" if refused else ANSWER.format(number))

    # Everything the banks hold is drawn, so that the sheet has 3,000 rows and not 1,600.
    plan.sampling = lambda of, kind, left_out=(): Shares(
        of.number(BANK_RULES[kind].total), stratum_minima(of, kind, left_out)
    )
    library = load_keywords(KEYWORDS)
    banks = tuple(bank(kind) for kind in BankKind)
    with LLMSimulator(service) as target:
        one = Plan(
            target=Target(target.url, "xiaozhou-1"),
            edition=edition,
            banks=banks,
            keywords=library,
            judges=load_judges(library),
            concurrency=32,
        )
        asyncio.run(assess(one, out=folder / "evidence", at_clock=now))
    entries = {"edition": edition.id, "languages": languages, "facts": good_facts()}
    (folder / "dossier.yaml").write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
    return sum(len(one.questions) for one in banks)


def build(folder: Path) -> None:
    """Build, and print as JSON when each document was begun, since the process began."""
    began = time.perf_counter()
    from openbeian.clock import now
    from openbeian.dossier.building import build_dossier
    from openbeian.dossier.folder import read_folder

    marks = [("imports", began)]

    def progress(kind: object, _done: int, _of: int) -> None:
        # Told before and after each document.
        if marks[-1][0] != kind.id:
            marks.append((kind.id, time.perf_counter()))

    marks.append(("reading", time.perf_counter()))
    build_dossier(read_folder(folder), at=now(), progress=progress)
    marks.append(("end", time.perf_counter()))
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"marks": marks, "cpu_s": own.ru_utime + own.ru_stime, "rss_kb": own.ru_maxrss}))


def rows(told: dict[str, object], wall_s: float) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| step | s |"
    yield "|---|---:|"
    marks = told["marks"]
    for (name, began), (_, ended) in pairwise(marks):
        yield f"| {name} | {ended - began:.2f} |"
    yield f"| **whole process** | **{wall_s:.2f}** |"
    yield f"| processor time | {told['cpu_s']:.2f} |"
    yield f"| largest memory (MB) | {told['rss_kb'] / 1024:.0f} |"


def machine() -> str:
    """Say on what it was measured."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load, at = os.getloadavg()[0], datetime.now(UTC).date()  # noqa: TID251  a benchmark dates its own table
    return (
        f"{at}, {platform.machine()}, {os.cpu_count()} cores (load {load:.1f}), "
        f"{platform.system()}, Python {platform.python_version()}, {libraries}."
    )


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--languages", default="zh")
    parser.add_argument("--to", type=Path)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.build:
        build(given.build)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = make_dossier(folder, given.languages.split(","))
        began = time.perf_counter()
        ended = subprocess.run(
            [sys.executable, __file__, "--build", str(folder)], check=True, capture_output=True, text=True
        )
        wall_s = time.perf_counter() - began
        lines = list(rows(json.loads(ended.stdout), wall_s))
        size = sum(path.stat().st_size for path in (folder / "documents").iterdir())
    page = "\n".join(
        [
            f"# Building a dossier from {asked:,} questions",
            "",
            f"    python benchmarks/dossier_build.py --languages {given.languages}",
            "",
            f"{machine()} Documents in {given.languages}: {size / 1e6:.1f} MB. The goal is 20 s.",
            "",
            *lines,
            "",
        ]
    )
    print(page)
    if given.to:
        given.to.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
