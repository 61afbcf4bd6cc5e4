"""The app `statistics`."""

from django.apps import AppConfig

__all__ = ["StatisticsConfig"]


class StatisticsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.statistics"
    label = "statistics"
