"""The app's name for Django."""

from django.apps import AppConfig

__all__ = ["RetestsConfig"]


class RetestsConfig(AppConfig):
    """Hidden banks and re-tests."""

    name = "openbeian.portal.retests"
    label = "retests"
