"""The app `applications`."""

from django.apps import AppConfig

__all__ = ["ApplicationsConfig"]


class ApplicationsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.applications"
    label = "applications"
