"""Read-only pages about the log. Dossiers have none: a system administrator sees no dossier."""

from django.contrib import admin

from openbeian.portal.audit.admin import ReadOnlyAdmin
from openbeian.portal.log.models import Entry, Snapshot, WitnessState

__all__ = ["EntryAdmin", "SnapshotAdmin", "WitnessStateAdmin"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Entries, published or waiting."""

    list_display = ("index", "kind", "subject", "at", "published_at")
    list_filter = ("kind",)


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Snapshots."""

    list_display = ("version", "issued_at", "entries", "sha256")


@admin.register(WitnessState)
class WitnessStateAdmin(ReadOnlyAdmin):
    """Witnesses and their last answers."""

    list_display = (
        "name",
        "is_asked",
        "outcome",
        "cosigned_size",
        "cosigned_at",
        "failures",
        "contradicted_at",
    )
