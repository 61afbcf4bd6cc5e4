"""A whole log checked: every entry, every tile, the root, and that nothing seen before was rewritten.

Nothing that is read is believed but the checkpoint, once its signature holds: everything else is computed
from the entries and compared, entry by entry, with no more in memory than the right edge of the tree. That
every entry is included follows from the root; that a former tree is the beginning, from its own root.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from openbeian_gate.errors import BadProofError, MalformedError
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.log_damage import LogDamagedError, contradiction, cut_back, misbuilt, rewritten
from openbeian_gate.verify.merkle import HASH_BYTES, leaf_hash
from openbeian_gate.verify.note import MAX_NOTE_BYTES
from openbeian_gate.verify.tiled_tree import TiledTree, subtree_root
from openbeian_gate.verify.tiles import (
    CHECKPOINT_PATH,
    ENTRIES,
    MAX_BUNDLE_BYTES,
    TILE_WIDTH,
    split_entries,
    split_hashes,
    tile_path,
)

__all__ = ["CheckEntry", "Directory", "LogDamagedError", "LogFiles", "check_log", "verify_directory"]

CheckEntry = Callable[[bytes], object]
"""Raises `MalformedError` for an entry that is not built as it should be."""
_HEIGHT: Final = 8


class LogFiles(Protocol):
    """Where a log's files are read from."""

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return a file, or as much of it as shows that it has more than `max_bytes`.

        Raises:
            FileNotFoundError: There is none.
        """


class Directory:
    """A log in a directory."""

    def __init__(self, directory: Path) -> None:
        """Look at `directory`, where `checkpoint` and `tile/` lie."""
        self._directory = directory

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return a file; see `LogFiles`."""
        with (self._directory / path).open("rb") as file:
            return file.read(max_bytes + 1)


def verify_directory(
    directory: Path, keys: PublicKeySet, *, origin: str | None = None, since: Checkpoint | None = None
) -> Checkpoint:
    """Recompute a log's directory from its entries and return its checkpoint.

    Args:
        directory: Where `checkpoint` and `tile/` lie.
        keys: The trusted keys.
        origin: The name the log must have; None for any the key signs for.
        since: A checkpoint seen earlier, of which the log must be a continuation.

    Raises:
        MalformedError: The checkpoint is not built as one.
        BadSignatureError: The checkpoint is not the trusted log's.
        LogDamagedError: Entries, tiles, checkpoint or the earlier checkpoint contradict one another.
    """
    files = Directory(directory)
    signed = parse_checkpoint(_read(files, CHECKPOINT_PATH, MAX_NOTE_BYTES))
    checkpoint = verify_checkpoint(signed, keys, origin=origin if since is None else since.origin)
    for _ in check_log(files, checkpoint, since=since):
        pass
    return checkpoint


def check_log(
    files: LogFiles,
    checkpoint: Checkpoint,
    *,
    since: Checkpoint | None = None,
    only_new: bool = False,
    check_entry: CheckEntry | None = None,
) -> Iterator[int]:
    """Check everything under a verified checkpoint; yield after each bundle how many entries hold so far.

    Args:
        files: Where the log is read from.
        checkpoint: The checkpoint, its signature checked.
        since: A checkpoint seen earlier, of which the log must be a continuation.
        only_new: Take what `since` covers as checked then: only its right edge is read, and must lead to
            its root.
        check_entry: Called with every entry's bytes; None where any bytes may be an entry.

    Raises:
        LogDamagedError: Something does not hold; it says where.
        OSError: A file cannot be read for another reason than that it is missing.
    """
    if since is not None and since.size > checkpoint.size:
        raise cut_back(checkpoint.size, since.size)
    checking = _Checking(files, checkpoint, since, check_entry)
    if only_new and since is not None:
        checking.resume(since)
    yield from checking.run()


