"""The reviewer's desk: everything about one application that one reader may see, in one value."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from openbeian.assessment.report import Report
from openbeian.core.text import Text
from openbeian.dossier.form import Field, form_for, route_of
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.course import Happening, course_of
from openbeian.portal.applications.explaining import Explained, explain
from openbeian.portal.applications.figures import Figure, figures_in, report_of
from openbeian.portal.applications.models import Application, Attachment, Correction, Retest, Version
from openbeian.portal.applications.standing import Standing, build_standing
from openbeian.portal.applications.steps import current_version
from openbeian.portal.review.queries import ShownDecision, decisions_shown_to, possible_steps

__all__ = ["Desk", "FactRow", "FactSection", "build_desk"]


class FactRow(NamedTuple):
    """One entry of the form: what was asked, what was answered, whether it changed since the last version."""

    label: Text
    value: tuple[Text, ...]
    is_changed: bool


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


def build_desk(application: Application, *, reader: User, on: date) -> Desk:
    """Lay out the version handed in last for `reader`."""
    version = current_version(application)
    report = report_of(version)
    steps = possible_steps(reader, application)
    return Desk(
        version=version,
        standing=build_standing(application, on=on),
        open_steps=[step.name for step in steps],
        may_decide=any(step.four_eyes for step in steps),
        sections=_sections(application, version),
        findings=explain(version.findings if version else (), application),
        report=report,
        figures=figures_in(report),
        corrections=list(application.corrections.select_related("raised_by")),
        retests=list(application.retests.select_related("ordered_by", "recorded_by")),
        decisions=decisions_shown_to(reader, application),
        files=_files(application, version),
        course=course_of(application, reader=reader),
    )


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
        FactSection(section.label, [_row(field, version, before) for field in section.fields])
        for section in form_for(route_of(version.facts))
    ]


def _row(field: Field, version: Version, before: Version | None) -> FactRow:
    value = version.facts.get(field.id, "")
    is_changed = before is not None and before.facts.get(field.id, "") != value
    return FactRow(field.label, _in_words(field, value), is_changed)


def _in_words(field: Field, value: Any) -> tuple[Text, ...]:  # noqa: ANN401  as JSON keeps it
    labels = {choice.id: choice.label for choice in field.choices}
    values = [value] if isinstance(value, str) else list(value)
    return tuple(labels.get(one, Text(one, one)) for one in values if one)
