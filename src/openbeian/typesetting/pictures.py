"""Pictures with words in them, for pages that know which font there is."""

from typing import Final

import vl_convert

__all__ = ["PICTURE_FONTS", "svg_png", "with_font"]

PICTURE_FONTS: Final = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
"""What a picture asks for: the first that the reader's machine has."""


def with_font(svg: str, family: str) -> bytes:
    """Return a picture drawn with `PICTURE_FONTS` that names the one font that is there instead."""
    return svg.replace(f'font-family="{PICTURE_FONTS}"', f'font-family="{family}"').encode()


def svg_png(svg: str, *, scale: float = 3) -> bytes:
    """Return a picture as PNG, `scale` times as many pixels as it says, sharp enough for print."""
    return bytes(vl_convert.svg_to_png(svg, scale=scale))
