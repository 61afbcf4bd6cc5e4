"""Read-only pages about what gates report, with the decisions platforms send."""

from django.contrib import admin

from openbeian.portal.audit.admin import ReadOnlyAdmin
from openbeian.portal.sightings.models import GateReport, SightedService

__all__ = ["GateReportAdmin", "SightedServiceAdmin"]


@admin.register(GateReport)
class GateReportAdmin(ReadOnlyAdmin):
    """Reports."""

    list_display = ("received_at", "organisation", "gate", "made_at", "report_id")
    list_filter = ("organisation",)


@admin.register(SightedService)
class SightedServiceAdmin(ReadOnlyAdmin):
    """Services that are not on file."""

    list_display = ("hash", "first_day", "last_day", "total", "followed_at")
