"""The events of the audit trail. Rows name people and subjects by value, so that they outlive them."""

from typing import Any, NoReturn

from django.db import models

__all__ = ["AuditEvent", "AuditIsAppendOnlyError"]


class AuditIsAppendOnlyError(TypeError):
    """Somebody's code tried to change or remove an event."""


class AuditEvent(models.Model):
    """One thing done: who, for which organisation, what, to what, when."""

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    subject_name = models.CharField(max_length=160, blank=True)
    by_id = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    organisation_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        """Read by subject, oldest first."""

        ordering = ("id",)
        indexes = (
            models.Index(fields=("subject_type", "subject_id"), name="audit_subject"),
            models.Index(fields=("at",), name="audit_at"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as Django's
        """Append the event; the database itself refuses what gets round this."""
        if not self._state.adding:
            raise AuditIsAppendOnlyError("an audit event is never changed")
        super().save(*args, **kwargs)

    def delete(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Refuse."""
        raise AuditIsAppendOnlyError("an audit event is never removed")
