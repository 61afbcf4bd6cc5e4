"""The bulletin itself: a document in both languages, whose canonical JSON is what is signed and published.

Every figure stands once, with its query; sentences name figures by their ids and hold no digits of their own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from openbeian.bulletins.scope import Scope
from openbeian.core.bulletin_figures import Query, Value
from openbeian.core.text import Text

__all__ = [
    "SCHEMA",
    "Bulletin",
    "Certified",
    "Chart",
    "Figure",
    "LogPosition",
    "Section",
    "Sentence",
]

SCHEMA: Final = "openbeian.bulletin/1"
NOTHING: Final = Text("", "")
_SLOT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, what it counts, and the query that finds it again."""

    value: Value
    unit: str
    query: Query


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement with `{slots}`: ids of figures, or names given beside it."""

    text: Text
    names: Mapping[str, Text] = field(default_factory=dict)
    polished: Text | None = None
    """The same statement, slots and all, put more smoothly by a language model; checked to say the same."""

    @property
    def figures(self) -> tuple[str, ...]:
        """The ids of the figures it states, in the order of the Chinese."""
        return tuple(slot for slot in _SLOT.findall(self.text.zh) if slot not in self.names)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, said in one sentence, with the table it is drawn from and the query of that table."""

    id: str
    title: Text
    sentence: Sentence
    query: Query
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the analysis."""

    id: str
    heading: Text
    sentences: tuple[Sentence, ...]
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Certified:
    """A line of the certified list."""

    number: str
    series: str
    service: str
    provider: str
    provider_en: str
    jurisdiction: str
    industry: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class LogPosition:
    """The public log when the figures were counted: its size and the checkpoint that was signed over it."""

    size: int = 0
    checkpoint: str = ""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin in both languages."""

    slug: str
    scope: Scope
    as_of: date
    log: LogPosition
    issuer: str
    title: Text
    figures: Mapping[str, Figure]
    takeaways: tuple[Sentence, ...]
    sections: tuple[Section, ...]
    certified: tuple[Certified, ...]
    not_listed: int
    """How many certified entries the list leaves out because it would be too long."""
    method: tuple[Text, ...]
    editor: Text = NOTHING
    """What the editor wrote, paragraphs apart by empty lines; no figure of it is claimed to be recomputed."""
    corrects: str = ""
    """The slug of the bulletin that this one corrects."""
    has_demo: bool = False
    """Whether something counted was assessed with a reduced sample."""

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Every chart, in order."""
        return tuple(chart for section in self.sections for chart in section.charts)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every generated sentence, in order."""
        return (
            *self.takeaways,
            *(sentence for section in self.sections for sentence in section.sentences),
            *(chart.sentence for chart in self.charts),
        )

    @property
    def figures_in_order(self) -> dict[str, Figure]:
        """The figures in the order in which they are stated first; JSON does not keep one."""
        stated = dict.fromkeys(name for sentence in self.sentences for name in sentence.figures)
        return {name: self.figures[name] for name in stated if name in self.figures}

    def edited(self, editor: Text) -> "Bulletin":
        """Return it with the editor's text."""
        return replace(self, editor=editor)
