"""The app `sandbox`."""

from django.apps import AppConfig

__all__ = ["SandboxConfig"]


class SandboxConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.sandbox"
    label = "sandbox"
