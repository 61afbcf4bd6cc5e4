"""The app `correspondence`."""

from django.apps import AppConfig

__all__ = ["CorrespondenceConfig"]


class CorrespondenceConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.correspondence"
    label = "correspondence"
