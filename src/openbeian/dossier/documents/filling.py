"""Filling a line of a written document: entries of the form in their places, and places still to be written.

{service.name}   the entry, in words; where it is empty, a place still to be written
{?effective day} a place that only the provider can fill
{=route}         what follows from dossier and edition; see `Filler.derived`
**words**        strong
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from openbeian.core.text import Language, Text
from openbeian.dossier.documents.model import Inline, Span, blank
from openbeian.dossier.documents.registry import Material
from openbeian.dossier.form import FIELDS
from openbeian.dossier.stated import ROUTE_NAMES

__all__ = ["Filler"]

_STRONG: Final = re.compile(r"\*\*(.+?)\*\*")
_PLACE: Final = re.compile(r"\{([?=]?)([^{}]+)\}")
_STOPS: Final = "。；，、.;,:： "


@dataclass(frozen=True)
class Filler:
    """Fills lines from a dossier, in one language."""

    material: Material
    language: Language

    @cached_property
    def derived(self) -> Mapping[str, str]:
        """What `{=…}` may name."""
        abuse = self.material.edition.counts("measure.abuse")
        route = ROUTE_NAMES[self.material.folder.stated.route].in_(self.language)
        return {
            "edition": self.material.edition.name,
            "route": route,
            **{name: str(count) for name, count in abuse.items()},
        }

    def line(self, text: Text) -> Inline:
        """Return a line with every place filled."""
        return tuple(self._strong(text.in_(self.language)))

    def entry(self, field_id: str) -> Span:
        """Return an entry of the form in words, or a place still to be written that names it."""
        worded = self.material.worded(field_id, self.language).strip()
        return Span(worded) if worded else blank(FIELDS[field_id].label, self.language)

    def _strong(self, written: str) -> Iterator[Span]:
        for at, part in enumerate(_STRONG.split(written)):
            for span in self._filled(part):
                yield Span(span.text, strong=bool(at % 2) or span.strong, blank=span.blank)

    def _filled(self, written: str) -> Iterator[Span]:
        end = 0
        for place in _PLACE.finditer(written):
            if place.start() > end:
                yield Span(written[end : place.start()])
            end = place.end()
            yield self._place(place[1], place[2], written[end:])
        if end < len(written):
            yield Span(written[end:])

    def _place(self, mark: str, name: str, following: str) -> Span:
        if mark == "?":
            return blank(Text(name, name), self.language)
        if mark == "=":
            return Span(self.derived[name])
        span = self.entry(name)
        if span.blank or FIELDS[name].kind != "longtext":
            return span
        bare = span.text.rstrip(_STOPS)
        return Span(bare if following[:1] and following[0] in _STOPS else bare + _stop_after(bare))


def _stop_after(written: str) -> str:
    """Return the full stop that fits: what people entered may be Chinese in an English document."""
    return "." if written.isascii() else "。"
