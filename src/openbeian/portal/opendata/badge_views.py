"""Handing out badges."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from openbeian.portal.opendata.badge import badge_of, draw, unknown_badge
from openbeian.portal.register.addresses import check_address
from openbeian.portal.register.queries import find_entry, find_published
from openbeian.portal.web.languages import current_language

__all__ = ["badge"]

_LONGEST: Final = 90
_HEADERS: Final = {
    # A revoked filing is to be seen within minutes, wherever the badge is shown.
    "Cache-Control": "public, max-age=300",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@require_safe
@conditional_page
def badge(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Show how a filing stands, as a picture; of what is not on file, that."""
    filing = find_entry(number)
    entry = find_published(number) if filing is None else filing.register_entry
    asked = number[:_LONGEST] if entry is None else entry.number or entry.key
    address = check_address(asked)
    found = unknown_badge(asked, address) if entry is None else badge_of(entry, address)
    return HttpResponse(
        draw(found, current_language()),
        status=404 if entry is None else 200,
        content_type="image/svg+xml; charset=utf-8",
        headers=_HEADERS,
    )
