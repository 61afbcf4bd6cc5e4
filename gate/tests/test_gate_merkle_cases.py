"""The cases that Certificate Transparency's libraries are tested with, made anew from a naive tree.

For each of a few places in a few trees there is a proof that holds, and everything that is commonly got wrong
with it: another place, another size, another leaf or root, a hash too many or too few at either end, one
altered. Each case is counted, so that none is passed over by accident.
"""

import hashlib
from collections.abc import Iterator

import pytest

from openbeian_gate.errors import BadProofError
from openbeian_gate.verify.merkle import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash, node_hash

LEAVES = [leaf_hash(bytes([n]) * n) for n in range(12)]
OTHER = hashlib.sha256(b"another").digest()


def root_of(hashes):
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root_of(hashes[:left]), root_of(hashes[left:]))


def inclusion(index, hashes):
    if len(hashes) == 1:
        return []
    left = 1 << (len(hashes) - 1).bit_length() - 1
    if index < left:
        return [*inclusion(index, hashes[:left]), root_of(hashes[left:])]
    return [*inclusion(index - left, hashes[left:]), root_of(hashes[:left])]


def consistency(old, hashes, *, is_whole=True):
    if old == len(hashes):
        return [] if is_whole else [root_of(hashes)]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    if old <= left:
        return [*consistency(old, hashes[:left], is_whole=is_whole), root_of(hashes[left:])]
    return [*consistency(old - left, hashes[left:], is_whole=False), root_of(hashes[:left])]


def altered_paths(path: list[bytes], *roots: bytes) -> Iterator[tuple[str, list[bytes]]]:
    yield "with a hash more at the end", [*path, OTHER]
    yield "with a hash more at the start", [OTHER, *path]
    for root in roots:
        yield "with a root at the end", [*path, root]
        yield "with a root at the start", [root, *path]
    if path:
        yield "without the last hash", path[:-1]
        yield "without the first hash", path[1:]
        yield "with nothing in it", []
        yield "with the last hash twice", [*path, path[-1]]
        yield "with its first hash altered", [OTHER, *path[1:]]
        yield "with its last hash altered", [*path[:-1], OTHER]
        yield "with a hash of no length", [*path[:-1], b""]
    if len(path) > 1:
        yield "turned round", path[::-1]


def inclusion_cases() -> Iterator[tuple[str, bool, tuple]]:
    for index, size in ((0, 1), (0, 2), (1, 2), (0, 8), (5, 8), (2, 3), (1, 5), (4, 5), (10, 11), (3, 7)):
        leaf, root = LEAVES[index], root_of(LEAVES[:size])
        path = inclusion(index, LEAVES[:size])
        yield "right", True, (index, size, leaf, path, root)
        for what, other in (("before", index - 1), ("behind", index + 1), ("turned", index ^ 2)):
            yield f"the place {what}", False, (other, size, leaf, path, root)
        for what, other in (("doubled", size * 2), ("too small", index), ("none", 0), ("negative", -size)):
            yield f"the size {what}", False, (index, other, leaf, path, root)
        for what, other in (("another", OTHER), ("of no length", b""), ("turned", leaf[::-1])):
            yield f"a leaf {what}", False, (index, size, other, path, root)
        for what, other in (("another", OTHER), ("of no length", b""), ("of nothing", EMPTY_ROOT)):
            yield f"a root {what}", False, (index, size, leaf, path, other)
        for what, other in altered_paths(path, root):
            yield f"a path {what}", False, (index, size, leaf, other, root)


def consistency_cases() -> Iterator[tuple[str, bool, tuple]]:
    for old, new in ((1, 1), (1, 2), (1, 8), (2, 5), (4, 8), (6, 8), (3, 7), (5, 11), (8, 11), (11, 11)):
        before, after = root_of(LEAVES[:old]), root_of(LEAVES[:new])
        path = consistency(old, LEAVES[:new])
        yield "right", True, (old, before, new, after, path)
        yield "from nothing", False, (0, EMPTY_ROOT, new, after, [])
        yield "from nothing with a path", False, (0, EMPTY_ROOT, new, after, path)
        yield "from less than nothing", False, (-1, before, new, after, path)
        yield "to less", False, (old, before, old - 1, after, path)
        if old < new:
            yield "the other way round", False, (new, after, old, before, path)
            yield "the roots exchanged", False, (old, after, new, before, path)
            yield "taken for no growth", False, (old, before, old, after, path)
            yield "the new root for the old", False, (old, after, new, after, path)
        yield "another old root", False, (old, OTHER, new, after, path)
        yield "another new root", False, (old, before, new, OTHER, path)
        yield "an old root of no length", False, (old, b"", new, after, path)
        yield "a new root of nothing", False, (old, before, new, EMPTY_ROOT, path)
        for what, other in altered_paths(path, before, after):
            yield f"a path {what}", False, (old, before, new, after, other)


def judged(check, cases) -> tuple[list[str], list[str]]:
    """Return the cases that hold, and those that a check judges wrongly."""
    right, wrong = [], []
    for what, holds, case in cases:
        try:
            check(*case)
            accepted = True
        except BadProofError:
            accepted = False
        if holds:
            right.append(what)
        if accepted is not holds:
            wrong.append(f"{what}: {case[0]}, {case[1 if check is check_inclusion else 2]}")
    return right, wrong


@pytest.mark.parametrize(
    ("check", "cases"), [(check_inclusion, inclusion_cases), (check_consistency, consistency_cases)]
)
def test_every_case_is_judged_rightly(check, cases):
    listed = list(cases())
    assert len(listed) >= 98
    assert judged(check, listed) == (["right"] * 10, [])
