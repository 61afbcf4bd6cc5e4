"""How our charts look: Vega-Lite specifications with our colours and letters, drawn as SVG and PNG."""

from functools import lru_cache
from typing import Any, Final

import vl_convert

from openbeian.typesetting.pictures import PICTURE_FONTS

__all__ = ["ACCENT", "INK", "PALE", "QUIET", "RULE", "WARNING", "chart_config", "png_of", "svg_of"]

ACCENT: Final = "#14507c"
PALE: Final = "#a3c3dc"
INK: Final = "#16191d"
QUIET: Final = "#4f575f"
RULE: Final = "#dcdfe1"
WARNING: Final = "#b3261e"


def chart_config(font: int) -> dict[str, Any]:
    """Return the `config` of a specification whose words are so many pixels high."""
    axis = {"labelFontSize": font, "titleFontSize": font, "titleFontWeight": "normal", "labelLimit": 200}
    colours = {"domainColor": RULE, "tickColor": RULE, "labelColor": QUIET, "titleColor": QUIET}
    return {
        "font": PICTURE_FONTS,
        "view": {"stroke": None},
        "axis": {"grid": False, **axis, **colours},
        "legend": {
            "labelColor": INK,
            "labelFontSize": font,
            "title": None,
            "orient": "top",
            "symbolType": "square",
        },
        "text": {"color": INK, "fontSize": font},
    }


@lru_cache(maxsize=64)
def svg_of(spec: str) -> str:
    """Return the chart of a specification as SVG."""
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))


@lru_cache(maxsize=32)
def png_of(spec: str) -> bytes:
    """Return the chart of a specification as PNG, sharp enough for print."""
    return bytes(vl_convert.vegalite_to_png(spec, scale=3, allowed_base_urls=[]))
