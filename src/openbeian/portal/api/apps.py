"""The app `api`."""

from django.apps import AppConfig

__all__ = ["APIConfig"]


class APIConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.api"
    label = "api"
