"""How the review of one application stands, requirement by requirement."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from openbeian.dossier.checks.requirements import Automation, Requirement
from openbeian.dossier.form import route_of
from openbeian.portal.applications.models import Application, Version
from openbeian.portal.applications.steps import current_version
from openbeian.portal.review.beside import beside_of, requirements_on
from openbeian.portal.review.models import RequirementConclusion

__all__ = ["RequirementState", "Reviewed", "findings_of", "look_through", "open_requirements"]


class RequirementState(NamedTuple):
    """One requirement: what the checks found, and the conclusion that stands."""

    requirement: Requirement
    findings: Sequence[Mapping[str, Any]]
    concluded: RequirementConclusion | None
    is_stale: bool
    """Whether it was concluded on an earlier version and what it rests on has changed since."""

    @property
    def is_open(self) -> bool:
        """Whether a conclusion has still to be given."""
        return self.concluded is None or self.is_stale

    @property
    def worst(self) -> str:
        """The gravest severity among the findings; empty where there are none."""
        found = {one["severity"] for one in self.findings}
        return next((one for one in ("error", "warning", "note") if one in found), "")


class Reviewed(NamedTuple):
    """All of them."""

    states: Sequence[RequirementState]

    @property
    def done(self) -> int:
        """How many have a conclusion that stands."""
        return sum(not one.is_open for one in self.states)

    @property
    def open_ids(self) -> list[str]:
        """The requirements that have none, in their order."""
        return [one.requirement.id for one in self.states if one.is_open]

    @property
    def not_met(self) -> int:
        """How many were concluded not to conform."""
        standing = (one.concluded for one in self.states if not one.is_open)
        return sum(one is not None and one.conclusion == "does_not_conform" for one in standing)

    def at(self, requirement_id: str) -> int | None:
        """Return the place of a requirement, from 0; None where it is none of these."""
        ids = [one.requirement.id for one in self.states]
        return ids.index(requirement_id) if requirement_id in ids else None


def look_through(application: Application) -> Reviewed:
    """Return how every requirement stands on the version handed in last; nothing before the first."""
    version = current_version(application)
    if version is None:
        return Reviewed(())
    latest = {one.requirement: one for one in _conclusions(application)}
    numbers = {one.version_number for one in latest.values()} - {version.number}
    earlier = {one.number: one for one in application.versions.filter(number__in=numbers)} if numbers else {}
    return Reviewed(
        [
            _state(requirement, version, latest.get(requirement.id), earlier)
            for requirement in requirements_on(route_of(version.facts))
        ]
    )


def _conclusions(application: Application) -> Sequence[RequirementConclusion]:
    given = application.requirement_conclusions.select_related("concluded_by").order_by("version_number")
    return list(given)


def _state(
    requirement: Requirement,
    version: Version,
    concluded: RequirementConclusion | None,
    earlier: Mapping[int, Version],
) -> RequirementState:
    before = earlier.get(concluded.version_number) if concluded else None
    return RequirementState(
        requirement,
        findings_of(requirement, version),
        concluded,
        is_stale=before is not None and _is_touched(requirement, before, version),
    )


def open_requirements(application: Application) -> list[str]:
    """Return the ids of the requirements that have no conclusion that stands."""
    return look_through(application).open_ids


def findings_of(requirement: Requirement, version: Version) -> list[Mapping[str, Any]]:
    """Return what the checks of a requirement found in a version."""
    return [one for one in version.findings if one["check"] in requirement.checks]


def _is_touched(requirement: Requirement, before: Version, after: Version) -> bool:
    """Say whether anything a conclusion rests on is another than it was."""
    beside = beside_of(requirement.id)
    return (
        any(before.facts.get(name, "") != after.facts.get(name, "") for name in beside.fields)
        or findings_of(requirement, before) != findings_of(requirement, after)
        or _figures(before, beside.thresholds) != _figures(after, beside.thresholds)
        or (requirement.automation is not Automation.AUTO and _documents(before) != _documents(after))
    )


def _figures(version: Version, thresholds: Sequence[str]) -> list[Mapping[str, Any]]:
    results = (version.report or {}).get("results", ())
    return [one for one in results if one["threshold"] in thresholds]


def _documents(version: Version) -> set[tuple[str, str]]:
    """Return the files that people read, by kind and hash."""
    return {(one["kind"], one["sha256"]) for one in version.files if one["kind"] not in _FOR_PROGRAMS}


_FOR_PROGRAMS = frozenset({"evidence", "head", "keys"})
