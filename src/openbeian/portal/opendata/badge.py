"""The badge a service may show: status by word, icon and colour, and that it is no endorsement.

It is a picture for pages elsewhere: it fetches nothing, sets nothing and looks the same on any ground. Widths
are set from the number of characters, a square for Han and a little more than half of one for Latin.
"""

import unicodedata
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from openbeian.core.text import Text
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.web.marks import mark_of

__all__ = ["Badge", "badge_of", "draw", "unknown_badge"]


class Badge(NamedTuple):
    """What a badge says; `address` is where a click verifies it."""

    tone: str
    icon: str
    status: Text
    number: str
    address: str


_COLOURS: Final = {"ok": "#1c6a43", "wait": "#7d5200", "stop": "#a4231d", "off": "#555c64", "go": "#14507c"}
_ICONS: Final = {
    "check": "M6.4 10.3l2.5 2.5 4.8-5.3",
    "pause": "M8 7v6M12 7v6",
    "cross": "M7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4",
    "minus": "M6.5 10h7",
    "clock": "M10 5.8V10l2.9 1.9",
    "info": "M10 9.2v4.4M10 6.4v.1",
}
_FILING: Final = Text("备案", "Filing: ")
_REGISTRATION: Final = Text("登记", "Registration: ")
_PUBLISHED: Final = Text("见于已公布的名单", "On a published list")
_UNKNOWN: Final = Text("未查到备案", "Not on file")
_DEMO: Final = Text("演示，不构成备案", "DEMO, no filing")
_NOTICE: Final = Text("备案不代表认可 · 点击核验", "No endorsement · click to verify")
_SANS: Final = "'PingFang SC','Noto Sans CJK SC','Microsoft YaHei','Noto Sans',Arial,sans-serif"
_HEIGHT: Final = 60
_LEFT: Final = 44
_RIGHT: Final = 12


def badge_of(entry: RegisterEntry, address: str) -> Badge:
    """Return the badge of an entry as it stands."""
    if entry.filing_id is None:
        return Badge("off", "info", _PUBLISHED, entry.number or entry.service_name, address)
    mark, word = mark_of(entry.status)
    if entry.profile:
        return Badge(
            "wait",
            mark.icon,
            Text(f"{_DEMO.zh}（{word.zh}）", f"{_DEMO.en} ({word.en.lower()})"),
            entry.number,
            address,
        )
    of = _REGISTRATION if entry.route == "registration" else _FILING
    return Badge(mark.tone, mark.icon, Text(of.zh + word.zh, of.en + word.en.lower()), entry.number, address)


def unknown_badge(number: str, address: str) -> Badge:
    """Return the badge of a number that is not on file."""
    return Badge("stop", "cross", _UNKNOWN, number, address)


def draw(badge: Badge, language: str) -> str:
    """Return the SVG."""
    status, notice = badge.status.in_(language), _NOTICE.in_(language)
    lines = ((status, 15, 600), (badge.number, 12, 400), (notice, 11, 400))
    width = round(_LEFT + max(_width(text) * size for text, size, _ in lines) + _RIGHT)
    colour = _COLOURS[badge.tone]
    said = f"{status} · {badge.number} · {notice}"
    texts = "".join(
        f'<text x="{_LEFT}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}">'
        f"{escape(text)}</text>"
        for (text, size, weight), y, fill in zip(
            lines, (21, 37, 52), (colour, "#16191d", "#4f575f"), strict=True
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" '
        f'viewBox="0 0 {width} {_HEIGHT}" role="img" aria-label={quoteattr(said)} font-family="{_SANS}">'
        f'<title>{escape(said)}</title><a href={quoteattr(badge.address)} target="_blank" rel="noopener">'
        f'<rect x=".5" y=".5" width="{width - 1}" height="{_HEIGHT - 1}" rx="4" fill="#fff" '
        f'stroke="{colour}"/>'
        f'<path d="M4.5 0H34V{_HEIGHT}H4.5A4.5 4.5 0 0 1 0 55.5V4.5A4.5 4.5 0 0 1 4.5 0z" fill="{colour}"/>'
        '<g transform="translate(7 20)" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" '
        f'stroke-linejoin="round"><circle cx="10" cy="10" r="7.6"/><path d="{_ICONS[badge.icon]}"/></g>'
        f"{texts}</a></svg>\n"
    )


def _width(text: str) -> float:
    """Return how wide a text is, in squares."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WF" else 0.6 for one in text)
