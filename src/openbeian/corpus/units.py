"""Units of work: a corpus cut into pieces that can be read on their own, in any order, anywhere.

A plain JSONL or text file is cut into byte ranges, a Parquet file into row groups; a compressed file,
CSV or WARC is one piece. What is found does not depend on where the cuts are.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.corpus.documents import Problem, ProblemKind
from openbeian.corpus.optional import optional
from openbeian.corpus.streams import CODECS, is_remote

__all__ = ["DEFAULT_UNIT_BYTES", "File", "Form", "Plan", "Unit", "plan_units"]

DEFAULT_UNIT_BYTES: Final = 64 << 20


class Form(StrEnum):
    """How documents are written in a file."""

    JSONL = "jsonl"
    TEXT = "text"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"


_FORMS: Final = {
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
    ".json": Form.JSONL,
    ".txt": Form.TEXT,
    ".csv": Form.CSV,
    ".parquet": Form.PARQUET,
    ".warc": Form.WARC,
    ".wet": Form.WARC,
}
_UNKNOWN: Final = -1
_FARTHEST: Final = 1 << 62
_IN_RANGES: Final = frozenset({Form.JSONL, Form.TEXT})


class Unit(NamedTuple):
    """A piece of one file; `start` to `stop` are bytes, or row groups of a Parquet file."""

    path: str
    form: str
    codec: str
    start: int
    stop: int
    size: int
    """How many bytes of storage it stands for, for the progress only."""

    @property
    def key(self) -> str:
        """What names this unit in the manifest."""
        named = f"{self.path}\n{self.form}\n{self.codec}\n{self.start}\n{self.stop}"
        return hashlib.sha256(named.encode()).hexdigest()[:32]


class File(NamedTuple):
    """A file of a corpus, and its bytes of storage, where they are known (else -1)."""

    path: str
    size: int


class Plan(NamedTuple):
    """All units of a corpus, what was found that is none, and the files, in the order of their names."""

    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]
    files: tuple[File, ...] = ()


def plan_units(paths: Sequence[str], *, unit_bytes: int = DEFAULT_UNIT_BYTES) -> Plan:
    """Return the units of all files under `paths`, each file once, in the order of their names.

    Raises:
        BadInputError: A path does not exist.
        CouldNotRunError: An address can't be reached, or the package for it is missing.
    """
    files: dict[str, File] = {}
    problems: list[Problem] = []
    for path in paths:
        found = list(_listed(path))
        wrong = [problem for file in found if (problem := _problem_with(file.path))]
        if len(wrong) == len(found):
            problems.append(Problem(_spelt(path), 0, ProblemKind.NO_FILES))
        problems += wrong
        files.update((file.path, file) for file in found if not _problem_with(file.path))
    ordered = tuple(files[path] for path in sorted(files))
    units = [unit for file in ordered for unit in _units_of(file, unit_bytes, problems)]
    return Plan(tuple(units), tuple(sorted(set(problems))), ordered)


def _listed(path: str) -> Iterator[File]:
    if is_remote(path):
        yield from _listed_remotely(path)
        return
    if not Path(path).exists():
        raise _missing(path)
    if Path(path).is_file():
        yield File(path, Path(path).stat().st_size)
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file():
                yield File(str(file), file.stat().st_size)


def _listed_remotely(path: str) -> Iterator[File]:
    try:
        files, address = optional("fsspec", "fsspec").core.url_to_fs(path)
        found = files.find(address, detail=True)
        is_there = bool(found) or files.exists(address)
        sizes = {name: _size_of(files, name, entry) for name, entry in sorted(found.items())}
    except (ImportError, OSError, ValueError) as error:
        raise _unreachable(path, error) from error
    if not is_there:
        raise _missing(path)
    for name, size in sizes.items():
        yield File(files.unstrip_protocol(name), size)


def _size_of(files: Any, name: str, entry: dict[str, Any]) -> int:  # noqa: ANN401  any file system of fsspec
    """Return the size; a list of links, as a web server gives it, has none, and has to be asked again."""
    size = entry.get("size")
    if size is None:
        size = files.info(name).get("size")
    return _UNKNOWN if size is None else int(size)


def _missing(path: str) -> BadInputError:
    return BadInputError(
        f"找不到语料路径 {path}；请检查拼写。", f"There is no corpus at {path}; check the spelling."
    )


def _unreachable(path: str, error: Exception) -> CouldNotRunError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return CouldNotRunError(
        f"无法打开语料地址 {path}（{reason}）；请检查地址与凭据，并安装其 fsspec 组件（s3:// 需要 s3fs）。",
        f"The corpus at {path} can't be opened ({reason}); check address and credentials, and install its "
        "fsspec package (s3:// needs s3fs).",
    )


def _problem_with(path: str) -> Problem | None:
    """Return why a file is none that is read."""
    if _spelt(path) != path:
        return Problem(_spelt(path), 0, ProblemKind.WRONG_NAME)
    return Problem(path, 0, ProblemKind.UNKNOWN_FORMAT) if _form_of(path)[0] is None else None


def _spelt(path: str) -> str:
    """Return a path as evidence can hold it: bytes of a name that are no UTF-8 are spelt out."""
    return path.encode("utf-8", "backslashreplace").decode()


def _form_of(path: str) -> tuple[Form | None, str]:
    stem, suffix = os.path.splitext(path.lower())  # noqa: PTH122  addresses too
    if suffix in CODECS:
        return _FORMS.get(os.path.splitext(stem)[1]), CODECS[suffix]  # noqa: PTH122
    return _FORMS.get(suffix), ""


def _units_of(file: File, unit_bytes: int, problems: list[Problem]) -> Iterable[Unit]:
    form, codec = _form_of(file.path)
    assert form is not None
    if form is Form.PARQUET:
        return _row_groups(file, problems)
    if codec or form not in _IN_RANGES:
        return [Unit(file.path, form, codec, 0, file.size, max(0, file.size))]
    if file.size == _UNKNOWN:
        return [Unit(file.path, form, "", 0, _FARTHEST, 0)]
    starts = range(0, file.size, unit_bytes)
    stops = [min(start + unit_bytes, file.size) for start in starts]
    return [
        Unit(file.path, form, "", start, stop, stop - start)
        for start, stop in zip(starts, stops, strict=True)
    ]


def _row_groups(file: File, problems: list[Problem]) -> Iterable[Unit]:
    from openbeian.corpus.parquet import count_row_groups  # noqa: PLC0415  pyarrow is an extra

    try:
        groups = count_row_groups(file.path)
    except OSError as error:
        problems.append(Problem(file.path, 0, ProblemKind.BROKEN_FILE, type(error).__name__))
        return []
    share = max(0, file.size) // max(1, groups)
    return [Unit(file.path, Form.PARQUET, "", group, group + 1, share) for group in range(groups)]
