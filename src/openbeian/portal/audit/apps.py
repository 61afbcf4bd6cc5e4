"""The app `audit`."""

from django.apps import AppConfig

__all__ = ["AuditConfig"]


class AuditConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.audit"
    label = "audit"
