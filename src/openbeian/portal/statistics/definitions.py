"""Breaks in the series: what changed, when, and what that does to the figures."""

from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.standards.reading import read_file

__all__ = ["Break", "load_breaks"]

_FILE: Final = Path(__file__).parent / "breaks.yaml"


class Break(NamedTuple):
    """Something after which figures can't be compared with those before without thought."""

    on: str
    """A day, a month or a year; empty where it isn't known."""
    title: Text
    effect: Text
    source: Text


@lru_cache
def load_breaks() -> tuple[Break, ...]:
    """Return the breaks, in the order of the file: the oldest first."""
    return tuple(
        Break(entry.string("day"), entry.text("title"), entry.text("effect"), entry.text("source"))
        for entry in read_file(_FILE).entries("breaks")
    )
