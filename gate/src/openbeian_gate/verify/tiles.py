"""Where the files of a tiled log lie, and how entries are packed in them (C2SP tlog-tiles)."""

from collections.abc import Iterable
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.merkle import HASH_BYTES

__all__ = [
    "CHECKPOINT_PATH",
    "ENTRIES",
    "MAX_BUNDLE_BYTES",
    "TILE_WIDTH",
    "pack_entries",
    "split_entries",
    "split_hashes",
    "tile_path",
    "tile_widths",
]

CHECKPOINT_PATH: Final = "checkpoint"
ENTRIES: Final = "entries"
"""Stands in a path where a tile has its level."""
TILE_WIDTH: Final = 256
_LENGTH_BYTES: Final = 2
MAX_BUNDLE_BYTES: Final = TILE_WIDTH * ((1 << 8 * _LENGTH_BYTES) - 1 + _LENGTH_BYTES)
"""The longest bundle there can be: every entry as long as its two bytes can say."""


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile, or of a bundle of entries, relative to the log."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def tile_widths(size: int, level: int) -> Iterable[int]:
    """Yield the widths of the tiles that a tree of `size` leaves has at `level`, left to right."""
    full, rest = divmod(size >> (8 * level), TILE_WIDTH)
    yield from (TILE_WIDTH for _ in range(full))
    if rest:
        yield rest


def pack_entries(leaves: Iterable[bytes]) -> bytes:
    """Return a bundle: each entry after its length in two bytes."""
    return b"".join(len(leaf).to_bytes(_LENGTH_BYTES, "big") + leaf for leaf in leaves)


def split_entries(bundle: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        MalformedError: There are not exactly `width` of them.
    """
    leaves, position = [], 0
    for _ in range(width):
        start = position + _LENGTH_BYTES
        position = start + int.from_bytes(bundle[position:start], "big")
        leaves.append(bundle[start:position])
    if position != len(bundle):
        raise MalformedError(
            f"日志条目包应恰有 {width} 条", f"a bundle of the log should hold {width} entries"
        )
    return leaves


def split_hashes(tile: bytes, width: int) -> list[bytes]:
    """Return the hashes of a tile.

    Raises:
        MalformedError: There are not exactly `width` of them.
    """
    if len(tile) != width * HASH_BYTES:
        raise MalformedError(
            f"日志瓦片应恰有 {width} 个哈希", f"a tile of the log should hold {width} hashes"
        )
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
