"""The tiles and bundles of a log in a directory: reading them at a given size, and extending them.

Which size is published is not known here: the log says so at every call.
"""

import shutil
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from openbeian.trust.files import replace_file, sync_directories
from openbeian.trust.paths import range_root
from openbeian_gate.errors import BadProofError
from openbeian_gate.verify.merkle import leaf_hash, node_hash
from openbeian_gate.verify.tiles import (
    ENTRIES,
    TILE_WIDTH,
    pack_entries,
    split_entries,
    split_hashes,
    tile_path,
)

__all__ = ["TileStore"]

_TILE_HEIGHT = 8
_CACHED_TILES = 512


class TileStore:
    """The files below `tile/`."""

    def __init__(self, directory: Path) -> None:
        """Look at the log in `directory`, which need not exist yet."""
        self._directory = directory
        self._subtrees = lru_cache(_CACHED_TILES)(self._read_subtrees)

    def is_empty(self) -> bool:
        """Say whether nothing was ever written."""
        return not (self._directory / "tile").exists()

    def forget(self) -> None:
        """Read every tile from disk again when it is next needed."""
        self._subtrees.cache_clear()

    def entry(self, index: int, size: int) -> bytes:
        """Return the entry at `index` of the log of `size`."""
        bundle, offset = divmod(index, TILE_WIDTH)
        return self._entries(bundle, size)[offset]

    def root(self, size: int) -> bytes:
        """Return the root of the tree of `size` leaves, from the tiles at its right edge."""
        return range_root(0, size, lambda height, index: self.subtree_root(height, index, size))

    def subtree_root(self, height: int, index: int, size: int) -> bytes:
        """Return the root of a complete subtree of the tree of `size` leaves."""
        level, rest = divmod(height, _TILE_HEIGHT)
        tile, offset = divmod(index << rest, TILE_WIDTH)
        width = min((size >> _TILE_HEIGHT * level) - tile * TILE_WIDTH, TILE_WIDTH)
        return self._subtrees(level, tile, width)[rest][offset >> rest]

    def extend(self, size: int, leaves: Sequence[bytes]) -> list[Path]:
        """Write, and force to disk, every file that `leaves` after the first `size` touch; return the paths.

        Raises:
            BadProofError: The entries and the hashes on disk contradict each other.
        """
        self.forget()
        bundle, width = divmod(size, TILE_WIDTH)
        held = self._entries(bundle, size) if width else []
        if [leaf_hash(leaf) for leaf in held] != self._edge(0, size):
            raise BadProofError("条目与瓦片不符。", "Entries and tiles contradict each other.")
        written, _ = self._write(ENTRIES, bundle, [*held, *leaves])
        level, added = 0, [leaf_hash(leaf) for leaf in leaves]
        while added:
            level_size = size >> _TILE_HEIGHT * level
            paths, full = self._write(level, level_size // TILE_WIDTH, self._edge(level, size) + added)
            written += paths
            added = [_root_of(hashes) for hashes in full]
            level += 1
        sync_directories(self._directory, written)
        self.forget()
        return written

    def drop_partials(self, written: Iterable[Path]) -> None:
        """Remove the partial versions of the tiles that are now full: nobody needs them any more."""
        for path in written:
            shutil.rmtree(path.with_name(path.name + ".p"), ignore_errors=True)

    def _write(
        self, level: int | str, first: int, items: list[bytes]
    ) -> tuple[list[Path], list[list[bytes]]]:
        """Write `items` from tile `first` on; return the paths, and what the full tiles hold."""
        paths: list[Path] = []
        tiles = [items[start : start + TILE_WIDTH] for start in range(0, len(items), TILE_WIDTH)]
        for index, held in enumerate(tiles, first):
            path = self._directory / tile_path(level, index, len(held))
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, pack_entries(held) if level == ENTRIES else b"".join(held))
            paths.append(path)
        return paths, [held for held in tiles if len(held) == TILE_WIDTH]

    def _edge(self, level: int, size: int) -> list[bytes]:
        """Return the hashes of the partial tile at the right edge."""
        index, width = divmod(size >> _TILE_HEIGHT * level, TILE_WIDTH)
        return self._subtrees(level, index, width)[0] if width else []

    def _entries(self, index: int, size: int) -> list[bytes]:
        width = min(size - index * TILE_WIDTH, TILE_WIDTH)
        bundle, held = self._read(ENTRIES, index, width)
        return split_entries(bundle, held)[:width]

    def _read_subtrees(self, level: int, index: int, width: int) -> list[list[bytes]]:
        """Return what a tile holds and, by height, the roots over two, four, eight of its hashes and so on.

        A proof needs one of each height: all of them together cost as much as those of one proof.
        """
        tile, held = self._read(level, index, width)
        rows = [split_hashes(tile, held)[:width]]
        while len(rows[-1]) > 1:
            rows.append(_paired(rows[-1]))
        return rows

    def _read(self, level: int | str, index: int, width: int) -> tuple[bytes, int]:
        """Return a file and its width: the partial one asked for, or the full one that has replaced it."""
        try:
            return (self._directory / tile_path(level, index, width)).read_bytes(), width
        except FileNotFoundError:
            return (self._directory / tile_path(level, index)).read_bytes(), TILE_WIDTH


def _root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = _paired(hashes)
    return hashes[0]


def _paired(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the hashes over each two; an odd one at the end stays out."""
    return [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=False)]
