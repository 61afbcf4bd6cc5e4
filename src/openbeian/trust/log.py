"""The public log: a directory of static files that any web server can serve (C2SP tlog-tiles).

Crash safety rests on one order: entries and tiles are written first and forced to disk, the checkpoint last,
each by renaming a finished file into place. What a crash leaves beyond the checkpoint was never promised to
anybody, is not looked at on resuming, and is written over. Before anything is appended, the tiles must lead
to the root of the checkpoint they are under: the log can't fork. It begins with a checkpoint over
nothing, so that tiles without any checkpoint are never taken for a log about to begin.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.trust.files import replace_file, sync_directories
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.notes import check_key_name, sign_checkpoint, with_signature_lines
from openbeian.trust.paths import consistency_path, inclusion_path
from openbeian.trust.tile_store import TileStore
from openbeian_gate.errors import GateError
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.log_entry import MAX_LEAF_BYTES
from openbeian_gate.verify.proof import build_proof_file
from openbeian_gate.verify.tiles import CHECKPOINT_PATH

__all__ = ["LogDamagedError", "TileLog"]

_LOCK = ".sequencer"


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
        self._tiles = TileStore(directory)
        self._checkpoint: Checkpoint | None = None
        self.reload()

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._origin

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint as of opening, `reload` or `append`; None before the first append."""
        return self._checkpoint

    @property
    def size(self) -> int:
        """How many entries the log holds, under that checkpoint."""
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
            LogDamagedError: The files contradict the checkpoint; nothing was appended.
            CouldNotRunError: The disk refused; what was written counts for nothing.
        """
        _check_leaves(leaves)
        with self._guarded():
            self._directory.mkdir(parents=True, exist_ok=True)
            with (self._directory / _LOCK).open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # another process that appends is waited for
                self._check_edge()
                if after is not None and after != self.size:
                    raise NotNowError(
                        f"日志已有 {self.size} 条，而不是 {after} 条；请重新读取后再追加。",
                        f"The log holds {self.size} entries, not {after}; read it again before appending.",
                    )
                return self._extend(leaves, at)

    def add_cosignatures(self, lines: Sequence[str], *, over: Checkpoint) -> Checkpoint:
        """Put signature lines of witnesses on the checkpoint, each in place of an older one by the same key.

        Args:
            lines: Checked by the caller: whoever reads the log passes over lines by keys they don't trust.
            over: The checkpoint that the lines are over.

        Raises:
            NotNowError: Another checkpoint has been published since; nothing was written.
            LogDamagedError: The files contradict the checkpoint; nothing was written.
            CouldNotRunError: The disk refused.
        """
        with self._guarded(), (self._directory / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._check_edge()
            held = self._checkpoint
            if held is None or (held.size, held.root) != (over.size, over.root):
                raise NotNowError(
                    f"日志已不在大小 {over.size}；请就新的检查点重新请求见证。",
                    f"The log has moved on from size {over.size}; ask the witnesses for the new checkpoint.",
                )
            return self._write_checkpoint(with_signature_lines(held.note, lines))

    def reload(self) -> None:
        """Take up what another process has appended since.

        Raises:
            LogDamagedError: The checkpoint is gone, not this log's, or older, or the files contradict it.
        """
        with self._guarded():
            self._check_edge()

    def leaf(self, index: int) -> bytes:
        """Return the entry at `index`.

        Raises:
            BadInputError: There is none.
        """
        self._check_index(index)
        with self._guarded():
            return self._tiles.entry(index, self.size)

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """Return the path from the entry at `index` to the root of the checkpoint.

        Raises:
            BadInputError: There is no such entry.
        """
        self._check_index(index)
        with self._guarded():
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
        with self._guarded():
            return tuple(consistency_path(old_size, end, self._subtree_root))

    def proof_file(self, index: int) -> bytes:
        """Return a `.tlog-proof` file: the entry at `index`, its path, and the checkpoint.

        Raises:
            BadInputError: There is no such entry.
        """
        path = self.inclusion_proof(index)
        assert self._checkpoint is not None, "a log with an entry has a checkpoint"
        return build_proof_file(index, path, self.leaf(index), self._checkpoint.note)

    def _extend(self, leaves: Sequence[bytes], at: datetime) -> Checkpoint:
        if self._checkpoint is None:
            self._publish(0, at)
            sync_directories(self._directory.parent, [self._directory])
        written = self._tiles.extend(self.size, leaves) if leaves else []
        checkpoint = self._publish(self.size + len(leaves), at)
        self._tiles.drop_partials(written)
        return checkpoint

    def _publish(self, size: int, at: datetime) -> Checkpoint:
        root = self._tiles.root(size)
        return self._write_checkpoint(sign_checkpoint(self._origin, size, root, self._signer, at))

    def _write_checkpoint(self, note: str) -> Checkpoint:
        path = self._directory / CHECKPOINT_PATH
        replace_file(path, note.encode())
        sync_directories(self._directory, [path])
        self._checkpoint = self._verified(note.encode())
        return self._checkpoint

    def _check_edge(self) -> None:
        """Take the checkpoint on disk after checking that it follows ours and the tiles lead to its root."""
        path = self._directory / CHECKPOINT_PATH
        if not path.exists():
            if self._checkpoint is not None or not self._tiles.is_empty():
                raise self._damaged("没有检查点", "it has no checkpoint")
            return
        checkpoint = self._verified(path.read_bytes())
        if checkpoint.size < self.size:
            raise self._damaged("检查点比先前的旧", "its checkpoint is older than one seen before")
        self._tiles.forget()
        if self._tiles.root(checkpoint.size) != checkpoint.root:
            raise self._damaged("瓦片与检查点不符", "its tiles do not lead to the root of its checkpoint")
        self._checkpoint = checkpoint

    def _verified(self, note: bytes) -> Checkpoint:
        return verify_checkpoint(parse_checkpoint(note), public_key_set(self._signer), origin=self._origin)

    def _subtree_root(self, height: int, index: int) -> bytes:
        return self._tiles.subtree_root(height, index, self.size)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn what goes wrong with the files into one of two errors."""
        try:
            yield
        except GateError as error:
            raise self._damaged(error.text.zh.rstrip("。"), str(error).rstrip(".")) from error
        except FileNotFoundError as error:
            raise self._damaged(f"缺少 {error.filename}", f"{error.filename} is missing") from error
        except OSError as error:
            raise CouldNotRunError(
                f"无法读写日志目录 {self._directory}；请检查磁盘与权限。",
                f"The log directory {self._directory} fails ({error}); check disk and permissions.",
            ) from error

    def _check_index(self, index: int) -> None:
        if not 0 <= index < self.size:
            raise BadInputError(
                f"日志没有第 {index} 条，共 {self.size} 条（从 0 数起）。",
                f"The log has no entry {index}: it holds {self.size}, counted from 0.",
            )

    def _damaged(self, zh: str, en: str) -> LogDamagedError:
        return LogDamagedError(
            f"日志 {self._origin} 已损坏（{zh}）；请停止写入，从副本恢复 {self._directory}。",
            f"The log {self._origin} is damaged ({en}); stop writing, and restore {self._directory}.",
        )


def _check_leaves(leaves: Sequence[bytes]) -> None:
    for leaf in leaves:
        if not 0 < len(leaf) <= MAX_LEAF_BYTES:
            raise BadInputError(
                f"日志条目应为 1–{MAX_LEAF_BYTES} 字节，实为 {len(leaf)}；请只记录哈希与公开事实。",
                f"A log entry has 1–{MAX_LEAF_BYTES} bytes, not {len(leaf)}; log hashes and public facts.",
            )
