"""The app `notices`; hangs itself on the audit trail as it starts."""

from django.apps import AppConfig
from django.db.models.signals import post_save

__all__ = ["NoticesConfig"]


class NoticesConfig(AppConfig):
    """Names the app, and connects the one hook."""

    name = "openbeian.portal.notices"
    label = "notices"

    def ready(self) -> None:
        """Put a notice into the outbox with each event that is told to somebody."""
        from openbeian.portal.notices.outbox import put_into_outbox  # noqa: PLC0415  models are loaded only now

        post_save.connect(put_into_outbox, sender="audit.AuditEvent", dispatch_uid="notices")
