"""One thing that is measured, as Prometheus wants it told."""

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Measure"]


class Measure(NamedTuple):
    """A metric with its values by labels, such as `{answer="admitted"}`; an empty key has no label."""

    name: str
    kind: str
    help_text: str
    values: Mapping[str, int | float]
