"""The Merkle tree of RFC 6962 and RFC 9162: hashes, and the checks of inclusion and consistency.

A leaf and a node are hashed with different first bytes, so neither can pass for the other. A consistency
proof from an empty tree would prove nothing, and is refused.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from openbeian_gate.errors import BadProofError

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "Frontier",
    "InclusionStep",
    "check_consistency",
    "check_inclusion",
    "inclusion_steps",
    "leaf_hash",
    "node_hash",
]

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours' parent."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the complete subtrees from left to right: enough to grow a tree and name its root."""

    __slots__ = ("_roots", "size")

    def __init__(self) -> None:
        """Start with an empty tree."""
        self.size = 0
        self._roots: list[bytes] = []

    def append(self, hashed_leaf: bytes) -> None:
        """Add a leaf's hash on the right."""
        self._roots.append(hashed_leaf)
        self.size += 1
        # Each power of two that divides the new size closes a pair of complete subtrees.
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self._roots.pop()
            self._roots.append(node_hash(self._roots.pop(), right))

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self._roots:
            return EMPTY_ROOT
        *rest, root = self._roots
        for left in reversed(rest):
            root = node_hash(left, root)
        return root


def check_inclusion(index: int, size: int, hashed_leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Check that the tree of `size` leaves under `root` has `hashed_leaf` at `index` (RFC 9162 §2.1.3.2).

    Raises:
        BadProofError: The path does not show it.
    """
    computed = hashed_leaf
    for step in inclusion_steps(index, size, hashed_leaf, path):
        computed = step.parent
    if computed != root:
        raise _unproved("收录", "inclusion")


class InclusionStep(NamedTuple):
    """One step of the way from a leaf to the root."""

    sibling: bytes
    is_left: bool
    """Whether the sibling stands to the left."""
    parent: bytes
    """The hash of both."""


def inclusion_steps(
    index: int, size: int, hashed_leaf: bytes, path: Sequence[bytes]
) -> Iterator[InclusionStep]:
    """Yield each step of an inclusion path, with the hash it leads to; the last one's is the root.

    Raises:
        BadProofError: The path is not as long as it must be, or there is no such leaf.
    """
    if not 0 <= index < size:
        raise _unproved("收录", "inclusion")
    computed = hashed_leaf
    for sibling, is_left in _steps(index, size - 1, path, ("收录", "inclusion")):
        computed = node_hash(sibling, computed) if is_left else node_hash(computed, sibling)
        yield InclusionStep(sibling, is_left, computed)


def check_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the new tree begins with all the leaves of the old one (RFC 9162 §2.1.4.2).

    Raises:
        BadProofError: The path does not show it, or the old tree is empty.
    """
    if not 0 < old_size <= new_size:
        raise _unproved("一致性", "consistency")
    if old_size == new_size:
        if path or old_root != new_root:
            raise _unproved("一致性", "consistency")
        return
    # An old tree that is one complete subtree is its own first step.
    first, *rest = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path) or [b""]
    shift = ((old_size - 1) ^ old_size).bit_length() - 1  # the trailing ones of old_size - 1
    old, new = first, first
    steps = _steps((old_size - 1) >> shift, (new_size - 1) >> shift, rest, ("一致性", "consistency"))
    for sibling, is_left in steps:
        if is_left:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    if old != old_root or new != new_root:
        raise _unproved("一致性", "consistency")


def _steps(
    position: int, last: int, path: Iterable[bytes], what: tuple[str, str]
) -> Iterator[tuple[bytes, bool]]:
    """Yield each hash of a path, and whether it lies to the left; the path must end at the root."""
    for sibling in path:
        if last == 0:
            raise _unproved(*what)
        is_left = bool(position & 1) or position == last
        yield sibling, is_left
        # On the right edge, levels at which the node has no sibling are passed over.
        while is_left and position and not position & 1:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if last:
        raise _unproved(*what)


def _unproved(zh: str, en: str) -> BadProofError:
    return BadProofError(
        f"日志的{zh}证明不成立，不要相信该内容，并向登记机关报告。",
        f"The log's {en} proof does not hold; don't believe this, and report it to the register.",
    )
