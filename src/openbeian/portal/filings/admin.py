"""Read-only pages about filings, which are public anyway."""

from django.contrib import admin

from openbeian.portal.audit.admin import ReadOnlyAdmin
from openbeian.portal.filings.models import Filing, Round

__all__ = ["FilingAdmin", "RoundAdmin"]


@admin.register(Filing)
class FilingAdmin(ReadOnlyAdmin):
    """Filings."""

    list_display = ("number", "service_name", "provider_name", "status", "issued_on")
    list_filter = ("status", "jurisdiction")


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    """Rounds."""

    list_display = ("series", "name", "held_on", "published_at")
