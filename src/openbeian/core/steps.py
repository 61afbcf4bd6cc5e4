"""What a step of any life is: from where to where, who may take it, and how many people it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.statuses import Status
from openbeian.core.text import Text

__all__ = ["Step", "by_name", "decision", "single"]

_DECIDERS: Final = frozenset({Role.DECIDER, Role.COUNTERSIGNER})


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed change of status, and who may make it."""

    name: str
    label: Text
    sources: tuple[Status, ...]
    target: Status
    office: OrganisationKind
    roles: frozenset[Role]
    four_eyes: bool = False
    """Whether the step is only taken by two different people (decide, then countersign)."""
    needs_reason: bool = False
    """Whether whoever takes the step must say why."""
    routes: frozenset[str] = frozenset({"filing", "registration"})
    """On which routes an application may take it."""
    needs_base: bool = False
    """Whether the filing of the model that is called has to be valid at this moment."""


def single(
    name: str,
    label: Text,
    sources: tuple[Status, ...],
    target: Status,
    office: OrganisationKind,
    *roles: Role,
    **more: Any,  # noqa: ANN401  the further fields of a step
) -> Step:
    """Return a step that one person takes."""
    return Step(name, label, sources, target, office, frozenset(roles), **more)


def decision(
    name: str,
    label: Text,
    sources: tuple[Status, ...],
    target: Status,
    office: OrganisationKind,
    *,
    needs_reason: bool = True,
    **more: Any,  # noqa: ANN401  the further fields of a step
) -> Step:
    """Return a step that a decider and a different countersigner take."""
    more |= {"four_eyes": True, "needs_reason": needs_reason}
    return Step(name, label, sources, target, office, _DECIDERS, **more)


def by_name(*steps: Step) -> Mapping[str, Step]:
    """Return the steps under their names, in their order."""
    return {step.name: step for step in steps}
