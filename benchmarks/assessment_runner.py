"""Measure what an answer costs our runner, beside bare aiohttp and other runners, against a mock server.

Run: python benchmarks/assessment_runner.py [--peers-venv DIR] [--to FILE] [--only NAME ...]

With --peers-venv, each peer is installed from PyPI into an environment of its own under DIR (once, some
minutes); without it only ours and aiohttp run. The server answers after 200 ms and has a core to itself, the
client another. Processor time is the figure to go by: a busy machine disturbs it least. Answers a second are
counted by the server once as many were answered as are in flight at once. Nothing is asserted.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

HERE = Path(__file__).parent / "assessment_peers"
LATENCY_MS, IN_FLIGHT = 200, 256
FEW, SOME, MANY = 400, 2_000, 20_000
INSTALL_S, RUN_S = 300, 600
QUESTION = "第 {} 个问题：请说明办理某项手续需要准备哪些材料，以及应当向哪个部门提出申请？"
VERSION = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))"


@dataclass(frozen=True)
class Runner:
    """Something that asks all questions: a script, and what it needs from PyPI where it isn't ours."""

    name: str
    script: str
    package: str
    needs: tuple[str, ...] = ()
    many: bool = False

    def python(self, peers: Path | None) -> Path:
        """Return the interpreter it runs in, which is made if needed."""
        if not self.needs:
            return Path(sys.executable)
        if peers is None:
            raise LookupError("not asked for: give --peers-venv DIR")
        python = peers.absolute() / self.package / "bin" / "python"
        if not python.exists():
            install(python, self.needs)
        return python


RUNNERS = (
    Runner("aiohttp, bare", "aiohttp_bare", "aiohttp", many=True),
    Runner("**openbeian**", "ours", "openbeian", many=True),
    Runner("lm-eval", "lm_eval_peer", "lm_eval", ("lm-eval[api]",)),
    Runner("EvalScope", "evalscope_peer", "evalscope", ("evalscope",)),
    Runner("inspect_ai", "inspect_ai_peer", "inspect_ai", ("inspect_ai", "openai")),
)


@dataclass(frozen=True)
class Cost:
    """What one run took: processor seconds, the largest process, and what the server saw."""

    cpu_s: float
    rss_mb: float
    rate: float
    in_flight: int


@dataclass(frozen=True)
class Place:
    """Where everything happens: the server's address, the client's core, a folder for what is left."""

    url: str
    core: int
    folder: Path

    def seen(self) -> dict[str, float]:
        """Return what the server has seen since this was asked for last."""
        with urlopen(f"{self.url}/stats") as response:  # noqa: S310  our own server
            seen: dict[str, float] = json.load(response)
        return seen


