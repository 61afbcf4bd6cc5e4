"""What the rules need to know of an application or a filing, whoever stores it."""

from dataclasses import dataclass

from openbeian.core.statuses import ApplicationStatus, FilingStatus, PetitionStatus

__all__ = ["ApplicationFacts", "Facts", "FilingFacts", "PetitionFacts"]


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """An application as the rules see it; people are named by their ids."""

    id: str
    status: ApplicationStatus
    jurisdiction: str
    provider_id: str
    profile: str
    open_corrections: int
    version: int
    prepared_by: str
    reviewed_by: frozenset[str] = frozenset()
    first_decision_by: str | None = None
    """Who has decided and waits for a countersignature; None where no decision is pending."""
    provincial_deciders: frozenset[str] = frozenset()
    route: str = "filing"
    base_status: str = ""
    """How the filing of the model it calls stands in the register; empty where it is in no list."""


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """A filing as the rules see it."""

    number: str
    status: FilingStatus
    jurisdiction: str
    provider_id: str
    first_decision_by: str | None = None
    """Who has decided and waits for a countersignature; None where no decision is pending."""
    route: str = "filing"


@dataclass(frozen=True, slots=True)
class PetitionFacts:
    """A petition as the rules see it; people are named by their ids."""

    id: str
    status: PetitionStatus
    jurisdiction: str
    provider_id: str
    levels: tuple[str, ...]
    """Who decides, in turn: `provincial`, `national`."""
    prepared_by: str
    reviewed_by: frozenset[str] = frozenset()
    """Who has examined it, or had a part in what it is about: none of them decides."""
    first_decision_by: str | None = None
    """Who has decided and waits for a countersignature; None where no decision is pending."""
    provincial_deciders: frozenset[str] = frozenset()


Facts = ApplicationFacts | FilingFacts | PetitionFacts
