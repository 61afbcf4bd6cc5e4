"""Drawing filings to be inspected again: committed first, seeded by a later checkpoint, redrawable."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from openbeian.core.errors import BadInputError
from openbeian.evidence.draws import SeedSource, derive_seed, draw_sample

__all__ = ["FORMAT", "Reinspection", "commitment_of"]

FORMAT: Final = "openbeian-reinspection-1"
_ALL: Final = ""
"""Filings are drawn from one heap."""


def commitment_of(numbers: Iterable[str], size: int) -> str:
    """Return the SHA-256 of what is drawn from and how many: what is logged before anything is drawn."""
    committed = {"format": FORMAT, "numbers": sorted(set(numbers)), "size": size}
    text = json.dumps(committed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reinspection:
    """A draw, with everything that is needed to draw it again."""

    numbers: tuple[str, ...]
    size: int
    commitment: str
    checkpoint: str
    """The log's signed checkpoint whose root hash the seed follows from."""
    drawn: tuple[str, ...]

    @classmethod
    def draw(cls, numbers: Iterable[str], size: int, checkpoint: str) -> Self:
        """Draw `size` of the numbers.

        Raises:
            BadInputError: There are too few, or the checkpoint is none.
        """
        heap = tuple(sorted(set(numbers)))
        commitment = commitment_of(heap, size)
        seed = derive_seed(commitment, SeedSource("checkpoint", checkpoint))
        if not 0 < size <= len(heap):
            raise BadInputError(
                f"共 {len(heap)} 项备案，不能抽 {size} 项；请改抽取数量。",
                f"{size} can't be drawn from {len(heap)} filings; change the number.",
            )
        drawn = draw_sample(dict.fromkeys(heap, _ALL), seed=seed, size=size, minimum={})
        return cls(heap, size, commitment, checkpoint, drawn)

    def as_json(self) -> dict[str, Any]:
        """Return the draw as a file holds it."""
        return {
            "format": FORMAT,
            "numbers": list(self.numbers),
            "size": self.size,
            "commitment": self.commitment,
            "checkpoint": self.checkpoint,
            "drawn": list(self.drawn),
        }

    @classmethod
    def parse(cls, told: object) -> Self:
        """Return the draw in a file, as it says it is; `again` says whether it is right.

        Raises:
            BadInputError: The file is no draw.
        """
        match told:
            case {
                "format": "openbeian-reinspection-1",
                "numbers": [*numbers],
                "size": int(size),
                "commitment": str(commitment),
                "checkpoint": str(checkpoint),
                "drawn": [*drawn],
            } if all(isinstance(one, str) for one in (*numbers, *drawn)):
                return cls(tuple(numbers), size, commitment, checkpoint, tuple(drawn))
        raise BadInputError(
            "文件不是复查抽取记录；请从抽取页面重新下载。",
            "The file is no record of a draw; download it again from the page of the draw.",
        )

    def again(self) -> "Reinspection":
        """Draw once more from what the record names; equal to the record where that is right.

        Raises:
            BadInputError: There is nothing to draw from, or the checkpoint is none.
        """
        return Reinspection.draw(self.numbers, self.size, self.checkpoint)

    def differences(self) -> Mapping[str, tuple[object, object]]:
        """Return what the record says otherwise than drawing again: the name, as recorded, as drawn."""
        right = self.again()
        return {
            name: (getattr(self, name), getattr(right, name))
            for name in ("commitment", "drawn")
            if getattr(self, name) != getattr(right, name)
        }
