"""What the form says, as entries of the report: what is filled in, and what is missing though required."""

from collections.abc import Collection, Iterator
from typing import Final

from openbeian.dossier.documents.model import Entries, Entry, Inline, blank
from openbeian.dossier.documents.report.writing import Writing
from openbeian.dossier.form import Field, form_for

__all__ = ["form_sections"]

_NOT_PRINTED: Final = {"provider.contact_name"}
_PRIVATE_KINDS: Final = {"phone", "email"}
"""A report says how nobody can be reached: it is read by many."""
_WIDE_KINDS: Final = {"longtext", "url"}


def form_sections(writing: Writing, ids: Collection[str]) -> Iterator[Entries]:
    """Yield these sections of the form, in its order; those with nothing to say are left out."""
    for section in form_for(writing.found.material.folder.stated.route):
        if section.id in ids:
            entries = tuple(_entries(section.fields, writing))
            if entries:
                yield Entries(section.label.in_(writing.language), entries)


def _entries(fields: Collection[Field], writing: Writing) -> Iterator[Entry]:
    material = writing.found.material
    for field in fields:
        if field.kind in _PRIVATE_KINDS or field.id in _NOT_PRINTED:
            continue
        value: Inline = material.worded(field.id, writing.language)
        if not value and material.folder.stated.route in field.required_on:
            value = (blank(field.label, writing.language),)
        if value:
            yield Entry(field.label.in_(writing.language), value, wide=field.kind in _WIDE_KINDS)
