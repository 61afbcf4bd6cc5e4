"""The pages of the transparency log: what is in it, and how an entry is proved to be."""

import json
from typing import Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openbeian.portal.log.drawing import draw
from openbeian.portal.log.proving import prove
from openbeian.portal.log.queries import (
    asked_witnesses,
    latest_snapshot,
    published_size,
    recent_entries,
)
from openbeian.portal.web.downloads import attachment
from openbeian.portal.web.log_words import entry_label, fact_name, hash_meaning, says

__all__ = ["entry", "index", "proof"]

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
    """Say what an entry says, word for word too, and prove step by step that it is in the log."""
    found = get_object_or_404(recent_entries(), index=index)
    body, shown = json.loads(found.body), prove(found)
    context = {
        "entry": found,
        "label": entry_label(found.kind),
        "saying": says(found.kind, found.subject, body["facts"]),
        "facts": [(fact_name(name), value) for name, value in sorted(body["facts"].items())],
        "hashes": [(hash_meaning(name), value) for name, value in sorted(body["hashes"].items())],
        "proof": shown,
        "drawn": None if shown is None else draw([(one.sibling, one.is_left) for one in shown.steps]),
        "origin": settings.BEIAN_LOG_ORIGIN,
        "log_address": f"{settings.BEIAN_ORIGIN}{reverse('log:index')}",
    }
    return render(request, "log/entry.html", context)


@require_safe
def proof(request: HttpRequest, index: int) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Hand out the `.tlog-proof` file of an entry."""
    found = get_object_or_404(recent_entries(), index=index)
    shown = prove(found)
    if shown is None:
        raise Http404
    return attachment(shown.file, "text/plain; charset=utf-8", f"{index}.tlog-proof")
