"""The app `filings`."""

from django.apps import AppConfig

__all__ = ["FilingsConfig"]


class FilingsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.filings"
    label = "filings"
