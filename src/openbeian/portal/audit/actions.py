"""The one way to write the audit trail; called inside the transaction of what it tells of."""

from datetime import datetime
from typing import Protocol

from django.db.models import Model

from openbeian.portal.audit.models import AuditEvent

__all__ = ["Person", "record", "subject_of"]

_NAME_LENGTH = 160


class Person(Protocol):
    """Whoever acts: somebody who logged in, or the portal itself."""

    @property
    def audit_id(self) -> str:
        """A stable id."""

    @property
    def audit_name(self) -> str:
        """The name at the time."""


def subject_of(subject: Model) -> tuple[str, str]:
    """Return the type and the id by which the trail knows `subject`."""
    return str(subject._meta.model_name), str(subject.pk)  # noqa: SLF001  Django's documented API


def record(
    kind: str, subject: Model, *, by: Person, at: datetime, organisation_id: str = "", **detail: object
) -> AuditEvent:
    """Append one event: `by` did `kind` to `subject`, on behalf of an organisation."""
    subject_type, subject_id = subject_of(subject)
    return AuditEvent.objects.create(
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        subject_name=str(subject)[:_NAME_LENGTH],
        by_id=by.audit_id,
        by_name=by.audit_name,
        organisation_id=organisation_id,
        at=at,
        detail=detail,
    )
