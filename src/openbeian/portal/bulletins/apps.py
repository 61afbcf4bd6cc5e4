"""The app `bulletins`."""

from django.apps import AppConfig

__all__ = ["BulletinsConfig"]


class BulletinsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.bulletins"
    label = "bulletins"
