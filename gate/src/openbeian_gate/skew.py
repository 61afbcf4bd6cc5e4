"""How far this machine's clock is off, judged by signed times alone. Pure.

A snapshot that appears between two looks was signed between them. Where the signed time lies after the second
look, this clock is behind; where it lies before the first, this clock is ahead, or what was signed took that
long to arrive. At the first look only the former can be told.
"""

from datetime import datetime, timedelta
from typing import Final

__all__ = ["SKEW_WARNED_OF", "clock_skew"]

SKEW_WARNED_OF: Final = timedelta(seconds=60)
"""Beyond this an operator is told."""


def clock_skew(signed_at: datetime, *, looked_before: datetime | None, looked_at: datetime) -> timedelta:
    """Return by how much this clock is ahead at least: below zero where it is behind, zero where right.

    Args:
        signed_at: The time in what was signed.
        looked_before: When it was not there yet, by this clock; None where nobody had looked.
        looked_at: When it was seen, by this clock.
    """
    if signed_at > looked_at:
        return looked_at - signed_at
    if looked_before is not None and signed_at < looked_before:
        return looked_before - signed_at
    return timedelta(0)
