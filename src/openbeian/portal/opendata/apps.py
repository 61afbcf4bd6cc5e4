"""The app `opendata`."""

from django.apps import AppConfig

__all__ = ["OpenDataConfig"]


class OpenDataConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.opendata"
    label = "opendata"
