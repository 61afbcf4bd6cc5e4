"""The app `log`."""

from django.apps import AppConfig

__all__ = ["LogConfig"]


class LogConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.log"
    label = "log"
