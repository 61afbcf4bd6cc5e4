"""What the provider states because no figure decides it: route, results of clauses, people, signatories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from openbeian.core.standard import ClauseResult
from openbeian.core.text import Text

__all__ = [
    "DUTIES",
    "EVENTS",
    "POSTS",
    "ROUTES",
    "ROUTE_NAMES",
    "Event",
    "Route",
    "Signatory",
    "StaffMember",
    "Stated",
]

Route = Literal["filing", "registration"]
ROUTES: Final[tuple[Route, ...]] = ("filing", "registration")
ROUTE_NAMES: Final[Mapping[Route, Text]] = MappingProxyType(
    {"filing": Text("备案", "filing"), "registration": Text("登记", "registration")}
)
POSTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "legal_representative": Text("法定代表人", "Legal representative"),
        "assessment_head": Text("整体评估负责人", "Head of the whole assessment"),
        "lawfulness_head": Text("合法性评估负责人", "Head of the lawfulness part"),
    }
)
"""Who signs an assessment (TC260-003, 9.1 e); the ids are those of the form's section `provider`."""
DUTIES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "annotator": Text("标注", "annotating"),
        "reviewer": Text("审核", "reviewing"),
        "monitor": Text("监看", "monitoring"),
    }
)


EVENTS: Final[Mapping[str, Text]] = MappingProxyType(
    {"change": Text("变更", "a change"), "end": Text("终止服务", "the end of the service")}
)
"""What terms count from."""


@dataclass(frozen=True, slots=True)
class Event:
    """One of `EVENTS`: when it was, and when it was reported, if it was."""

    kind: str
    on: date
    reported_on: date | None = None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Someone who annotates, reviews or monitors: what for, and when trained and examined."""

    name: str
    duty: str
    """One of `DUTIES`."""
    tasks: tuple[str, ...] = ()
    trained_on: date | None = None
    examined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs in one of the `POSTS`, and what this person is in the company, such as 总经理."""

    post: str
    name: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """Everything of the kind; empty where a dossier comes over the portal and says it in documents."""

    route: Route = "filing"
    clauses: Mapping[str, ClauseResult] = field(default_factory=lambda: MappingProxyType({}))
    """The results of clauses by the ids of the edition."""
    staff: tuple[StaffMember, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    events: tuple[Event, ...] = ()
