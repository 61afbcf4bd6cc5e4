"""What a register entry can be classified as, and what a classification says of itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from openbeian.core.text import Text
from openbeian.matching import fold

__all__ = [
    "PLACE_LABELS",
    "Classification",
    "Correction",
    "Corrections",
    "Industry",
    "Place",
    "Reason",
    "ServiceType",
]


class Industry(StrEnum):
    """The field a service is for; names in both languages stand in `data/classes.yaml`."""

    GENERAL = "general"
    MANUFACTURING = "manufacturing"
    LOGISTICS = "logistics"
    CONSUMER_ELECTRONICS = "consumer_electronics"
    FINANCE = "finance"
    HEALTH = "health"
    EDUCATION = "education"
    GOVERNMENT = "government"
    RETAIL = "retail"
    MEDIA = "media"
    LEGAL = "legal"
    AUTOMOTIVE = "automotive"
    CUSTOMER_SERVICE = "customer_service"
    SUPPLY_CHAIN = "supply_chain"
    CODING = "coding"
    OTHER = "other"


class ServiceType(StrEnum):
    """What a service does; names in both languages stand in `data/classes.yaml`."""

    MODEL = "model"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SEARCH = "search"
    WRITING = "writing"
    IMAGE = "image"
    VIDEO = "video"
    SPEECH = "speech"
    CODING = "coding"
    TRANSLATION = "translation"
    DIGITAL_HUMAN = "digital_human"
    OTHER = "other"


class Place(StrEnum):
    """Where the word of a reason stands."""

    SERVICE_NAME = "service_name"
    SCOPE = "scope"
    PROVIDER_NAME = "provider_name"
    KNOWN_PROVIDER = "known_provider"
    """The provider is one of `data/providers.yaml`; the word is the name it is found by."""
    OFFICE = "office"
    """The office has decided; the word is the service's name."""


PLACE_LABELS = {
    Place.SERVICE_NAME: Text("服务名称", "the service's name"),
    Place.SCOPE: Text("所述用途", "the stated scope"),
    Place.PROVIDER_NAME: Text("提供者名称", "the provider's name"),
    Place.KNOWN_PROVIDER: Text("知名提供者", "well-known providers"),
    Place.OFFICE: Text("网信办的决定", "the office's decision"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: this word, at this place, counts so much for this class."""

    speaks_for: Industry | ServiceType
    word: str
    place: Place
    weight: int
    text: Text
    """The reason as a sentence."""


@dataclass(frozen=True, slots=True)
class Classification:
    """An entry's industry and service type, with why.

    `confidence` is the winner's share of all evidence for industries, less for little evidence: 0 where there
    is none, 1 for the office's own decision. It orders entries for review; it is no probability.
    """

    industry: Industry
    service_type: ServiceType
    reasons: tuple[Reason, ...]
    """All evidence, for the classes that lost too: industries first, the heaviest first."""
    confidence: float
    type_confidence: float
    """The same for the service type."""

    def score(self, of: Industry | ServiceType) -> int:
        """Return how much was found for a class: the sum of the weights of its reasons."""
        # `coding` is in both enumerations, and the two are equal as strings, so the kind is asked too.
        return sum(
            reason.weight
            for reason in self.reasons
            if type(reason.speaks_for) is type(of) and reason.speaks_for is of
        )


class Correction(NamedTuple):
    """The office's own decision on one entry; who decided, when and why is kept by whoever stores it."""

    service_name: str
    provider_name: str
    industry: Industry | None = None
    """None leaves it to the rules."""
    service_type: ServiceType | None = None


class Corrections:
    """Decisions of the office, found by service and provider however their names are written."""

    def __init__(self, corrections: Iterable[Correction] = ()) -> None:
        """Keep the corrections; of several for one entry the last one counts."""
        self._by_entry = {_entry(each.service_name, each.provider_name): each for each in corrections}

    def __len__(self) -> int:
        """Return how many entries are decided."""
        return len(self._by_entry)

    def find(self, service_name: str, provider_name: str) -> Correction | None:
        """Return the decision on an entry, None where there is none."""
        return self._by_entry.get(_entry(service_name, provider_name)) if self._by_entry else None


def _entry(service_name: str, provider_name: str) -> tuple[str, str]:
    return "".join(fold(service_name).split()), "".join(fold(provider_name).split())
