"""The bulletins as everybody reads them: the list, each as a page and as files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openbeian.bulletins import article, chart_csv
from openbeian.core.text import Language
from openbeian.portal.accounts.models import User
from openbeian.portal.bulletins import rendering
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.bulletins.queries import (
    document_of,
    drafts_of,
    file_of,
    jurisdictions_of,
    may_issue,
    published,
)
from openbeian.portal.web.downloads import CSV, attachment
from openbeian.portal.web.languages import current_language

__all__ = [
    "bulletin",
    "bulletin_csv",
    "bulletin_docx",
    "bulletin_json",
    "bulletin_pdf",
    "bulletins",
]


@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """List what is published and, for those who issue them, the drafts."""
    user = request.user
    context: dict[str, Any] = {"bulletins": [(one, document_of(one)) for one in published()]}
    if isinstance(user, User):
        context["drafts"] = [(one, document_of(one)) for one in drafts_of(user)]
        context["may_draft"] = bool(jurisdictions_of(user))
    return render(request, "bulletins/bulletins.html", context)


@require_safe
def bulletin(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a bulletin; a draft to those who may publish it."""
    found = _find(request, slug)
    user = request.user

    def csv_address(chart: str) -> str:
        return reverse("bulletins:csv", args=[found.slug, chart])

    context = {
        "bulletin": found,
        "document": document_of(found),
        "article": article(document_of(found), _page_language(), csv_address=csv_address),
        "correction": found.corrections.exclude(published_at=None).first(),
        "may_issue": isinstance(user, User) and may_issue(user, found.jurisdiction),
    }
    return render(request, "bulletins/bulletin.html", context)


@require_safe
def bulletin_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the signed document."""
    return attachment(file_of(_find(request, slug)), "application/json", f"{slug}.json")


@require_safe
def bulletin_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the PDF in the page's language."""
    data = rendering.pdf_of(_find(request, slug), _page_language())
    return attachment(data, "application/pdf", f"{slug}.{_page_language()}.pdf")


@require_safe
def bulletin_docx(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the Word file in the page's language."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    data = rendering.docx_of(_find(request, slug), _page_language())
    return attachment(data, kind, f"{slug}.{_page_language()}.docx")


@require_safe
def bulletin_csv(request: HttpRequest, slug: str, chart: str) -> HttpResponse:
    """Hand out the table of one chart."""
    for one in document_of(_find(request, slug)).charts:
        if one.id == chart:
            return attachment(chart_csv(one).encode(), CSV, f"{slug}-{chart}.csv")
    raise Http404


def _find(request: HttpRequest, slug: str) -> Bulletin:
    found = Bulletin.objects.select_related("corrects", "log_entry", "published_by").filter(slug=slug).first()
    user = request.user
    if found is None or not (
        found.is_published or (isinstance(user, User) and may_issue(user, found.jurisdiction))
    ):
        raise Http404
    return found


def _page_language() -> Language:
    """Return the language of the page being made, as bulletins name it."""
    return "en" if current_language().startswith("en") else "zh"
