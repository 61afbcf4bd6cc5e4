"""The steps of the guided form: one for each section, then the files, then the check."""

from typing import Final, NamedTuple

from django.urls import reverse

from openbeian.core.text import Text
from openbeian.dossier.form import check_facts, form_for, route_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import attachments_of

__all__ = ["FormStep", "form_steps", "step_after"]

_FILES: Final = Text("附件", "Files")
_CHECK: Final = Text("检查并提交", "Check and submit")


class FormStep(NamedTuple):
    """One step: its name, its address, and `done`, `now` or nothing yet."""

    label: Text
    address: str
    place: str


def form_steps(application: Application, *, here: str) -> list[FormStep]:
    """Return the steps; a section is done when nothing in it is wrong or missing."""
    wrong = {problem.field.id.partition(".")[0] for problem in check_facts(application.facts)}
    form = form_for(route_of(application.facts))
    done = {section.id for section in form} - wrong
    if attachments_of(application).exists():
        done.add("files")
    labels = [(section.id, section.label) for section in form] + [("files", _FILES), ("check", _CHECK)]
    return [
        FormStep(
            label, _address(application, name), "now" if name == here else "done" if name in done else ""
        )
        for name, label in labels
    ]


def step_after(application: Application, section_id: str) -> str:
    """Return the address of the step that follows a section."""
    names = [section.id for section in form_for(route_of(application.facts))]
    following = names[names.index(section_id) + 1 :]
    return _address(application, following[0] if following else "files")


def _address(application: Application, name: str) -> str:
    if name in {"files", "check"}:
        return reverse(f"applications:{name}", args=[application.reference])
    return reverse("applications:section", args=[application.reference, name])
