"""The hook: an audit event that concerns others becomes a notice, in the same transaction."""

from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.notices.models import Notice
from openbeian.portal.notices.wording import is_told

__all__ = ["put_into_outbox"]


def put_into_outbox(*, instance: AuditEvent, created: bool, **_more: object) -> None:
    """Write a notice beside an audit event, where it is one that somebody is told of."""
    if created and is_told(instance.kind):
        Notice.objects.create(event=instance)
