"""The app `tallies`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

__all__ = ["TalliesConfig"]


class TalliesConfig(AppConfig):
    """Names the app, and has the triggers stand whenever the tables do."""

    name = "openbeian.portal.tallies"
    label = "tallies"

    def ready(self) -> None:
        """Take the triggers away while tables are changed, and put them back afterwards."""
        from openbeian.portal.tallies import keeping  # noqa: PLC0415  the models must be loaded first

        pre_migrate.connect(keeping.before_migrating, sender=self)
        post_migrate.connect(keeping.after_migrating, sender=self)
