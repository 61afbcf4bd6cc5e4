"""The app `review`."""

from django.apps import AppConfig

__all__ = ["ReviewConfig"]


class ReviewConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.review"
    label = "review"

    def ready(self) -> None:
        """Let the office's clock follow every step of an application, and each correction keep its origin."""
        from openbeian.portal.applications.steps import raised, stepped  # noqa: PLC0415  apps are loaded first
        from openbeian.portal.review.clocks import follow_step  # noqa: PLC0415  the same
        from openbeian.portal.review.origins import keep_origins  # noqa: PLC0415  the same

        raised.connect(keep_origins, dispatch_uid="review.origins")
        stepped.connect(follow_step, dispatch_uid="review.clocks")
