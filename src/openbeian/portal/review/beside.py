"""What a reviewer reads beside each requirement, as data: entries, thresholds, words to look for."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from openbeian.dossier.checks.requirements import Requirement, load_requirements
from openbeian.dossier.stated import Route
from openbeian.standards.reading import read_file

__all__ = ["Beside", "beside_of", "load_beside", "requirements_on"]

_DATA: Final = Path(__file__).parent / "data" / "beside.yaml"


class Beside(NamedTuple):
    """What belongs to one requirement."""

    fields: tuple[str, ...] = ()
    """Entries of the form, as `section.field`."""
    thresholds: tuple[str, ...] = ()
    """Ids of thresholds of the edition."""
    words: tuple[str, ...] = ()
    """By any of these a passage of a document is found."""


@lru_cache
def load_beside() -> Mapping[str, Beside]:
    """Return what belongs to each requirement, by its id."""
    file = read_file(_DATA).entry("beside")
    return MappingProxyType(
        {
            name: Beside(entry.strings("fields"), entry.strings("thresholds"), entry.strings("words"))
            for name, entry in file.named()
        }
    )


def beside_of(requirement_id: str) -> Beside:
    """Return what belongs to a requirement; nothing where the data names nothing."""
    return load_beside().get(requirement_id, Beside())


@lru_cache
def requirements_on(route: Route) -> tuple[Requirement, ...]:
    """Return the requirements that are concluded on a route, in their order."""
    left_out = read_file(_DATA).strings("filing_only") if route == "registration" else ()
    return tuple(one for one in load_requirements() if one.id not in left_out)
