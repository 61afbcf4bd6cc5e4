"""The reviewer's desk: everything about one application that one reader may see, in one value."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from openbeian.assessment.report import Report
from openbeian.core.lifecycle import OWNERS
from openbeian.core.text import Text
from openbeian.dossier.form import form_for, route_of
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.confirmations import signed_for
from openbeian.portal.applications.course import Happening, course_of
from openbeian.portal.applications.explaining import Explained, explain
from openbeian.portal.applications.figures import Figure, figures_in, report_of
from openbeian.portal.applications.models import (
    Application,
    Attachment,
    Confirmation,
    Correction,
    Retest,
    Version,
)
from openbeian.portal.applications.standing import Standing, build_standing
from openbeian.portal.applications.steps import current_version
from openbeian.portal.review.entries import FactRow, fact_row
from openbeian.portal.review.models import Assignment
from openbeian.portal.review.queries import ShownDecision, decisions_shown_to, officers_for, possible_steps
from openbeian.portal.review.queue import Queued, queued
from openbeian.portal.review.requirements import Reviewed, look_through
from openbeian.portal.review.steps import LEVELS, facts_of

__all__ = ["Desk", "FactSection", "build_desk"]


class FactSection(NamedTuple):
    """The entries of one section."""

    label: Text
    rows: Sequence[FactRow]


class Desk(NamedTuple):
    """What lies before the reviewer."""

    version: Version | None
    standing: Standing
    open_steps: Sequence[str]
    may_decide: bool
    sections: Sequence[FactSection]
    findings: Sequence[Explained]
    report: Report | None
    figures: Sequence[Figure]
    corrections: Sequence[Correction]
    retests: Sequence[Retest]
    decisions: Sequence[ShownDecision]
    files: Sequence[Attachment]
    course: Sequence[Happening]
    reviewed: Reviewed
    assignment: Assignment | None
    officers: Sequence[User]
    """Who could be given the application; nobody where the reader could do nothing with it."""
    queued: Queued
    signed_for: Sequence[tuple[Text, Confirmation]]
    """Who of the provider stands for the version, and in which post."""


def build_desk(application: Application, *, reader: User, on: date) -> Desk:
    """Lay out the version handed in last for `reader`."""
    version = current_version(application)
    report = report_of(version)
    facts = facts_of(application)
    steps = possible_steps(reader, application, facts)
    officers = officers_for(application, facts)
    return Desk(
        version=version,
        standing=build_standing(application, on=on),
        open_steps=[step.name for step in steps],
        may_decide=any(step.four_eyes for step in steps),
        sections=_sections(application, version),
        findings=explain(version.findings if version else (), application),
        report=report,
        figures=figures_in(report),
        corrections=list(application.corrections.select_related("raised_by", "origin")),
        retests=list(application.retests.select_related("ordered_by", "recorded_by")),
        decisions=decisions_shown_to(reader, application),
        files=_files(application, version),
        course=course_of(application, reader=reader),
        reviewed=look_through(application),
        assignment=_assignment(application),
        officers=officers if reader in officers else (),
        queued=queued(application, on=on),
        signed_for=signed_for(version),
    )


def _assignment(application: Application) -> Assignment | None:
    owner = OWNERS[application.state]
    level = LEVELS.get(owner) if owner else None
    return application.assignments.filter(level=level).select_related("officer").first()


def _files(application: Application, version: Version | None) -> list[Attachment]:
    # The provider may be replacing files just now; a reviewer reads what was handed in.
    handed_in = {(one["name"], one["sha256"]) for one in version.files} if version else set()
    of_version: dict[tuple[str, str], Attachment] = {}
    for one in application.attachments.all():
        if (one.name, one.sha256) in handed_in:
            of_version[one.name, one.sha256] = one
    return list(of_version.values())


def _sections(application: Application, version: Version | None) -> list[FactSection]:
    if version is None:
        return []
    before = application.versions.filter(number=version.number - 1).first()
    return [
        FactSection(section.label, [fact_row(field, version, before) for field in section.fields])
        for section in form_for(route_of(version.facts))
    ]
