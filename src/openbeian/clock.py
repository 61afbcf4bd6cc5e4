"""The one place that reads the clock; everything else takes the time as an argument."""

from datetime import UTC, datetime

__all__ = ["now"]


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one exception to the rule this module exists for
