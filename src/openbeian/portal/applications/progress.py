"""The steps of the guided form: one for each section, then the files, then the check."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import Final, NamedTuple

from django.urls import reverse

from openbeian.core.text import Text
from openbeian.dossier.form import check_facts, form_for, route_of
from openbeian.dossier.kinds import kinds_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import attachments_of

__all__ = ["EVIDENCE", "Asked", "FormStep", "asked_for", "form_steps", "step_after"]

EVIDENCE: Final = Text("评估证据", "Evidence of the assessment")
_AS_WRITTEN: Final[tuple[str, ...]] = ("jsonl",)
_FILES: Final = Text("附件", "Files")
_CHECK: Final = Text("检查并提交", "Check and submit")


class FormStep(NamedTuple):
    """One step: its name, its address, and `done`, `now` or nothing yet."""

    label: Text
    address: str
    place: str


class Asked(NamedTuple):
    """A document that the route asks for: in which forms it is there, and in which it is missing."""

    label: Text
    held: Sequence[str]
    missing: Sequence[str]

    @property
    def is_there(self) -> bool:
        """Whether it is there in every form."""
        return not self.missing


def asked_for(application: Application) -> list[Asked]:
    """Return the evidence and the documents of the route, as the checks E01, D01 and D02 ask for them."""
    held: dict[str, set[str]] = defaultdict(set)
    for kind, name in attachments_of(application).values_list("kind", "name"):
        held[kind].add(PurePath(name).suffix.lower().removeprefix("."))
    route = route_of(application.facts)
    documents = [(one.id, one.name, one.suffixes) for one in kinds_of(route)]
    evidence = [("evidence", EVIDENCE, _AS_WRITTEN)] if route == "filing" else []
    return [_asked(label, forms, held[kind]) for kind, label, forms in (*evidence, *documents)]


def _asked(label: Text, forms: Sequence[str], held: Collection[str]) -> Asked:
    return Asked(label, [one for one in forms if one in held], [one for one in forms if one not in held])


def form_steps(application: Application, *, here: str) -> list[FormStep]:
    """Return the steps; a section is done when nothing in it is wrong or missing."""
    wrong = {problem.field.id.partition(".")[0] for problem in check_facts(application.facts)}
    form = form_for(route_of(application.facts))
    done = {section.id for section in form} - wrong
    if all(one.is_there for one in asked_for(application)):
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
