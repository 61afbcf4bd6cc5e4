"""A Merkle tree grown leaf by leaf in tiles of 256 hashes: only the tiles at its right edge are held.

Whoever checks or resumes a log of any length needs these few hundred hashes and no more.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from openbeian_gate.verify.merkle import EMPTY_ROOT, node_hash
from openbeian_gate.verify.tiles import TILE_WIDTH

__all__ = ["OnTile", "TiledTree", "subtree_root"]

OnTile: TypeAlias = Callable[[int, int, Sequence[bytes]], None]
"""Takes the level and index of a tile, and its hashes."""
_HEIGHT = 8


class TiledTree:
    """A growing tree; every tile that becomes full is handed to `on_tile` and let go."""

    __slots__ = ("_on_tile", "_rows", "size")

    def __init__(self, on_tile: OnTile, rows: Sequence[Sequence[bytes]] = (), size: int = 0) -> None:
        """Start empty, or from the hashes at the right edge of a tree of `size`, a row of each level."""
        self.size = size
        self._on_tile = on_tile
        self._rows = [list(row) for row in rows]

    def append(self, hashed_leaf: bytes) -> None:
        """Add a leaf's hash on the right."""
        self.size += 1
        level, added = 0, hashed_leaf
        while True:
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(added)
            if len(row) < TILE_WIDTH:
                return
            self._on_tile(level, (self.size >> _HEIGHT * (level + 1)) - 1, row)
            self._rows[level] = []
            level, added = level + 1, subtree_root(row)

    def partial_tiles(self) -> Iterator[tuple[int, int, Sequence[bytes]]]:
        """Yield level, index and hashes of each tile at the right edge that is not full, the lowest first."""
        for level, row in enumerate(self._rows):
            if row:
                yield level, self.size >> _HEIGHT * (level + 1), row

    def root(self, lowest: Sequence[bytes] | None = None) -> bytes:
        """Return the root; with other hashes in the place of those at the edge of level 0 where given."""
        rows = [*self._rows] or [[]]
        rows[0] = rows[0] if lowest is None else list(lowest)
        root: bytes | None = None
        for row in rows:
            for complete in _complete_subtrees(row):
                root = complete if root is None else node_hash(complete, root)
        return EMPTY_ROOT if root is None else root


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _complete_subtrees(row: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the roots of the complete subtrees that a row splits into, from the right to the left."""
    end = len(row)
    while end:
        width = end & -end
        yield subtree_root(row[end - width : end])
        end -= width
