"""The public log: a directory of static files that any web server can serve (C2SP tlog-tiles).

Crash safety rests on one order: entries and tiles are written first and forced to disk, the checkpoint last,
each by renaming a finished file into place. What a crash leaves beyond the checkpoint was never
promised to anybody, is not looked at on resuming, and is written over. A checkpoint is only ever signed over a tree
whose left part has been recomputed to the root of the checkpoint before it: the log can't fork.
"""

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.trust.files import replace_file, sync_directories
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.notes import check_key_name, sign_checkpoint
from openbeian.trust.paths import consistency_path, inclusion_path, range_root
from openbeian_gate.errors import GateError
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.log_entry import MAX_LEAF_BYTES
from openbeian_gate.verify.merkle import leaf_hash, node_hash
from openbeian_gate.verify.proof import build_proof_file
from openbeian_gate.verify.tiles import (
    CHECKPOINT_PATH,
    ENTRIES,
    TILE_WIDTH,
    pack_entries,
    split_entries,
    split_hashes,
    tile_path,
)

__all__ = ["LogDamagedError", "TileLog"]

_LOCK = ".sequencer"
_TILE_HEIGHT = 8
_CACHED_TILES = 1024


class LogDamagedError(CouldNotRunError):
    """The files of the log contradict its checkpoint; nothing may be appended."""

    code = "log_damaged"


