"""The course of a sighting over the last days, drawn small."""

from collections.abc import Sequence
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from openbeian.core.text import Text
from openbeian.portal.web.words import now

__all__ = ["register"]

register = template.Library()

_WIDTH: Final = 5
_GAP: Final = 1
_HEIGHT: Final = 16


@register.filter
def trend(counts: Sequence[int]) -> SafeString:
    """Draw counts by day, oldest first, as bars on a line; its halves are said for who can't see it."""
    largest = max(counts, default=0) or 1
    heights = [max(1, round(_HEIGHT * count / largest)) for count in counts]
    bars = [(at * (_WIDTH + _GAP), _HEIGHT - height, height) for at, height in enumerate(heights)]
    half = len(counts) // 2
    said = Text(
        f"前 {half} 天 {sum(counts[:half])} 次，后 {half} 天 {sum(counts[half:])} 次",
        f"{sum(counts[:half])} in the first {half} days, {sum(counts[half:])} in the last",
    )
    return format_html(
        '<span class="drawn"><svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true">{2}</svg>'
        '<span class="hidden-visually">{3}</span></span>',
        len(counts) * (_WIDTH + _GAP),
        _HEIGHT,
        format_html_join("", '<rect x="{}" y="{}" width="5" height="{}"/>', bars),
        now(said),
    )
