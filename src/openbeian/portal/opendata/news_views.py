"""The feeds, the sitemap, and what robots are told."""

from collections.abc import Iterator
from email.utils import format_datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from openbeian.portal.opendata import feeds, sitemap
from openbeian.portal.opendata.news import newest_items
from openbeian.portal.opendata.public_paths import CLOSED
from openbeian.portal.web.languages import current_language

__all__ = ["atom", "json_feed", "robots", "sitemap_entries", "sitemap_index", "sitemap_pages"]

_XML = "application/xml; charset=utf-8"


def _feed(body: bytes, content_type: str, updated: str) -> HttpResponse:
    headers = {"Last-Modified": updated, "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return HttpResponse(body, content_type=content_type, headers=headers)


@require_safe
@conditional_page
def atom(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Say what is new, as Atom."""
    items = newest_items()
    updated = format_datetime(feeds.updated_at(items), usegmt=True)
    return _feed(feeds.atom(items, current_language()), feeds.ATOM_TYPE, updated)


@require_safe
@conditional_page
def json_feed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Say what is new, as a JSON feed."""
    items = newest_items()
    updated = format_datetime(feeds.updated_at(items), usegmt=True)
    return _feed(feeds.json_feed(items, current_language()), feeds.JSON_TYPE, updated)


@require_safe
def sitemap_index(request: HttpRequest) -> StreamingHttpResponse:  # noqa: ARG001
    """Name the files of the sitemap."""
    return _xml(sitemap.index())


@require_safe
def sitemap_pages(request: HttpRequest) -> StreamingHttpResponse:  # noqa: ARG001
    """Name the pages."""
    return _xml(sitemap.pages_part())


@require_safe
def sitemap_entries(request: HttpRequest, part: int) -> StreamingHttpResponse:  # noqa: ARG001
    """Name the entries, 50,000 at a time."""
    if not 1 <= part <= sitemap.count_parts():
        raise Http404
    return _xml(sitemap.entries_part(part))


def _xml(parts: Iterator[str]) -> StreamingHttpResponse:
    return StreamingHttpResponse((part.encode() for part in parts), content_type=_XML)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Tell robots what is public, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {settings.BEIAN_ORIGIN}{reverse('opendata:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
