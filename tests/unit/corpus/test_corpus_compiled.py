"""The machine code of the pass over bytes: made once on a machine, kept where it can be, or done without."""

import errno
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openbeian.corpus import compiled
from openbeian.corpus.compiled import compiled_pass
from openbeian.corpus.compiling import unknown_in


def test_code_that_needs_what_nobody_gives_it_is_told_before_it_is_loaded() -> None:
    binding = pytest.importorskip("llvmlite.binding")
    known = "declare void @numba_do_raise(ptr)\ndeclare void @PyErr_Clear()\n@PyAny = external global i8\n"
    assert unknown_in(binding.parse_assembly(known)) == []
    more = known + "declare void @numba_of_tomorrow()\n@nrt_of_tomorrow = external global i8\n"
    assert unknown_in(binding.parse_assembly(more)) == ["nrt_of_tomorrow", "numba_of_tomorrow"]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The compiler, which writes a line here each time it's asked, and is slow."""
    asked: list[int] = []

    def make() -> bytes:
        asked.append(1)
        time.sleep(0.05)
        return b"code"

    monkeypatch.setattr(compiled, "_made", make)
    return asked


def test_the_pass_is_compiled_once_on_a_machine_whoever_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[int]
) -> None:
    binding = pytest.importorskip("llvmlite.binding")
    monkeypatch.setattr(compiled, "_folders", lambda: iter([tmp_path / "cache"]))
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(compiled._code, [binding] * 4)) == [b"code"] * 4
    assert len(made) == 1
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".o"]


def test_where_nothing_can_be_kept_the_pass_is_compiled_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[int]
) -> None:
    binding = pytest.importorskip("llvmlite.binding")
    (tmp_path / "file").touch()
    monkeypatch.setattr(compiled, "_folders", lambda: iter([tmp_path / "file" / "cache"]))
    assert [compiled._code(binding), compiled._code(binding)] == [b"code"] * 2
    assert len(made) == 2


def test_on_a_full_disk_the_pass_is_compiled_once_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[int]
) -> None:
    binding = pytest.importorskip("llvmlite.binding")
    monkeypatch.setattr(compiled, "_folders", lambda: iter([tmp_path / "a", tmp_path / "b"]))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("openbeian.corpus.folder.os.fsync", full)
    assert compiled._code(binding) == b"code"
    assert len(made) == 1
    assert not [*tmp_path.rglob("take_lines*")]


def test_what_is_kept_is_beside_the_program_or_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    beside, own = compiled._folders()
    assert (beside.name, own) == ("__pycache__", tmp_path / "openbeian")


def test_without_numba_or_where_it_fails_lines_are_read_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("llvmlite")

    def fails() -> bytes:
        raise subprocess.CalledProcessError(1, "compiling")

    monkeypatch.setattr(compiled, "_code", lambda _: fails())
    assert compiled_pass.__wrapped__() is None
    monkeypatch.setattr(compiled, "find_spec", lambda _: None)
    assert compiled_pass.__wrapped__() is None
