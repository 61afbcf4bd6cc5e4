"""The app `accounts`."""

from django.apps import AppConfig

__all__ = ["AccountsConfig"]


class AccountsConfig(AppConfig):
    """Names the app, listens to what allauth tells, and checks how the portal is set up."""

    name = "openbeian.portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Begin to listen."""
        from openbeian.portal.accounts import checks, receivers  # noqa: F401, PLC0415  once the models are there
