"""The app `judging`."""

from django.apps import AppConfig

__all__ = ["JudgingConfig"]


class JudgingConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.judging"
    label = "judging"
