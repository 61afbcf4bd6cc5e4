"""The app `web`."""

from django.apps import AppConfig

__all__ = ["WebConfig"]


class WebConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.web"
    label = "web"
