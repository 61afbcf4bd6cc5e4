"""The app `register`."""

from django.apps import AppConfig

__all__ = ["RegisterConfig"]


class RegisterConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.register"
    label = "register"
