"""The pages of the transparency log: what is in it, and how an entry is proved to be."""

import json
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from openbeian.portal.log.proving import prove
from openbeian.portal.log.queries import (
    asked_witnesses,
    latest_snapshot,
    published_size,
    recent_entries,
)

__all__ = ["entry", "index"]

_ON_A_PAGE: Final = 25


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the newest entries and what the log promises."""
    page = Paginator(recent_entries(), _ON_A_PAGE).get_page(request.GET.get("page"))
    size, witnesses = published_size(), list(asked_witnesses())
    asked = [one for one in witnesses if one.is_asked]
    context = {
        "page": page,
        "size": size,
        "snapshot": latest_snapshot(),
        "witnesses": witnesses,
        "asked": len(asked),
        "cosigned": sum(one.cosigned_size == size for one in asked),
        "contradicted": [one for one in witnesses if one.contradicted_at],
    }
    return render(request, "log/index.html", context)


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show an entry word for word, and the proof that it is in the log."""
    found = get_object_or_404(recent_entries(), index=index)
    body = json.loads(found.body)
    context = {
        "entry": found,
        "facts": sorted(body["facts"].items()),
        "hashes": sorted(body["hashes"].items()),
        "proof": prove(found),
    }
    return render(request, "log/entry.html", context)
