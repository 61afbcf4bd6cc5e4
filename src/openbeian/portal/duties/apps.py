"""The app `duties`."""

from django.apps import AppConfig

__all__ = ["DutiesConfig"]


class DutiesConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.duties"
    label = "duties"
