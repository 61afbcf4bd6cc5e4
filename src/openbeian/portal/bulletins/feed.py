"""The published bulletins as an Atom feed, whose addresses are the portal's public ones."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from openbeian.bulletins.words import said
from openbeian.core.text import Text
from openbeian.portal.bulletins.queries import document_of, published
from openbeian.portal.bulletins.views import page_language
from openbeian.portal.web.words import now

__all__ = ["feed"]

_NEWEST = 50
_TITLE = Text("备案公报", "Filing bulletins")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Hand out the newest bulletins."""
    made = Atom1Feed(
        title=now(_TITLE),
        link=_address(reverse("bulletins:all")),
        description="",
        feed_url=_address(reverse("bulletins:feed")),
    )
    for bulletin in published()[:_NEWEST]:
        document = document_of(bulletin)
        made.add_item(
            title=now(document.title),
            link=_address(reverse("bulletins:bulletin", args=[bulletin.slug])),
            description=" ".join(said(one, document, page_language()) for one in document.takeaways),
            pubdate=bulletin.published_at,
            updateddate=bulletin.published_at,
        )
    response = HttpResponse(content_type=made.content_type)
    made.write(response, "utf-8")
    return response


def _address(path: str) -> str:
    return f"{settings.BEIAN_ORIGIN}{path}"
