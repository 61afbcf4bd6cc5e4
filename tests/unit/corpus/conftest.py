"""Corpora written to real files."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest

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
