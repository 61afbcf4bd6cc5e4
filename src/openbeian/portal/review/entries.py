"""Entries of the form as a reviewer reads them: what was asked, what was answered, and whether it changed."""

from typing import Any, NamedTuple

from openbeian.core.text import Text
from openbeian.dossier.form import Field
from openbeian.portal.applications.models import Version

__all__ = ["FactRow", "fact_row", "in_words"]


class FactRow(NamedTuple):
    """One entry of the form: what was asked, what was answered, whether it changed since the last version."""

    label: Text
    value: tuple[Text, ...]
    is_changed: bool


def fact_row(field: Field, version: Version, before: Version | None) -> FactRow:
    """Return an entry of a version, beside the version before."""
    value = version.facts.get(field.id, "")
    is_changed = before is not None and before.facts.get(field.id, "") != value
    return FactRow(field.label, in_words(field, value), is_changed)


def in_words(field: Field, value: Any) -> tuple[Text, ...]:  # noqa: ANN401  as JSON keeps it
    """Return what was answered, choices by their labels."""
    labels = {choice.id: choice.label for choice in field.choices}
    values = [value] if isinstance(value, str) else list(value)
    return tuple(labels.get(one, Text(one, one)) for one in values if one)
