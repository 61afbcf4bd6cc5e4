"""Figures as the report on a corpus prints them."""

from typing import Final

from openbeian.core.statistics import Interval
from openbeian.corpus.report import Result

__all__ = ["count", "interval", "share", "share_of", "size"]

_THIN_SPACE: Final = "\u2009"


def count(number: int) -> str:
    """Return a number with thin groups."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def size(number: float) -> str:
    """Return bytes in a unit that suits them."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if number < 1000 or unit == "TB":  # noqa: PLR2004
            break
        number /= 1000
    return f"{number:.3g} {unit}" if number < 1000 else f"{number:.0f} {unit}"  # noqa: PLR2004


def share_of(number: int, whole: int) -> str:
    """Return a number and its share of the whole."""
    return f"{count(number)} ({number / whole * 100:.2f}%)" if number else "0"


def share(result: Result) -> str:
    """Return the share that was measured."""
    return (
        f"{result.measured.k / result.measured.n * 100:.2f}%"
        if result.measured and result.measured.n
        else "–"
    )


def interval(given: Interval | None) -> str:
    """Return an interval in percent."""
    return "–" if given is None else f"{given.low * 100:.2f}–{given.high * 100:.2f}%"
