"""The app `operations`."""

from django.apps import AppConfig

__all__ = ["OperationsConfig"]


class OperationsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.operations"
    label = "operations"
