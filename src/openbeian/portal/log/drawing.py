"""Where an entry lies in the tree: the places of the nodes on its way to the root, for a small picture.

The entry stands at the foot, the root on top; each step up joins it with its sibling, which stands to the
left or to the right as it does in the tree. Pure: sizes in, places out.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["Drawn", "Joined", "draw"]

_WIDTH: Final = 320
_STEP: Final = 56
"""How high one step up is, in pixels."""
_MARGIN: Final = 34
_SPREAD: Final = 62
"""How far a node stands from the middle of its pair."""
_LABEL_SHIFT: Final = 12


class Joined(NamedTuple):
    """One step: a node, its sibling beside it, their parent above."""

    number: int
    own_x: int
    sibling_x: int
    y: int
    parent_x: int
    parent_y: int
    sibling: str
    """The first digits of the sibling's hash."""
    label_x: int
    anchor: str
    """On which side of the sibling its hash is written, as SVG says it."""


class Drawn(NamedTuple):
    """The picture."""

    width: int
    height: int
    steps: tuple[Joined, ...]
    own_x: int
    own_y: int
    root_x: int
    root_y: int


def draw(siblings: Sequence[tuple[str, bool]]) -> Drawn:
    """Return the picture of a path: each sibling's hash and whether it is on the left, the lowest first."""
    height = 2 * _MARGIN + _STEP * len(siblings)
    middle = _WIDTH // 2
    steps = []
    for number, (hashed, is_left) in enumerate(siblings, 1):
        y = height - _MARGIN - _STEP * (number - 1)
        side = 1 if is_left else -1
        own_x, sibling_x = middle + side * _SPREAD, middle - side * _SPREAD
        above = siblings[number][1] if number < len(siblings) else None
        parent_x = middle if above is None else middle + (_SPREAD if above else -_SPREAD)
        steps.append(
            Joined(
                number,
                own_x,
                sibling_x,
                y,
                parent_x,
                y - _STEP,
                hashed[:8],
                sibling_x - side * _LABEL_SHIFT,
                "end" if is_left else "start",
            )
        )
    own_x = steps[0].own_x if steps else middle
    return Drawn(_WIDTH, height, tuple(steps), own_x, height - _MARGIN, middle, _MARGIN)
