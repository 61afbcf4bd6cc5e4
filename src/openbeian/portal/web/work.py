"""What waits for a person, gathered from every part of the portal they belong to."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from django.urls import reverse

from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permits import PermitStatus
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.applications.queries import of_own_provider
from openbeian.portal.filings.queries import confirmed_applications, open_measures
from openbeian.portal.petitions.queries import petitions_waiting_for
from openbeian.portal.register.classes import to_be_classified
from openbeian.portal.register.reports import open_reports
from openbeian.portal.review.queue import queue_for
from openbeian.portal.sandbox.queries import permits_concerning
from openbeian.portal.sightings.queries import sighted

__all__ = ["Task", "build_work"]

_K = OrganisationKind
_MINE: Final = (ApplicationStatus.CORRECTION, ApplicationStatus.DRAFT)


class Task(NamedTuple):
    """A heap of work: how much, what, and where it is done."""

    number: int
    label: Text
    address: str


def build_work(user: User, *, on: date) -> list[Task]:
    """Return the heaps of work of a person's organisations; empty ones are shown too."""
    kinds = {_K(membership.organisation.kind) for membership in memberships_of(user)}
    tasks: list[Task] = []
    if _K.PROVIDER in kinds:
        tasks.extend(_of_provider(user))
    if kinds & {_K.PROVINCIAL, _K.NATIONAL}:
        # The queue is of both sides; what a provider has to do is counted above.
        waiting = queue_for(user, on=on).exclude(status__in=[one.value for one in _MINE]).count()
        tasks.append(Task(waiting, Text("件待办理", "waiting for your office"), reverse("review:queue")))
        reports = open_reports(user).count()
        tasks.append(Task(reports, Text("条反馈待办", "reports to deal with"), reverse("register:reports")))
        unsure = to_be_classified(user).count()
        tasks.append(Task(unsure, Text("项待分类", "entries to be classified"), reverse("office:classes")))
        seen = sighted(include_followed=False).count()
        tasks.append(Task(seen, Text("条未备案线索", "unfiled services seen"), reverse("sightings:all")))
    if kinds & {_K.PROVIDER, _K.PROVINCIAL, _K.NATIONAL}:
        asked_for = petitions_waiting_for(user).count()
        tasks.append(Task(asked_for, Text("件事项待办", "petitions to deal with"), reverse("petitions:all")))
    if _K.PROVINCIAL in kinds:
        asked = permits_concerning(user).filter(status=PermitStatus.ASKED.value).count()
        tasks.append(
            Task(asked, Text("项沙盒许可待办", "sandbox permits asked for"), reverse("sandbox:desk"))
        )
    if _K.NATIONAL in kinds:
        rounds = reverse("filings:rounds")
        confirmed = confirmed_applications().count()
        tasks.append(Task(confirmed, Text("件已确认待发证", "confirmed, to be certified"), rounds))
    if kinds & {_K.PROVINCIAL, _K.NATIONAL}:
        measures = open_measures(user).count()
        label = Text("项措施待会签", "measures to be countersigned")
        tasks.append(Task(measures, label, reverse("filings:measures")))
    return tasks


def _of_provider(user: User) -> Iterator[Task]:
    address = reverse("applications:list")
    labels = (Text("件待补正", "to be corrected"), Text("件草稿", "drafts"))
    for status, label in zip(_MINE, labels, strict=True):
        yield Task(of_own_provider(user).filter(status=status.value).count(), label, address)
