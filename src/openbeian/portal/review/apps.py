"""The app `review`."""

from django.apps import AppConfig

__all__ = ["ReviewConfig"]


class ReviewConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.review"
    label = "review"

    def ready(self) -> None:
        """Let the office's clock follow every step of an application."""
        from openbeian.portal.applications.steps import stepped  # noqa: PLC0415  apps must be loaded first
        from openbeian.portal.review.clocks import follow_step  # noqa: PLC0415  the same

        stepped.connect(follow_step, dispatch_uid="review.clocks")
