"""A petition as a page shows it: what would change beside what is on file, its terms, what can be done."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from openbeian.core.lifecycle import PETITION_STEPS, Step
from openbeian.core.permissions import may_have_a_part
from openbeian.core.terms import Term
from openbeian.core.text import Text
from openbeian.dossier.form import FIELDS
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.explaining import Explained, explain
from openbeian.portal.applications.figures import Figure, figures_in, report_from
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.audit.queries import history_of
from openbeian.portal.petitions.checking import files_of
from openbeian.portal.petitions.models import (
    FilingVersion,
    Petition,
    PetitionAssignment,
    PetitionDecision,
    PetitionFile,
)
from openbeian.portal.petitions.officers import assignment_of, officers_for, steps_of_office
from openbeian.portal.petitions.queries import (
    ShownPetitionDecision,
    decisions_shown_to,
    is_late,
    open_decision_of,
    possible_steps,
    refusal_of,
)
from openbeian.portal.petitions.standing import PetitionStanding, standing_of
from openbeian.portal.petitions.steps import facts_of
from openbeian.portal.review.entries import in_words
from openbeian.standards import load_terms

__all__ = ["ChangeRow", "Happened", "PetitionPage", "change_rows", "page_of", "public_rows"]

_LABELS = {
    "drawn_up": Text("起草", "Drawn up"),
    "decided": Text("作出第一人决定（待会签）", "First decision given, to be countersigned"),
}
_FOR_OFFICES = frozenset({"decided"})


class ChangeRow(NamedTuple):
    """One entry: what it is called, what is on file, what it becomes."""

    field: str
    label: Text
    before: tuple[Text, ...]
    after: tuple[Text, ...]


class Happened(NamedTuple):
    """One event of its course."""

    label: Text
    event: AuditEvent
    shows_name: bool


class PetitionPage(NamedTuple):
    """Everything about one petition that one reader may see."""

    rows: Sequence[ChangeRow]
    files: Sequence[PetitionFile]
    findings: Sequence[Explained]
    figures: Sequence[Figure]
    decisions: Sequence[ShownPetitionDecision]
    course: Sequence[Happened]
    steps: Sequence[str]
    outcomes: Sequence[Step]
    is_second: bool
    ask_term: Term | None
    decide_term: Term
    is_late: bool
    is_overdue: bool
    standing: PetitionStanding
    refusal: PetitionDecision | None
    """For the provider: the decision by which it was rejected."""
    assignment: PetitionAssignment | None
    officers: Sequence[User]


def page_of(petition: Petition, *, reader: User, is_office: bool, on: date) -> PetitionPage:
    """Lay a petition out for `reader`."""
    steps = possible_steps(reader, petition)
    before = petition.before or petition.application.facts
    terms = load_terms()
    return PetitionPage(
        rows=change_rows(before, petition.changes),
        files=files_of(petition),
        findings=explain(petition.findings, petition.application),
        figures=figures_in(report_from(petition.report)),
        decisions=decisions_shown_to(reader, petition) if is_office else (),
        course=_course(petition, is_office=is_office),
        steps=[step.name for step in steps],
        outcomes=[step for step in steps if step.four_eyes],
        is_second=open_decision_of(petition) is not None,
        ask_term=terms.get(petition.rule.ask_within),
        decide_term=terms[petition.rule.decide_within],
        is_late=is_late(petition, on),
        is_overdue=petition.due_on is not None and petition.due_on < on,
        standing=standing_of(petition, on=on),
        refusal=None if is_office else refusal_of(petition),
        assignment=assignment_of(petition) if is_office else None,
        officers=_officers(petition, reader) if is_office else (),
    )


def _officers(petition: Petition, reader: User) -> Sequence[User]:
    """Return whom `reader` may give it to: who has no part in the office assigns nobody."""
    steps, facts = steps_of_office(petition), facts_of(petition)
    if not any(may_have_a_part(actor_of(reader), step, facts) for step in steps):
        return ()
    return officers_for(petition)


def change_rows(before: Mapping[str, Any], changes: Mapping[str, Any]) -> list[ChangeRow]:
    """Return what changes, beside what is on file, in the order of the form."""
    return [
        ChangeRow(
            name,
            FIELDS[name].label,
            in_words(FIELDS[name], before.get(name, "")),
            in_words(FIELDS[name], after),
        )
        for name, after in sorted(changes.items(), key=lambda one: list(FIELDS).index(one[0]))
    ]


_PUBLIC = frozenset({"provider.name", "service.name", "model.name", "model.base_number", "model.base_name"})
"""What the register says of a service; of everything else the public reads only that it changed."""


def public_rows(version: FilingVersion) -> list[ChangeRow]:
    """Return what the public may read of a version on file; of private entries the values are left out."""
    return [
        row if row.field in _PUBLIC else row._replace(before=(), after=()) for row in _version_rows(version)
    ]


def _version_rows(version: FilingVersion) -> list[ChangeRow]:
    return [
        ChangeRow(
            one["field"],
            FIELDS[one["field"]].label,
            in_words(FIELDS[one["field"]], one["before"]),
            in_words(FIELDS[one["field"]], one["after"]),
        )
        for one in version.changes
    ]


def _course(petition: Petition, *, is_office: bool) -> list[Happened]:
    labels = {**{step.name: step.label for step in PETITION_STEPS.values()}, **_LABELS}
    found = []
    for event in history_of(petition):
        name = event.kind.removeprefix("petition.")
        if name in labels and (is_office or name not in _FOR_OFFICES):
            found.append(Happened(labels[name], event, is_office))
    return found[::-1]
