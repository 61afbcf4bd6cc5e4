"""The sitemap and robots.txt of a static copy, whose address is known."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from openbeian.portal.opendata.sitemap import HEAD, MOST, NAMES

__all__ = ["robots_file", "sitemap_files"]

_LANGUAGES: Final = (("zh-Hans", "zh"), ("en", "en"))


def sitemap_files(files: Sequence[str], address: str) -> Mapping[str, str]:
    """Return the sitemap of pages, given their files in either language: an index and its parts."""
    parts = [files[at : at + MOST // 2] for at in range(0, len(files), MOST // 2)]
    written = {f"sitemap-{n}.xml": _urls(part, address) for n, part in enumerate(parts, start=1)}
    places = "".join(f"<sitemap><loc>{escape(f'{address}/{name}')}</loc></sitemap>\n" for name in written)
    index = (
        f'{HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</sitemapindex>\n'
    )
    return {"sitemap.xml": index, **written}


def robots_file(address: str) -> str:
    """Return what robots are told."""
    return f"User-agent: *\nAllow: /\nSitemap: {address}/sitemap.xml\n"


def _urls(files: Sequence[str], address: str) -> str:
    lines = []
    for file in files:
        there = {name: escape(f"{address}/{folder}/{quote(file)}") for name, folder in _LANGUAGES}
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{name}" href="{url}"/>' for name, url in there.items()
        )
        lines += [f"<url><loc>{url}</loc>{others}</url>\n" for url in there.values()]
    return f"{HEAD}<urlset {NAMES}>\n{''.join(lines)}</urlset>\n"
