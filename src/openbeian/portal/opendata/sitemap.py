"""The sitemap (sitemaps.org 0.9): an index, the pages, and 50,000 entries a file, in both languages."""

from collections.abc import Iterator
from itertools import chain
from typing import Final
from xml.sax.saxutils import escape

from django.conf import settings
from django.urls import reverse

from openbeian.portal.bulletins.queries import published
from openbeian.portal.filings.models import RegisterEntry

__all__ = ["HEAD", "MOST", "NAMES", "count_parts", "entries_part", "index", "pages_part"]

MOST: Final = 50_000
"""How many addresses a file may hold."""

HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES: Final = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
_PAGES: Final = (
    *("register:front", "register:entries", "register:models", "register:lookup"),
    *("statistics:all", "statistics:definitions", "bulletins:all", "opendata:data", "log:index"),
)


def count_parts() -> int:
    """Return how many files the entries take."""
    return -(-RegisterEntry.objects.count() // MOST)


def index() -> Iterator[str]:
    """Yield the index."""
    yield f'{HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    parts = [reverse("opendata:sitemap_entries", args=[part]) for part in range(1, count_parts() + 1)]
    for path in (reverse("opendata:sitemap_pages"), *parts):
        yield f"<sitemap><loc>{escape(settings.BEIAN_ORIGIN + path)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def pages_part() -> Iterator[str]:
    """Yield the file of the pages, with the bulletins."""
    bulletins = published().values_list("slug", flat=True)
    articles = (reverse("bulletins:bulletin", args=[slug]) for slug in bulletins)
    yield from _urls(chain((reverse(name) for name in _PAGES), articles))


def entries_part(part: int) -> Iterator[str]:
    """Yield a file of entries, counted from 1; an empty one where there are no more."""
    keys = RegisterEntry.objects.order_by("pk").values_list("key", flat=True)[(part - 1) * MOST : part * MOST]
    yield from _urls(reverse("register:entry", args=[key]) for key in keys.iterator(chunk_size=5_000))


def _urls(paths: Iterator[str]) -> Iterator[str]:
    yield f"{HEAD}<urlset {NAMES}>\n"
    for path in paths:
        address = escape(settings.BEIAN_ORIGIN + path)
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{address}?lang={short}"/>'
            for language, short in (("zh-Hans", "zh"), ("en", "en"))
        )
        yield f"<url><loc>{address}</loc>{others}</url>\n"
    yield "</urlset>\n"
