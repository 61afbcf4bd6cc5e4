"""What has happened to an application, as its people may read it."""

from datetime import datetime
from typing import Final, NamedTuple

from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.core.text import Text
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.audit.queries import history_of

__all__ = ["Happening", "course_of"]

_PREFIX: Final = "application."
_LABELS: Final = {
    **{f"{_PREFIX}{step.name}": step.label for step in APPLICATION_STEPS.values()},
    f"{_PREFIX}create": Text("新建申请", "Begun"),
    f"{_PREFIX}correction_answered": Text("答复补正项", "Correction answered"),
    f"{_PREFIX}correction_closed": Text("了结补正项", "Correction settled"),
    f"{_PREFIX}confirmed_by_signatory": Text("签署人确认", "Confirmed by a signatory"),
    f"{_PREFIX}dossier_taken": Text("上传整套材料", "Dossier uploaded"),
    f"{_PREFIX}decided": Text("作出第一人决定（待会签）", "First decision given, to be countersigned"),
}
"""The events worth reading; saving a draft, for example, is in the audit trail only."""

_FOR_OFFICES: Final = f"{_PREFIX}decided"


class Happening(NamedTuple):
    """One event: what, when, by which organisation, and by whom where the reader may know."""

    label: Text
    at: datetime
    organisation: Organisation | None
    person: str
    subject: str


def course_of(application: Application, *, reader: User) -> list[Happening]:
    """Return what happened, newest first. A provider reads names of its own people only."""
    mine = [membership.organisation for membership in memberships_of(reader)]
    is_office = any(one.kind != "provider" for one in mine)
    events = [one for one in history_of(application) if one.kind in _LABELS]
    organisations = Organisation.objects.in_bulk({e.organisation_id for e in events if e.organisation_id})
    known = {str(key): one for key, one in organisations.items()}
    own = {str(one.pk) for one in mine}
    return [
        _happening(event, known, shows_name=is_office or event.organisation_id in own)
        for event in reversed(events)
        if is_office or event.kind != _FOR_OFFICES
    ]


def _happening(event: AuditEvent, known: dict[str, Organisation], *, shows_name: bool) -> Happening:
    return Happening(
        label=_LABELS[event.kind],
        at=event.at,
        organisation=known.get(event.organisation_id),
        person=event.by_name if shows_name else "",
        subject=str(event.detail.get("item", "")),
    )
