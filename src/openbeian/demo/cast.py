"""Who takes part in the demonstration: read from `cast.yaml`, checked when read."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

import yaml

from openbeian.core.roles import OrganisationKind, Role
from openbeian.dossier.form import Facts, flatten

__all__ = ["Cast", "Company", "DemoService", "Person", "Plan", "load_cast"]

_EMAIL_DOMAIN = "demo.example.com"


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation of the demonstration."""

    id: str
    kind: OrganisationKind
    name: str
    name_en: str
    jurisdiction: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the demonstration; logs in by e-mail."""

    id: str
    name: str
    company: str
    roles: frozenset[Role]

    @property
    def email(self) -> str:
        """The address the person logs in with."""
        return f"{self.id}@{_EMAIL_DOMAIN}"


@dataclass(frozen=True, slots=True)
class DemoService:
    """A service that wants to be filed: whose it is, who prepares it, which channel it assesses first.

    `system` is the service's system prompt; empty means none.
    """

    id: str
    provider: str
    preparer: str
    office: str
    first_channel: str
    system: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Plan:
    """The conference at which certificates are issued."""

    series: int
    name: str
    name_en: str
    place: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody."""

    companies: tuple[Company, ...]
    people: tuple[Person, ...]
    services: tuple[DemoService, ...]
    round: Plan

    def person(self, role: Role, company: str) -> Person:
        """Return the first person of `company` who holds `role`."""
        return next(person for person in self.people if person.company == company and role in person.roles)

    def company(self, id_: str) -> Company:
        """Return the company with this id."""
        return next(company for company in self.companies if company.id == id_)


def load_cast() -> Cast:
    """Read who takes part."""
    raw = yaml.safe_load(files(__package__).joinpath("cast.yaml").read_text(encoding="utf-8"))
    companies = tuple(
        Company(
            id=entry["id"],
            kind=OrganisationKind(entry["kind"]),
            name=entry["name"],
            name_en=entry["name_en"],
            jurisdiction=entry.get("jurisdiction", ""),
            uscc=entry.get("uscc", ""),
        )
        for entry in raw["organisations"]
    )
    people = tuple(
        Person(entry["id"], entry["name"], entry["of"], frozenset(Role(role) for role in entry["roles"]))
        for entry in raw["people"]
    )
    by_id = MappingProxyType({company.id: company for company in companies})
    names = {person.id: person.name for person in people}
    services = tuple(
        DemoService(
            **{
                key: entry[key] for key in ("id", "provider", "preparer", "office", "first_channel", "system")
            },
            facts=_facts(raw["facts"], entry["facts"], by_id[entry["provider"]], names[entry["preparer"]]),
        )
        for entry in raw["services"]
    )
    return Cast(companies, people, services, Plan(**raw["round"]))


def _facts(
    shared: Mapping[str, Mapping[str, object]],
    own: Mapping[str, Mapping[str, object]],
    company: Company,
    contact: str,
) -> Facts:
    named = {"name": company.name, "uscc": company.uscc, "contact_name": contact}
    nested = {section: {**entries, **own.get(section, {})} for section, entries in shared.items()}
    nested["provider"] = {**nested["provider"], **named}
    return flatten(nested)
