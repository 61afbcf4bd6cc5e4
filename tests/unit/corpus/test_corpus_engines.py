"""Every engine gives the same bytes, also where a worker or the driver is killed midway."""

import os
import random
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import NoReturn

import pytest

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.corpus import Settings
from openbeian.corpus.engines.choosing import EngineName, engine_named
from tests.unit.corpus.conftest import jsonl

WORDS = ["毒品", "枪枝", "Word", "好", "天气", "13800138000", " "]
UNIT_BYTES = 4096

CLUSTERS = [
    pytest.param(
        (name, cluster),
        marks=pytest.mark.skipif(not find_spec(module), reason=f"needs {module} (make test-engines)"),
        id=name,
    )
    for name, cluster, module in (
        ("ray", "", "ray"),
        ("spark", "local-cluster[2,1,1024]", "pyspark"),
        ("dask", "", "distributed"),
    )
]

SCRIPT = """
import hashlib, sys, time
from pathlib import Path
import orjson
from openbeian.corpus import Limits, Settings, plan_units, scan_corpus, scan
from openbeian.corpus.engines.choosing import EngineName, engine_named
scan._CHECKPOINT_SECONDS = 0
name, cluster, corpus, out, pause = sys.argv[1:]
told = sys.stdout
settings = Settings((("毒品", "A.1.a"),), b"12345678", limits=Limits(50, 20, 2, 30))
def progress(size):
    print(size, flush=True, file=told)
    time.sleep(float(pause))
if __name__ == "__main__":
    plan = plan_units([corpus], unit_bytes=4096)
    engine = engine_named(EngineName(name), cluster)
    done = scan_corpus(plan, settings, Path(out), engine=engine, workers=2, progress=progress)
    found = orjson.dumps([done.tally.as_json(), done.duplicates._asdict()])
    print("result", hashlib.sha256(found).hexdigest(), flush=True, file=told)
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(3)
    folder = tmp_path_factory.mktemp("corpus")
    for file in range(4):
        rows = [
            {"id": f"{file}-{n}", "source": f"s{n % 3}", "text": "".join(chance.choices(WORDS, k=1 + n % 3))}
            for n in range(600)
        ]
        (folder / f"{file}.jsonl").write_bytes(jsonl(rows) + b"broken\n")
    return folder


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "run.py"
    path.write_text(SCRIPT, "utf-8")
    return path


def started(script: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    with script.with_suffix(".log").open("ab") as errors:
        return subprocess.Popen(
            [sys.executable, str(script), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )


def next_size(process: subprocess.Popen[str], script: Path) -> int:
    """Read the size of the next unit that is done; if there is none, show what went wrong."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        end_early(script)
    return int(line)


def end_early(script: Path) -> NoReturn:
    """Fail with what went wrong; where the machine is too busy for Ray's 15 seconds, nothing was shown."""
    told = script.with_suffix(".log").read_text("utf-8", "replace")[-3000:]
    if "(The current node timed out during startup" in told.rstrip().rpartition("\n")[2]:
        pytest.skip("Ray's node did not start in its 15 seconds on this busy machine, five times over")
    pytest.fail(told)


def ended(process: subprocess.Popen[str], script: Path) -> tuple[list[int], str]:
    """Read to the end; the sizes of units that were told, and the digest of the result."""
    assert process.stdout is not None
    lines = process.stdout.read().splitlines()
    if process.wait():
        end_early(script)
    told = [int(line) for line in lines if line.isdecimal()]
    return told, next(line for line in lines if line.startswith("result"))


