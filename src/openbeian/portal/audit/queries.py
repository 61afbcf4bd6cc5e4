"""Reading the audit trail."""

from django.db.models import Model, QuerySet

from openbeian.portal.audit.actions import subject_of
from openbeian.portal.audit.models import AuditEvent

__all__ = ["history_of"]


def history_of(subject: Model) -> QuerySet[AuditEvent]:
    """Return the events of one subject, oldest first."""
    subject_type, subject_id = subject_of(subject)
    return AuditEvent.objects.filter(subject_type=subject_type, subject_id=subject_id)
