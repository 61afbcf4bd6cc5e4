"""Inclusion and consistency paths of a Merkle tree (RFC 6962 §2.1), from the roots of complete subtrees.

Pure: where the roots come from is the caller's affair.
"""

from collections.abc import Callable
from typing import TypeAlias

from openbeian_gate.verify.merkle import EMPTY_ROOT, node_hash

__all__ = ["SubtreeRoot", "consistency_path", "inclusion_path", "range_root"]

SubtreeRoot: TypeAlias = Callable[[int, int], bytes]
"""Gives the root over the leaves from `index << height` on, `1 << height` of them."""


def range_root(start: int, end: int, root: SubtreeRoot) -> bytes:
    """Return the root over the leaves from `start` up to `end`, a range as the tree is split into."""
    width = end - start
    if width == 0:
        return EMPTY_ROOT
    if width & (width - 1) == 0:
        height = width.bit_length() - 1
        return root(height, start >> height)
    middle = start + _left_width(width)
    return node_hash(range_root(start, middle, root), range_root(middle, end, root))


def inclusion_path(index: int, size: int, root: SubtreeRoot) -> list[bytes]:
    """Return the path of the leaf `index` in the tree of `size` leaves, from the leaf upwards."""
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            path.append(range_root(middle, end, root))
            end = middle
        else:
            path.append(range_root(start, middle, root))
            start = middle
    return path[::-1]


def consistency_path(old_size: int, new_size: int, root: SubtreeRoot) -> list[bytes]:
    """Return the path that shows the first `old_size` of `new_size` leaves to be the old tree."""
    path: list[bytes] = []
    start, end = 0, new_size
    while end > old_size:
        middle = start + _left_width(end - start)
        if old_size <= middle:
            path.append(range_root(middle, end, root))
            end = middle
        else:
            path.append(range_root(start, middle, root))
            start = middle
    # The verifier has the old root; it needs this one only where the old tree is not a subtree of the new.
    if start:
        path.append(range_root(start, end, root))
    return path[::-1]


def _left_width(width: int) -> int:
    """Return the largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1
