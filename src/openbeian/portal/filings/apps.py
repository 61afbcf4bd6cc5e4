"""The app `filings`."""

from collections.abc import Sequence
from typing import Final

from django.apps import AppConfig
from django.db.migrations import Migration
from django.db.models.signals import post_migrate

__all__ = ["FilingsConfig", "fill_new_columns"]

_COLUMNS_ADDED: Final = "0003_search_columns"


class FilingsConfig(AppConfig):
    """Names the app, and fills the columns that entries are found by once they have been added."""

    name = "openbeian.portal.filings"
    label = "filings"

    def ready(self) -> None:
        """Wait for migrations, and tell applications how the register is asked for a model."""
        post_migrate.connect(fill_new_columns, sender=self)
        from openbeian.portal.applications.base_models import look_up_with  # noqa: PLC0415  models come later
        from openbeian.portal.filings.bases import find_base  # noqa: PLC0415

        look_up_with(find_base)


def fill_new_columns(plan: Sequence[tuple[Migration, bool]] = (), **_told: object) -> None:
    """Fill them if a plan of migrations, each with whether it goes backwards, has added them."""
    added = any(
        migration.app_label == "filings" and migration.name == _COLUMNS_ADDED and not is_backwards
        for migration, is_backwards in plan
    )
    if added:
        from openbeian.portal.filings.register_entries import describe_anew  # noqa: PLC0415  models come later

        describe_anew()
