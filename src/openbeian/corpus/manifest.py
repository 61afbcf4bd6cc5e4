"""The manifest of a corpus: every file by path, size and SHA-256, made before anything is drawn.

`manifest.jsonl` holds a file a line, in the order of the paths; a scan is committed to the SHA-256 of the
whole, so that neither a file nor the manifest can be changed after the sample is known.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.corpus.folder import written
from openbeian.corpus.streams import STREAM_ERRORS, open_content
from openbeian.corpus.units import File

__all__ = ["MANIFEST", "Entry", "Manifest", "given_manifest", "hashed_all", "make_manifest", "read_manifest"]

MANIFEST: Final = "manifest.jsonl"
_BLOCK: Final = 1 << 20
_SHOWN: Final = 3


class Entry(NamedTuple):
    """A file: its bytes of storage and their SHA-256, which is empty where it can't be read."""

    path: str
    size: int
    sha256: str

    @property
    def line(self) -> bytes:
        """The line of the manifest, with its line feed."""
        value = {"bytes": self.size, "path": self.path, "sha256": self.sha256}
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) + b"\n"


class Manifest(NamedTuple):
    """The files of a corpus, in the order of their paths."""

    entries: tuple[Entry, ...]

    @property
    def content(self) -> bytes:
        """The whole file."""
        return b"".join(entry.line for entry in self.entries)

    @property
    def sha256(self) -> str:
        """What names the manifest."""
        digest = hashlib.sha256()
        for entry in self.entries:
            digest.update(entry.line)
        return digest.hexdigest()

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(entry.size for entry in self.entries)

    def is_of(self, files: Iterable[File]) -> bool:
        """Say whether it names these files with their sizes, and no others."""
        return not list(_other_files(self, files))


def make_manifest(
    files: Iterable[File], to: Path, *, workers: int = 1, progress: Callable[[int], None] = lambda _: None
) -> Manifest:
    """Hash all files, several at a time, into the manifest `to`; one that was interrupted goes on.

    Raises:
        CouldNotRunError: The manifest can't be written; what was hashed is kept beside it.
    """
    ordered = sorted(files)
    unfinished = to.with_name(f"{to.name}.part")
    with written(to.parent):
        entries = _begun(unfinished, ordered)
        progress(sum(entry.size for entry in entries))
        with unfinished.open("wb") as file:
            file.write(b"".join(entry.line for entry in entries))
            for entry in hashed_all(ordered[len(entries) :], workers):
                file.write(entry.line)
                file.flush()
                entries.append(entry)
                progress(entry.size)
        unfinished.replace(to)
    return Manifest(tuple(entries))


def _begun(unfinished: Path, ordered: list[File]) -> list[Entry]:
    """Return the entries of an interrupted manifest, as far as they are of the same files."""
    if not unfinished.exists():
        return []
    entries: list[Entry] = []
    for line, file in zip(unfinished.read_bytes().splitlines(keepends=True), ordered, strict=False):
        entry = _parsed(line)
        if entry is None or (entry.path, entry.size) != file:
            break
        entries.append(entry)
    return entries


def hashed_all(files: Iterable[File], workers: int) -> Iterator[Entry]:
    """Yield the entries of files in their order, several read at a time; after an early stop no more are."""
    threads = ThreadPoolExecutor(workers)
    try:
        yield from threads.map(_hashed, files)
    finally:
        threads.shutdown(cancel_futures=True)


def _hashed(file: File) -> Entry:
    """Return a file's entry, with its bytes as they are read now."""
    digest, size = hashlib.sha256(), 0
    try:
        with open_content(file.path) as content:
            while block := content.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except STREAM_ERRORS:
        return Entry(file.path, max(0, file.size), "")
    return Entry(file.path, size, digest.hexdigest())


def read_manifest(path: Path) -> Manifest:
    """Return the manifest in a file.

    Raises:
        BadInputError: It can't be read, or a line is no entry or stands out of order; it names the line.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise BadInputError(
            f"无法读取语料清单 {path}（{error.strerror}）；请核对路径，或用 beian corpus manifest 生成。",
            f"The manifest {path} can't be read ({error.strerror}); check the path, or make it with beian "
            "corpus manifest.",
        ) from error
    entries: list[Entry] = []
    for number, line in enumerate(lines, 1):
        entry = _parsed(line)
        if entry is None or (entries and entry.path <= entries[-1].path):
            raise BadInputError(
                f"{path} 第 {number} 行不是清单条目或次序不对；请用 beian corpus manifest 重新生成。",
                f"{path}, line {number}: no entry, or out of order; make it with beian corpus manifest.",
            )
        entries.append(entry)
    return Manifest(tuple(entries))


def _parsed(line: bytes) -> Entry | None:
    """Return the entry that a line says, None where it is not written as `Entry.line` writes it."""
    try:
        value = orjson.loads(line)
        entry = Entry(value["path"], value["bytes"], value["sha256"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    is_entry = type(entry.size) is int and all(isinstance(one, str) for one in (entry.path, entry.sha256))
    return entry if is_entry and entry.line == line else None


def given_manifest(path: Path, files: Iterable[File]) -> Manifest:
    """Return a manifest that was made before, which must name these files with their sizes.

    Raises:
        BadInputError: It can't be read, or is of other files; it names the first ones.
    """
    manifest = read_manifest(path)
    wrong = list(_other_files(manifest, files))
    if wrong:
        named = Text("；".join(one.zh for one in wrong[:_SHOWN]), "; ".join(one.en for one in wrong[:_SHOWN]))
        raise BadInputError(
            f"{path} 与语料不符（{len(wrong)} 处）：{named.zh}；请重新生成清单，或核对语料路径。",
            f"{path} is not of this corpus ({len(wrong)} differences): {named.en}; make it again, or check "
            "the paths.",
        )
    return manifest


def _other_files(manifest: Manifest, files: Iterable[File]) -> Iterator[Text]:
    found = {file.path: file.size for file in files}
    listed = {entry.path: entry.size for entry in manifest.entries}
    for path in sorted(found.keys() | listed.keys()):
        if path not in listed:
            yield Text(f"清单中没有 {path}", f"{path} is not listed")
        elif path not in found:
            yield Text(f"语料中没有 {path}", f"{path} is not there")
        elif found[path] not in {listed[path], -1}:
            yield Text(
                f"{path} 有 {found[path]} 字节，清单为 {listed[path]}",
                f"{path} has {found[path]} bytes, listed are {listed[path]}",
            )