class TileLog:
    """A log in a directory. One process at a time may append; any number may read."""

    def __init__(self, directory: Path, signer: Ed25519Signer, *, origin: str) -> None:
        """Open the log `origin` in `directory`, or prepare to begin it there.

        Raises:
            BadInputError: `origin` cannot name a log.
            LogDamagedError: There is a checkpoint, but not this log's, or the files contradict it.
        """
        check_key_name(origin)
        self._directory = directory
        self._signer = signer
        self._origin = origin
        self._tile = lru_cache(_CACHED_TILES)(self._read_tile)
        self._checkpoint: Checkpoint | None = None
        self._reload()

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The latest checkpoint; None before the first append."""
        return self._checkpoint

    @property
    def size(self) -> int:
        """How many entries the log holds."""
        return 0 if self._checkpoint is None else self._checkpoint.size

    def append(self, leaves: Sequence[bytes], *, at: datetime, after: int | None = None) -> Checkpoint:
        """Append `leaves` in order and publish the checkpoint over them. None at all dates the log anew.

        Args:
            leaves: The entries' bytes.
            at: The time to cosign the checkpoint with.
            after: The size the caller takes the log to have; whoever feeds a log from a queue gives it, so
                that after a crash nothing is appended twice.

        Raises:
            BadInputError: An entry is empty or too long; nothing was appended.
            NotNowError: The log does not have the size `after`; nothing was appended.
            LogDamagedError: The files contradict the checkpoint.
            CouldNotRunError: The disk refused; what was written counts for nothing.
        """
        for leaf in leaves:
            if not 0 < len(leaf) <= MAX_LEAF_BYTES:
                raise BadInputError(
                    f"日志条目应为 1–{MAX_LEAF_BYTES} 字节，实为 {len(leaf)}；请只记录哈希与公开事实。",
                    f"A log entry takes 1–{MAX_LEAF_BYTES} bytes, not {len(leaf)}; log hashes and public facts.",
                )
        try:
            with self._sequencing():
                self._reload()
                if after is not None and after != self.size:
                    raise NotNowError(
                        f"日志已有 {self.size} 条，而不是 {after} 条；请重新读取后再追加。",
                        f"The log holds {self.size} entries, not {after}; read it again before appending.",
                    )
                return self._publish(leaves, at)
        except OSError as error:
            raise CouldNotRunError(
                f"无法写入日志目录 {self._directory}；请检查磁盘与权限。",
                f"The log directory {self._directory} cannot be written ({error}); check disk and permissions.",
            ) from error

    def leaf(self, index: int) -> bytes:
        """Return the entry at `index`.

        Raises:
            BadInputError: There is none.
        """
        self._check_index(index)
        bundle, offset = divmod(index, TILE_WIDTH)
        return self._entries(bundle)[offset]

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """Return the path from the entry at `index` to the root of the latest checkpoint.

        Raises:
            BadInputError: There is no such entry.
        """
        self._check_index(index)
        return tuple(inclusion_path(index, self.size, self._subtree_root))

    def consistency_proof(self, old_size: int, new_size: int | None = None) -> tuple[bytes, ...]:
        """Return the path that shows the log of `old_size` to be the beginning of that of `new_size`.

        Raises:
            BadInputError: Not 0 < `old_size` ≤ `new_size` ≤ the size of the log.
        """
        end = self.size if new_size is None else new_size
        if not 0 < old_size <= end <= self.size:
            raise BadInputError(
                f"没有从 {old_size} 到 {end} 的一致性证明；日志有 {self.size} 条。",
                f"There is no consistency proof from {old_size} to {end}: the log holds {self.size} entries.",
            )
        return tuple(consistency_path(old_size, end, self._subtree_root))

    def proof_file(self, index: int) -> bytes:
        """Return a `.tlog-proof` file: the entry at `index`, its path, and the latest checkpoint.

        Raises:
            BadInputError: There is no such entry.
        """
        path = self.inclusion_proof(index)
        assert self._checkpoint is not None, "a log with an entry has a checkpoint"
        return build_proof_file(index, path, self.leaf(index), self._checkpoint.note)

    def _publish(self, leaves: Sequence[bytes], at: datetime) -> Checkpoint:
        size = self.size + len(leaves)
        written = self._write_tiles(leaves)
        self._tile.cache_clear()
        sync_directories(self._directory, written)
        root = range_root(0, size, lambda height, index: self._subtree_root(height, index, size))
        note = sign_checkpoint(self._origin, size, root, self._signer, at)
        replace_file(self._directory / CHECKPOINT_PATH, note.encode())
        sync_directories(self._directory, [self._directory / CHECKPOINT_PATH])
        self._reload()
        for path in written:
            # Once a tile is full and published, its partial versions are not needed by anyone.
            shutil.rmtree(path.with_name(path.name + ".p"), ignore_errors=True)
        assert self._checkpoint is not None, "it was just written"
        return self._checkpoint

    def _write_tiles(self, leaves: Sequence[bytes]) -> list[Path]:
        """Write every bundle and tile that `leaves` touch, lowest level first; return their paths."""
        written: list[Path] = []
        added = [leaf_hash(leaf) for leaf in leaves]
        self._write_level(ENTRIES, self.size, list(leaves), written)
        level, size = 0, self.size
        while added:
            full = self._write_level(level, size, added, written)
            added = [_root_of(hashes) for hashes in full]
            level, size = level + 1, size // TILE_WIDTH
        return written

    def _write_level(
        self, level: int | str, size: int, added: list[bytes], written: list[Path]
    ) -> list[list[bytes]]:
        """Extend one level that has `size` items by `added`; return the contents of the tiles now full."""
        full: list[list[bytes]] = []
        index, width = divmod(size, TILE_WIDTH)
        items = self._items(level, index, width) + added
        for start in range(0, len(items), TILE_WIDTH):
            held = items[start : start + TILE_WIDTH]
            path = self._directory / tile_path(level, index + start // TILE_WIDTH, len(held))
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, pack_entries(held) if level == ENTRIES else b"".join(held))
            written.append(path)
            if len(held) == TILE_WIDTH:
                full.append(held)
        return full

    def _items(self, level: int | str, index: int, width: int) -> list[bytes]:
        if not width:
            return []
        if isinstance(level, str):
            return self._entries(index)
        return self._tile(level, index, width)

    def _entries(self, index: int) -> list[bytes]:
        width = min(self.size - index * TILE_WIDTH, TILE_WIDTH)
        return self._split(tile_path(ENTRIES, index, width), width, entries=True)

    def _read_tile(self, level: int, index: int, width: int) -> list[bytes]:
        return self._split(tile_path(level, index, width), width, entries=False)

    def _split(self, path: str, width: int, *, entries: bool) -> list[bytes]:
        split = split_entries if entries else split_hashes
        try:
            return split((self._directory / path).read_bytes(), width)
        except (OSError, GateError) as error:
            raise self._damaged(path) from error

    def _subtree_root(self, height: int, index: int, size: int | None = None) -> bytes:
        """Return the root of a complete subtree, from the tile that holds it or the hashes it is made of."""
        level, rest = divmod(height, _TILE_HEIGHT)
        tile, offset = divmod(index << rest, TILE_WIDTH)
        held = (self.size if size is None else size) >> (_TILE_HEIGHT * level)
        hashes = self._tile(level, tile, min(held - tile * TILE_WIDTH, TILE_WIDTH))
        return _root_of(hashes[offset : offset + (1 << rest)])

    def _reload(self) -> None:
        """Take the checkpoint on disk, and make sure the tiles at the right edge lead to its root."""
        path = self._directory / CHECKPOINT_PATH
        if not path.exists():
            return
        try:
            signed = parse_checkpoint(path.read_bytes())
            checkpoint = verify_checkpoint(signed, public_key_set(self._signer), origin=self._origin)
        except GateError as error:
            raise self._damaged(CHECKPOINT_PATH) from error
        if self._checkpoint is not None and checkpoint.note == self._checkpoint.note:
            return
        self._tile.cache_clear()
        size = checkpoint.size
        if (
            range_root(0, size, lambda height, index: self._subtree_root(height, index, size))
            != checkpoint.root
        ):
            raise self._damaged("tile")
        self._checkpoint = checkpoint

    @contextmanager
    def _sequencing(self) -> Iterator[None]:
        """Hold the right to append; another process that has it is waited for."""
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _check_index(self, index: int) -> None:
        if not 0 <= index < self.size:
            raise BadInputError(
                f"日志没有第 {index} 条，共 {self.size} 条（从 0 数起）。",
                f"The log has no entry {index}: it holds {self.size}, counted from 0.",
            )

    def _damaged(self, path: str) -> LogDamagedError:
        return LogDamagedError(
            f"日志 {self._origin} 的 {path} 与检查点不符；请停止写入，从副本恢复 {self._directory}。",
            f"{path} of the log {self._origin} does not fit its checkpoint; "
            f"stop writing and restore {self._directory} from a copy.",
        )


def _root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
