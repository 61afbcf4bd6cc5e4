"""The app `accounts`."""

from django.apps import AppConfig

__all__ = ["AccountsConfig"]


class AccountsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.accounts"
    label = "accounts"
