"""The filed model that an application calls or was made from, as the register knows it.

The register lies above applications, so it says here at start-up how a number is looked up.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from openbeian.dossier.register_rows import RegisterRow, find_shipped
from openbeian.portal.applications.base_keys import base_key_of
from openbeian.portal.applications.models import Application

__all__ = ["BaseModel", "base_of", "base_status_of", "look_up_with", "register_rows_for"]

_ON_A_LIST: Final = "valid"
"""A number that a published list holds counts as valid: lists name what is on file, and no status."""


class BaseModel(NamedTuple):
    """A filed model: `address` is its entry's in the register, empty where only a published list has it."""

    number: str
    name: str
    provider: str
    status: str
    address: str = ""


_Lookup = Callable[[str], BaseModel | None]
_lookups: Final[list[_Lookup]] = []


def look_up_with(lookup: _Lookup) -> None:
    """Ask `lookup` for the entry of a number from now on; the register's own app calls this once."""
    _lookups[:] = [lookup]


def base_of(number: str) -> BaseModel | None:
    """Return the filed model with this number: of the register, or else of the lists that ship."""
    if not number:
        return None
    for lookup in _lookups:
        found = lookup(number)
        if found is not None:
            return found
    shipped = find_shipped(number)
    return (
        None if shipped is None else BaseModel(shipped.number, shipped.name, "", shipped.status or _ON_A_LIST)
    )


def base_status_of(application: Application) -> str:
    """Return how the base model's filing stands; empty where there is none, or none on any list."""
    found = base_of(application.base_key)
    return "" if found is None else found.status


def register_rows_for(facts: Mapping[str, Any]) -> tuple[RegisterRow, ...]:
    """Return the row of the base model, for the checks."""
    key = base_key_of(facts)
    found = base_of(key)
    return () if found is None else (RegisterRow(key, found.name, found.status),)
