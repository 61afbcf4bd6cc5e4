"""Templates: JSON with `{{name}}` in its texts, filled in with values.

A text that is nothing but one placeholder becomes the value, with its type; within a longer text it becomes
text. A list takes the items of a list that stands for one of its own, and leaves out an object that
holds a placeholder for an empty text, so that an empty system prompt is no message. What is filled in is
never looked into again, so a question may hold `{{…}}`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["alone", "fill", "fill_text", "placeholders"]

_PLACE: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def placeholders(template: object) -> Iterator[tuple[str, bool]]:
    """Yield the name of each placeholder, and whether it stands alone in its text."""
    if isinstance(template, str):
        single = alone(template)
        for found in _PLACE.finditer(template):
            yield found[1], single is not None
    elif isinstance(template, list):
        for item in template:
            yield from placeholders(item)
    elif isinstance(template, dict):
        for member in template.values():
            yield from placeholders(member)


def alone(text: object) -> str | None:
    """Return the name of the placeholder that `text` is, if it is nothing else."""
    found = _PLACE.fullmatch(text.strip()) if isinstance(text, str) else None
    return found[1] if found else None


def fill_text(template: str, values: Mapping[str, object]) -> str:
    """Return a text with its placeholders filled in; every name must be in `values`."""
    return _PLACE.sub(lambda found: str(values[found[1]]), template)


def fill(template: object, values: Mapping[str, object]) -> Any:  # noqa: ANN401  JSON has no one type
    """Return a template filled in; every name must be in `values`."""
    if isinstance(template, str):
        name = alone(template)
        return fill_text(template, values) if name is None else values[name]
    if isinstance(template, list):
        return [filled for item in template for filled in _items(item, values)]
    if isinstance(template, dict):
        return {name: fill(member, values) for name, member in template.items()}
    return template


def _items(item: object, values: Mapping[str, object]) -> list[Any]:
    filled = fill(item, values)
    if alone(item) is not None and isinstance(filled, list):
        return filled
    if isinstance(item, dict) and any(values[name] == "" for name, _ in placeholders(item)):
        return []
    return [filled]
