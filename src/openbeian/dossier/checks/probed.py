"""What was seen of the live service: its two channels and its public page. Values only; `probing` asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from openbeian.core.text import Text

__all__ = ["Channel", "Probed"]


@dataclass(frozen=True, slots=True)
class Channel:
    """What came of asking one channel: a problem, or None where an answer came that could be read."""

    address: str
    answered: Text | None = None
    streamed: Text | None = None
    refuses_without_key: bool | None = None
    """Whether it turns away who has no key; None where it was asked without one, or not at all."""


@dataclass(frozen=True, slots=True)
class Probed:
    """The channels by the entry of the form that names them, and the public page."""

    channels: Mapping[str, Channel]
    page: str | None = None
    """The words of the public page; None where no address is given."""
    page_problem: Text | None = None
    suspends_misuse: bool | None = None
    """Whether a test account was suspended after three bad questions in a row; None where it wasn't tried."""
