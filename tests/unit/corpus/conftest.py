"""Corpora written to real files."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from openbeian.cli.corpus import app
from openbeian.corpus import Batch, Fields, Problem, Unit, plan_units, read_unit

Write = Callable[..., Path]


def jsonl(rows: Iterable[Any]) -> bytes:
    """Return rows as JSON lines."""
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def read_all(path: Path | str, *, unit_bytes: int = 64 << 20) -> tuple[list[Batch], list[Problem]]:
    """Read a whole corpus; batches and problems."""
    plan = plan_units([str(path)], unit_bytes=unit_bytes)
    problems = list(plan.problems)
    batches = [batch for unit in plan.units for batch in read_unit(unit, Fields(), problems.append)]
    return batches, problems


def documents(batches: Iterable[Batch]) -> list[tuple[int, str, str, str]]:
    """Return offset, id, source and text of every document."""
    return [row for b in batches for row in zip(b.offsets, b.ids, b.sources, b.texts, strict=True)]


def units(path: Path, unit_bytes: int) -> tuple[Unit, ...]:
    """Return the units of a corpus."""
    return plan_units([str(path)], unit_bytes=unit_bytes).units


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file into the test's own folder."""

    def at(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return at


def run(*arguments: str, code: int = 0) -> str:
    """Run `beian corpus`; return what it prints."""
    ended = CliRunner().invoke(app, list(arguments))
    assert ended.exit_code == code, ended.output
    return ended.output


@pytest.fixture(scope="session")
def made_scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a corpus with 120 documents of two sources, a key, and the finished scan in `out`."""
    folder = tmp_path_factory.mktemp("scanned")
    rows = [
        {"id": f"d{n}", "source": f"s{n % 2}", "text": f"<b>第{n}篇</b>" + ("毒品" if n % 40 == 0 else "")}
        for n in range(120)
    ]
    (folder / "c.jsonl").write_bytes(jsonl(rows) + b"broken\n")
    words = [{"keywords": "k", "version": "1"}, {"term": "毒品", "risk": "A.1.a"}]
    (folder / "k.jsonl").write_bytes(jsonl(words))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("BEIAN_LANG", "en")
        run("scan", "c.jsonl", "--keywords", "k.jsonl", "--out", "out", "--quiet", "--sign-key", "key.pem")
    return folder


@pytest.fixture
def scanned(made_scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished scan of a test's own."""
    shutil.copytree(made_scan, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("BEIAN_LANG", "en")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"
