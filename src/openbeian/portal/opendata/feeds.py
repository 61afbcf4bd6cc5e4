"""What is new as Atom (RFC 4287) and as JSON Feed 1.1, in the language asked for."""

import json
import re
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

from django.conf import settings
from django.urls import reverse

from openbeian.core.text import Text
from openbeian.portal.opendata.manifest import LICENCE
from openbeian.portal.opendata.news import Item

__all__ = ["ATOM_TYPE", "JSON_TYPE", "atom", "json_feed", "updated_at"]

ATOM_TYPE: Final = "application/atom+xml; charset=utf-8"
JSON_TYPE: Final = "application/feed+json; charset=utf-8"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_VERSION: Final = "https://jsonfeed.org/version/1.1"
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EPOCH: Final = datetime(2023, 8, 15, tzinfo=UTC)
"""The day the Interim Measures came into force: an empty feed has not changed since."""

_TITLE: Final = Text("备案公开登记册：新情况", "Register of generative-AI services: what is new")
_SUBTITLE: Final = Text(
    "批次发证、新入册、暂停、撤销等。备案不代表认可。",
    "Rounds, new entries, suspensions, revocations. A filing is not an endorsement.",
)


def updated_at(items: list[Item]) -> datetime:
    """Return when the feed last changed."""
    return max((item.at for item in items), default=_EPOCH)


def atom(items: list[Item], language: str) -> bytes:
    """Return the Atom feed."""
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": _short(language)})
    here = f"{settings.BEIAN_ORIGIN}{reverse('opendata:atom')}?lang={_short(language)}"
    _add(feed, "id", f"tag:{settings.BEIAN_LOG_ORIGIN.split('/', maxsplit=1)[0].lower()},2023-08-15:news")
    _add(feed, "title", _TITLE.in_(language))
    _add(feed, "subtitle", _SUBTITLE.in_(language))
    _add(feed, "updated", _instant(updated_at(items)))
    _add(feed, "rights", LICENCE.in_(language))
    _add(_add(feed, "author"), "name", settings.BEIAN_ISSUER)
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": here})
    ET.SubElement(
        feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{settings.BEIAN_ORIGIN}/"}
    )
    for item in items:
        entry = _add(feed, "entry")
        _add(entry, "id", item.id)
        _add(entry, "title", item.title.in_(language))
        _add(entry, "updated", _instant(item.at))
        _add(entry, "published", _instant(item.at))
        _add(entry, "summary", item.summary.in_(language))
        ET.SubElement(entry, "category", {"term": item.category})
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": _address(item)})
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def json_feed(items: list[Item], language: str) -> bytes:
    """Return the JSON feed."""
    feed = {
        "version": _VERSION,
        "title": _TITLE.in_(language),
        "description": _SUBTITLE.in_(language),
        "home_page_url": f"{settings.BEIAN_ORIGIN}/",
        "feed_url": f"{settings.BEIAN_ORIGIN}{reverse('opendata:json_feed')}?lang={_short(language)}",
        "language": _short(language),
        "authors": [{"name": settings.BEIAN_ISSUER}],
        "items": [
            {
                "id": item.id,
                "url": _address(item),
                "title": item.title.in_(language),
                "content_text": item.summary.in_(language),
                "date_published": _instant(item.at),
                "date_modified": _instant(item.at),
                "tags": [item.category],
            }
            for item in items
        ],
    }
    return (json.dumps(feed, ensure_ascii=False, indent=2) + "\n").encode()


def _add(parent: ET.Element, name: str, text: str = "") -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _NO_XML.sub("\ufffd", text) or None
    return child


def _address(item: Item) -> str:
    return f"{settings.BEIAN_ORIGIN}{item.path}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _short(language: str) -> str:
    return "en" if language.startswith("en") else "zh"