class _Checking:
    """One pass over a log."""

    def __init__(
        self,
        files: LogFiles,
        checkpoint: Checkpoint,
        since: Checkpoint | None,
        check_entry: CheckEntry | None,
    ) -> None:
        self._files = files
        self._checkpoint = checkpoint
        self._since = since
        self._check_entry = check_entry
        self._tree = TiledTree(self._check_tile)
        self._bundle = ""
        """The bundle of the entry at hand."""

    def resume(self, since: Checkpoint) -> None:
        """Start from the tree of `since`, its right edge read from the tiles and led to its root."""
        rows: list[list[bytes]] = []
        rest = since.size
        while rest:
            index, width = divmod(rest, TILE_WIDTH)
            rows.append(self._read_hashes(len(rows), index, width) if width else [])
            rest = index
        self._tree = TiledTree(self._check_tile, rows, since.size)
        if self._tree.root() != since.root:
            raise rewritten(since.size)

    def run(self) -> Iterator[int]:
        """Check on from where the tree stands."""
        self._compare_with_since()
        size = self._checkpoint.size
        while self._tree.size < size:
            index, skipped = divmod(self._tree.size, TILE_WIDTH)
            width = min(size - index * TILE_WIDTH, TILE_WIDTH)
            for place, leaf in enumerate(self._read_entries(index, width)[skipped:], self._tree.size):
                self._take(place, leaf)
            yield self._tree.size
        for level, index, hashes in self._tree.partial_tiles():
            self._check_tile(level, index, hashes)
        if self._tree.root() != self._checkpoint.root:
            raise contradiction(CHECKPOINT_PATH, None, "检查点", "the checkpoint")

    def _take(self, place: int, leaf: bytes) -> None:
        if self._check_entry is not None:
            try:
                self._check_entry(leaf)
            except MalformedError as error:
                raise misbuilt(self._bundle, place, error) from error
        self._tree.append(leaf_hash(leaf))
        self._compare_with_since()

    def _compare_with_since(self) -> None:
        since = self._since
        if since is not None and self._tree.size == since.size and self._tree.root() != since.root:
            raise rewritten(since.size)

    def _check_tile(self, level: int, index: int, computed: Sequence[bytes]) -> None:
        """Compare the hashes computed for a tile with the file."""
        path = tile_path(level, index, len(computed))
        held = self._read_hashes(level, index, len(computed))
        for place, pair in enumerate(zip(computed, held, strict=True)):
            if pair[0] != pair[1]:
                if level == 0:
                    raise self._entry_or_tile(index * TILE_WIDTH + place, path, held)
                raise contradiction(path, None, f"瓦片 {path} 的第 {place} 个哈希", f"hash {place} of {path}")

    def _entry_or_tile(self, place: int, path: str, held: Sequence[bytes]) -> BadProofError:
        """Say which of the two was altered, where what stands above tells: the entry, or its tile."""
        if self._is_committed(place // TILE_WIDTH, held):
            return contradiction(self._bundle, place, f"其收录的哈希（{path}）", f"its hash in {path}")
        return contradiction(path, place, f"瓦片 {path}", f"tile {path}")

    def _is_committed(self, index: int, held: Sequence[bytes]) -> bool:
        """Say whether the tile above, or else the checkpoint, has been made from the hashes `held`."""
        if len(held) < TILE_WIDTH:
            return self._tree.root(held) == self._checkpoint.root
        above, place = divmod(index, TILE_WIDTH)
        width = min((self._checkpoint.size >> _HEIGHT) - above * TILE_WIDTH, TILE_WIDTH)
        try:
            return self._read_hashes(1, above, width)[place] == subtree_root(held)
        except LogDamagedError:
            return False

    def _read_hashes(self, level: int, index: int, width: int) -> list[bytes]:
        path, tile, held = self._read_tile(level, index, width, TILE_WIDTH * HASH_BYTES)
        try:
            return split_hashes(tile, held)[:width]
        except MalformedError as error:
            raise misbuilt(path, None, error) from error

    def _read_entries(self, index: int, width: int) -> list[bytes]:
        path, bundle, held = self._read_tile(ENTRIES, index, width, MAX_BUNDLE_BYTES)
        self._bundle = path
        try:
            return split_entries(bundle, held)[:width]
        except MalformedError as error:
            raise misbuilt(path, index * TILE_WIDTH, error) from error

    def _read_tile(self, level: int | str, index: int, width: int, most: int) -> tuple[str, bytes, int]:
        """Return path, content and width: the partial file, or the full one that may have replaced it."""
        partial, full = tile_path(level, index, width), tile_path(level, index)
        try:
            return partial, self._files.read(partial, most), width
        except FileNotFoundError:
            if partial == full:
                raise misbuilt(full, None, _missing(full)) from None
        try:
            return full, self._files.read(full, most), TILE_WIDTH
        except FileNotFoundError:
            raise misbuilt(partial, None, _missing(partial)) from None


def _read(files: LogFiles, path: str, most: int) -> bytes:
    try:
        return files.read(path, most)
    except FileNotFoundError:
        raise misbuilt(path, None, _missing(path)) from None


def _missing(path: str) -> MalformedError:
    return MalformedError(f"读不到日志文件 {path}", f"the log file {path} cannot be read")