def install(python: Path, needs: Sequence[str]) -> None:
    """Make an environment and install into it; a failed one is removed."""
    place = python.parent.parent
    venv.create(place, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", *needs]
    try:
        subprocess.run(command, check=True, timeout=INSTALL_S, capture_output=True, text=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        shutil.rmtree(place)
        said = getattr(error, "stderr", "") or ""
        last = said.strip().splitlines()[-1:] if isinstance(said, str) else []
        raise LookupError(f"not installed: {(last or [type(error).__name__])[0][:160]}") from error


@contextmanager
def mock_llm(core: int) -> Iterator[str]:
    """Run the server on a core for the duration; give its address."""
    with on_core(core):
        command = [sys.executable, str(HERE / "mock_llm.py"), str(LATENCY_MS)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Have the processes that are started meanwhile run on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def timed(command: Sequence[str], core: int, log: Path) -> tuple[float, float]:
    """Run a program on a core; return its processor seconds and its resident set at most, in MB."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if command[0] == sys.executable:
        environment = dict(os.environ)
    with on_core(core), log.open("w") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    late = threading.Timer(RUN_S, process.kill)
    late.start()
    _, status, usage = os.wait4(process.pid, 0)
    late.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text("utf-8", "replace").strip().splitlines()[-1:] or ["nothing said"]
        raise RuntimeError(f"ended with {process.returncode}: {said[0][:160]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def ask(runner: Runner, python: Path, size: int, place: Place) -> Cost:
    """Have a runner ask so many questions, once."""
    questions = place.folder / f"questions-{size}.jsonl"
    if not questions.exists():
        rows = ({"id": f"q{number}", "text": QUESTION.format(number)} for number in range(size))
        questions.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    out = place.folder / runner.script
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    place.seen()
    script = str(HERE / f"{runner.script}.py")
    command = [str(python), script, f"{place.url}/v1", str(questions), str(IN_FLIGHT), str(out)]
    cpu_s, rss_mb = timed(command, place.core, place.folder / "log")
    seen = place.seen()
    if seen["requests"] < size:
        raise RuntimeError(f"asked {seen['requests']} of {size} questions")
    return Cost(cpu_s, rss_mb, seen["answers_per_s"], int(seen["most_in_flight"]))


def measure(runner: Runner, python: Path, place: Place) -> dict[int, Cost]:
    """Return what each number of questions costs."""
    sizes = (FEW, SOME, MANY) if runner.many else (FEW, SOME)
    costs = {}
    for size in sizes:
        costs[size] = ask(runner, python, size, place)
        print(f"{runner.name}: {size} answers, {costs[size]}", file=sys.stderr)
    return costs


def slope_ms(costs: dict[int, Cost]) -> float:
    """Return the processor time of one more answer, in ms: from the fewest to the most that were asked."""
    fewest, most = min(costs), max(costs)
    return (costs[most].cpu_s - costs[fewest].cpu_s) / (most - fewest) * 1e3


def rows_of(runner: Runner, called: str, costs: dict[int, Cost], floor_ms: float) -> Iterator[str]:
    """Yield a runner's lines of the table."""
    for size in sorted(costs)[1:]:
        cost, ms = costs[size], slope_ms({FEW: costs[FEW], size: costs[size]})
        yield (
            f"| {runner.name} {called} | {size:,} | {ms:.2f} | {ms / floor_ms:.1f} | {cost.cpu_s:.1f} "
            f"| {cost.rate:,.0f} | {cost.in_flight} | {cost.rss_mb:.0f} |"
        )


def table(peers: Path | None, only: Sequence[str]) -> str:
    """Measure and return the page's table and what could not be measured."""
    cores = sorted(os.sched_getaffinity(0))
    lines, left_out, floor_ms, report = [], [], 0.0, ""
    with tempfile.TemporaryDirectory() as name, mock_llm(cores[0]) as url:
        place = Place(url, cores[-1], Path(name))
        for runner in RUNNERS:
            if only and runner.package not in {*only, "aiohttp"}:
                continue
            try:
                python = runner.python(peers)
                costs = measure(runner, python, place)
            except (LookupError, RuntimeError) as reason:
                left_out.append(f"- {runner.name}: {reason}")
                continue
            floor_ms = floor_ms or slope_ms(costs)
            asked = [str(python), "-c", VERSION, runner.package]
            called = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
            lines += rows_of(runner, called, costs, floor_ms)
            if runner.script == "ours":
                report = report_line(place)
    head = (
        "| runner | answers | CPU ms an answer | × bare | CPU s in all | answers/s | in flight | RSS, MB |",
        "|---|---|---|---|---|---|---|---|",
    )
    missing = ["", "Not measured:", "", *left_out] if left_out else []
    return "\n".join([*head, *lines, *(["", report] if report else []), *missing])


def report_line(place: Place) -> str:
    """Return the sentence about computing and writing our report from the evidence left."""
    run, log = place.folder / "ours" / "run", place.folder / "log"
    cpu_s, rss_mb = timed([sys.executable, str(HERE / "our_report.py"), str(run)], place.core, log)
    answers, own_s = log.read_text().split()
    size = (run / "evidence.jsonl").stat().st_size / 1e6
    return (
        f"Report and pages from {int(answers):,} answers ({size:.0f} MB of evidence, every link checked): "
        f"{float(own_s):.1f} s of processor time, {cpu_s:.1f} s with start-up; {rss_mb:.0f} MB."
    )


def machine() -> str:
    """Return what the figures were measured on."""
    at = datetime.now(UTC).date().isoformat()  # noqa: TID251  a benchmark dates its own table
    load = os.getloadavg()[0]
    return (
        f"{at}, {os.cpu_count()} cores, load average {load:.1f} at the start; Python "
        f"{platform.python_version()}, aiohttp {version('aiohttp')}, hyperscan {version('hyperscan')}, "
        f"orjson {version('orjson')}."
    )


PAGE = """# The assessment runner, measured · 评估引擎实测

    python benchmarks/assessment_runner.py --peers-venv DIR --to docs/reference/assessment-benchmark.md

{machine}

Mock server: answers of {answer} after {latency} ms, a process and a core of its own; the client has another,
{in_flight} in flight. Of openbeian everything is on: a committed draw, the keyword judge with 10,000 terms,
hash-chained evidence, the report and its pages. The others search the answer for one string (EvalScope and
lm-eval: their cheapest scorer); bare aiohttp keeps nothing.

CPU ms an answer is the slope from {few} answers on, so start-up is left out; CPU s in all has it. Go by these
figures: answers/s suffer from whatever else the machine does. RSS is the most that the largest process had.

{table}

Aims: at most 1 ms an answer, at least 1,000 answers/s, at most 100 MB at 20,000 answers, the report in less
than 5 s.
"""


def main() -> None:
    """Measure, print, and write the page if asked to."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--peers-venv", type=Path, metavar="DIR")
    arguments.add_argument("--to", type=Path, metavar="FILE")
    arguments.add_argument("--only", nargs="*", default=(), choices=[runner.package for runner in RUNNERS])
    given = arguments.parse_args()
    page = PAGE.format(
        machine=machine(),
        answer="1.2 kB",
        latency=LATENCY_MS,
        in_flight=IN_FLIGHT,
        few=FEW,
        table=table(given.peers_venv, given.only),
    )
    print(page)
    if given.to:
        given.to.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
