"""What a report says of a draw: its seed, where that came from, and whether a checkpoint's signature held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from openbeian.core.text import Text
from openbeian.evidence import Draw

__all__ = ["UNCHECKED", "DrawReport", "is_unchecked"]

_CHECKED: Final = "checked"
_NOT_CHECKED: Final = "not_checked"

UNCHECKED: Final = Text(
    "种子取自日志检查点，但检查点的签名未经核验：无法确认它确由日志发布；"
    "请用 beian assess verify --log-key 核验。",
    "The seed comes from a log checkpoint whose signature was not checked: nothing shows that the log "
    "published it; check it with beian assess verify --log-key.",
)


@dataclass(frozen=True, slots=True)
class DrawReport:
    """A draw over this commitment; `run` names another run's directory, empty for this one."""

    bank: str
    seed: str
    seed_kind: str
    size: int
    drawn_at: datetime
    run: str
    signature: str = ""
    """Of a draw by a checkpoint: `checked` or `not_checked`, when it was drawn; empty for others."""

    @classmethod
    def of(cls, draw: Draw, *, at: datetime, run: str = "") -> Self:
        """Return what is reported of a draw made at a time, perhaps in another run."""
        source = draw.source
        signature = (_CHECKED if source.checked_with else _NOT_CHECKED) if source.kind == "checkpoint" else ""
        return cls(draw.bank, draw.seed, source.kind, draw.size, at, run, signature)

    @property
    def seed_from(self) -> Text:
        """Where the seed comes from, in words."""
        if not self.signature:
            return Text(self.seed_kind, self.seed_kind)
        if self.signature == _CHECKED:
            return Text(f"{self.seed_kind}，签名已核验", f"{self.seed_kind}, signature checked")
        return Text(f"{self.seed_kind}，签名未核验", f"{self.seed_kind}, signature not checked")


def is_unchecked(draws: Iterable[DrawReport]) -> bool:
    """Say whether the sample of this run was drawn by a checkpoint whose signature nobody checked."""
    return any(draw.signature == _NOT_CHECKED and not draw.run for draw in draws)
