"""The app `filings`."""

from django.apps import AppConfig

__all__ = ["FilingsConfig"]


class FilingsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.filings"
    label = "filings"

    def ready(self) -> None:
        """Tell applications how the register is asked for a model."""
        from openbeian.portal.applications.base_models import look_up_with  # noqa: PLC0415  models come later
        from openbeian.portal.filings.bases import find_base  # noqa: PLC0415

        look_up_with(find_base)
