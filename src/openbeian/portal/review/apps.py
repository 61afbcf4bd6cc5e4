"""The app `review`."""

from django.apps import AppConfig

__all__ = ["ReviewConfig"]


class ReviewConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.review"
    label = "review"