@pytest.fixture(scope="module")
def expected(corpus: Path, script: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    with started(script, "local", "", corpus, tmp_path_factory.mktemp("local"), "0") as process:
        return ended(process, script)[1]


def descendants(parent: int) -> list[int]:
    """Return all processes below one, whichever of its threads started them."""
    found = []
    for listed in Path("/proc").glob(f"{parent}/task/*/children"):
        try:
            children = [int(pid) for pid in listed.read_text("ascii").split()]
        except OSError:
            continue
        found += [pid for child in children for pid in (child, *descendants(child))]
    return found


SIGNS = {
    "ray": b"ray::",
    "spark": b"CoarseGrainedExecutorBackend",
    "dask": b"spawn_main",
}


def workers(name: str, driver: int) -> list[int]:
    found = []
    for pid in descendants(driver):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if SIGNS[name] in command and (name != "ray" or b"scan_with" in command or b"IDLE" in command):
            found.append(pid)
    return found


@pytest.mark.parametrize("engine", CLUSTERS)
def test_units_of_a_worker_that_is_killed_midway_are_done_once_more(
    corpus: Path, script: Path, expected: str, tmp_path: Path, engine: tuple[str, str]
) -> None:
    with started(script, *engine, corpus, tmp_path / "out", "0.1") as process:
        first = [next_size(process, script) for _ in range(4)]
        os.kill(workers(engine[0], process.pid)[0], signal.SIGKILL)
        told, digest = ended(process, script)
    assert digest == expected
    # Every unit is told once, and what is told adds up to the corpus.
    assert sum(first) + sum(told) == sum(path.stat().st_size for path in corpus.iterdir())


@pytest.mark.parametrize("engine", CLUSTERS)
def test_a_scan_whose_driver_was_killed_goes_on(
    corpus: Path, script: Path, expected: str, tmp_path: Path, engine: tuple[str, str]
) -> None:
    out = tmp_path / "out"
    with started(script, *engine, corpus, out, "0.05") as process:
        for _ in range(8):
            next_size(process, script)
        left_over = descendants(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        for pid in left_over:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)
    with started(script, *engine, corpus, out, "0") as process:
        told, digest = ended(process, script)
    assert digest == expected
    # The last unit of a file is a short one.
    assert told[0] > 4 * UNIT_BYTES


@pytest.mark.parametrize("name", [name for name in EngineName if name is not EngineName.LOCAL])
def test_an_engine_that_is_not_installed_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, name: EngineName
) -> None:
    for module in ("ray", "pyspark", "distributed"):
        monkeypatch.setitem(sys.modules, module, None)
    with (
        pytest.raises(CouldNotRunError, match=rf"needs .*install openbeian\[{name}\]"),
        engine_named(name)(Settings((), b"12345678"), 1),
    ):
        pass


class SlowRay(ModuleType):
    """Stands for Ray on a busy machine: its node is not up in time at first."""

    def __init__(self, fails: int) -> None:
        super().__init__("ray")
        self.fails = fails
        self.calls: list[str] = []
        lost = type("LostError", (Exception,), {})
        self.exceptions = SimpleNamespace(WorkerCrashedError=lost, NodeDiedError=lost, OutOfMemoryError=lost)

    def init(self, **_: object) -> None:
        self.calls.append("init")
        if len(self.calls) // 2 < self.fails:
            raise Exception("The current node timed out during startup.\nMore.")  # noqa: TRY002  as Ray does

    def shutdown(self) -> None:
        self.calls.append("shutdown")

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 2.0}

    def put(self, value: object) -> object:
        return value

    def remote(self, _: object) -> "SlowRay":
        return self

    def options(self, **_: object) -> "SlowRay":
        return self


def test_a_cluster_of_this_machine_gets_five_chances_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings((), b"12345678")
    slow = SlowRay(2)
    monkeypatch.setitem(sys.modules, "ray", slow)
    with engine_named(EngineName.RAY)(settings, 1) as pool:
        assert pool.most == 4
    assert slow.calls == ["init", "shutdown"] * 3
    for address, starts in (("", 5), ("ray://somewhere:1", 1)):
        never = SlowRay(9)
        monkeypatch.setitem(sys.modules, "ray", never)
        with (
            pytest.raises(CouldNotRunError, match=r"\(The current node timed out during startup\.\)"),
            engine_named(EngineName.RAY, address)(settings, 1),
        ):
            pass
        assert never.calls == ["init", "shutdown"] * starts


def test_this_machine_takes_no_address_of_a_cluster() -> None:
    with pytest.raises(BadInputError, match="say which with --engine"):
        engine_named(EngineName.LOCAL, "ray://somewhere:1")
