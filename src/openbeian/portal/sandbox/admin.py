"""Read-only pages about permits that were granted, without what they are for."""

from django.contrib import admin

from openbeian.portal.audit.admin import ReadOnlyAdmin
from openbeian.portal.sandbox.models import Permit

__all__ = ["PermitAdmin"]


@admin.register(Permit)
class PermitAdmin(ReadOnlyAdmin):
    """Permits."""

    list_display = ("number", "service_id", "jurisdiction", "status", "begins_on", "ends_on")
    list_filter = ("status", "jurisdiction")
    exclude = ("purpose", "testers", "office_testers", "salt")
