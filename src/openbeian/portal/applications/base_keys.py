"""By what an application is found that calls a filed model or was made from it."""

from collections.abc import Mapping
from typing import Any, Final

from openbeian.published.names import number_key

__all__ = ["base_key_of"]

_LONGEST: Final = 90


def base_key_of(facts: Mapping[str, Any]) -> str:
    """Return what all spellings of the base model's number have in common; empty for a model of one's own."""
    number = "" if facts.get("model.origin") == "own" else str(facts.get("model.base_number", ""))
    return number_key(number)[:_LONGEST] if number else ""
