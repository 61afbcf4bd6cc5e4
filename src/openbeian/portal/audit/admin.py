"""Read-only pages for administrators: what the portal stores may be looked at here, never changed."""

from django.contrib import admin
from django.http import HttpRequest

from openbeian.portal.audit.models import AuditEvent

__all__ = ["AuditEventAdmin", "ReadOnlyAdmin"]


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """Shows rows; changing them is what actions are for."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        """Say no."""
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The audit trail."""

    list_display = ("at", "kind", "subject_name", "by_name")
    list_filter = ("kind",)
    search_fields = ("subject_name", "by_name")
