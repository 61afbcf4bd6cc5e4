"""Oddities of published lists: each with its code, its place, what was found, what was decided and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from openbeian.core.text import Text
from openbeian.published.places import Place
from openbeian.standards.reading import read_file

__all__ = ["LeftOut", "Oddity", "OddityKind", "left_out_reasons", "oddity_kinds"]

_DATA = Path(__file__).parent / "data"


class OddityKind(NamedTuple):
    """What may be odd: `what` is found and what is `decided`, with `{found}` and `{taken}` to fill in."""

    what: Text
    decided: Text


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd at a place of a list; `found` is what stands there, `taken` what was made of it."""

    code: str
    place: Place
    found: str
    taken: str = ""

    @property
    def what(self) -> Text:
        """Say what was found."""
        return oddity_kinds()[self.code].what.fill(found=self.found, taken=self.taken)

    @property
    def decided(self) -> Text:
        """Say what was decided and why."""
        return oddity_kinds()[self.code].decided.fill(found=self.found, taken=self.taken)

    @property
    def said(self) -> Text:
        """Say the place, what was found and what was decided, in one sentence."""
        where, what, decided = self.place.said, self.what, self.decided
        return Text(f"{where.zh}：{what.zh}；{decided.zh}。", f"{where.en}: {what.en}; {decided.en}.")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not taken: its place, the code of the reason, and what stood there."""

    place: Place
    reason: str
    found: str = ""

    @property
    def said(self) -> Text:
        """Say the place, the reason and what stood there."""
        where, reason = self.place.said, left_out_reasons()[self.reason]
        stood = Text(f"（{self.found}）", f" ({self.found})") if self.found else Text("", "")
        return Text(f"{where.zh}：{reason.zh}{stood.zh}", f"{where.en}: {reason.en}{stood.en}")


@lru_cache
def oddity_kinds() -> Mapping[str, OddityKind]:
    """Return every kind of oddity by its code."""
    return MappingProxyType(
        {
            code: OddityKind(entry.text("what"), entry.text("decided"))
            for code, entry in read_file(_DATA / "oddities.yaml").named()
        }
    )


@lru_cache
def left_out_reasons() -> Mapping[str, Text]:
    """Return every reason to leave a row out by its code."""
    file = read_file(_DATA / "left_out.yaml")
    return MappingProxyType({code: file.text(code) for code in file.fields})
