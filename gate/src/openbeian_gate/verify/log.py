"""A whole log checked: every entry, every tile, the root, and that nothing seen before was rewritten.

Nothing in the directory is believed but the checkpoint, once its signature holds: everything else is computed
from the entries and compared.
"""

from collections.abc import Iterator
from pathlib import Path

from openbeian_gate.errors import BadProofError, MalformedError
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.merkle import Frontier, leaf_hash
from openbeian_gate.verify.tiles import (
    CHECKPOINT_PATH,
    ENTRIES,
    TILE_WIDTH,
    split_entries,
    split_hashes,
    tile_path,
    tile_widths,
)

__all__ = ["verify_directory"]


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
        MalformedError: A file is missing or not built as it should be.
        BadSignatureError: The checkpoint is not the trusted log's.
        BadProofError: Entries, tiles, checkpoint or the earlier checkpoint contradict one another.
    """
    signed = parse_checkpoint(_read(directory, CHECKPOINT_PATH))
    checkpoint = verify_checkpoint(signed, keys, origin=origin if since is None else since.origin)
    if since is not None and since.size > checkpoint.size:
        raise _contradiction(f"大小 {checkpoint.size}", f"size {checkpoint.size}")
    roots_below = list(_checked_leaves(directory, checkpoint, since))
    level = 1
    while roots_below:
        roots_below = list(_checked_level(directory, checkpoint.size, level, roots_below))
        level += 1
    return checkpoint


def _checked_leaves(directory: Path, checkpoint: Checkpoint, since: Checkpoint | None) -> Iterator[bytes]:
    """Yield the root of every full tile at level 0, after checking entries, tiles and the log's root."""
    tree = Frontier()
    if since is not None:
        _check_root(tree, since)
    for index, width in enumerate(tile_widths(checkpoint.size, 0)):
        bundle, held = _read_tile(directory, ENTRIES, index, width)
        hashes = [leaf_hash(leaf) for leaf in split_entries(bundle, held)[:width]]
        _check_tile(directory, 0, index, hashes)
        for hashed in hashes:
            tree.append(hashed)
            if since is not None:
                _check_root(tree, since)
        if width == TILE_WIDTH:
            yield _root_of(hashes)
    _check_root(tree, checkpoint)


def _checked_level(directory: Path, size: int, level: int, below: list[bytes]) -> Iterator[bytes]:
    """Yield the root of every full tile at `level`, after checking its tiles against those below."""
    for index, width in enumerate(tile_widths(size, level)):
        hashes = below[index * TILE_WIDTH : index * TILE_WIDTH + width]
        _check_tile(directory, level, index, hashes)
        if width == TILE_WIDTH:
            yield _root_of(hashes)


def _check_tile(directory: Path, level: int, index: int, expected: list[bytes]) -> None:
    tile, held = _read_tile(directory, level, index, len(expected))
    if split_hashes(tile, held)[: len(expected)] != expected:
        path = tile_path(level, index, len(expected))
        raise _contradiction(f"瓦片 {path}", f"tile {path}")


def _check_root(tree: Frontier, checkpoint: Checkpoint) -> None:
    if tree.size == checkpoint.size and tree.root() != checkpoint.root:
        raise _contradiction(f"大小为 {tree.size} 的检查点", f"the checkpoint of size {tree.size}")


def _root_of(hashes: list[bytes]) -> bytes:
    tree = Frontier()
    for hashed in hashes:
        tree.append(hashed)
    return tree.root()


def _read_tile(directory: Path, level: int | str, index: int, width: int) -> tuple[bytes, int]:
    """Return a file and its width: the partial one, or the full one that may have replaced it since."""
    partial = tile_path(level, index, width)
    if (directory / partial).exists():
        return _read(directory, partial), width
    return _read(directory, tile_path(level, index)), TILE_WIDTH


def _read(directory: Path, path: str) -> bytes:
    try:
        return (directory / path).read_bytes()
    except OSError as error:
        raise MalformedError(f"读不到日志文件 {path}", f"the log file {path} cannot be read") from error


def _contradiction(zh: str, en: str) -> BadProofError:
    return BadProofError(
        f"日志的条目与{zh}矛盾，日志可能被改写，请保留副本并报告。",
        f"The log's entries contradict {en}; it may have been rewritten: keep a copy and report it.",
    )
