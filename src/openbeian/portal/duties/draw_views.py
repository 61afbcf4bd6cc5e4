"""The pages of random re-inspections: every draw, ordering one, one of them and its file."""

import json
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from openbeian import clock
from openbeian.core.duty_rights import may_order_reinspection
from openbeian.core.errors import BadInputError
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.duties.drawing import draw_record, order_reinspection
from openbeian.portal.duties.forms import DrawForm
from openbeian.portal.duties.queries import draws_shown_to
from openbeian.portal.filings.models import Filing
from openbeian.portal.web.downloads import attachment
from openbeian.portal.web.words import now

__all__ = ["draw", "draw_file", "draws", "order"]

_K = OrganisationKind
_OFFICES: Final = frozenset({_K.PROVINCIAL, _K.NATIONAL})
_ORDERED: Final = Text(
    "已写入公开日志；日志发布后自动抽取，通常几秒内完成。",
    "Committed in the public log; it is drawn by itself when the log is published, usually within seconds.",
)
_ON_A_PAGE: Final = 50


@login_required
@require_GET
def draws(request: HttpRequest) -> HttpResponse:
    """Show every draw of one's office."""
    check_belongs(request, _OFFICES | {_K.AUDITOR})
    user = signed_in(request)
    actor = actor_of(user)
    page = Paginator(draws_shown_to(user), _ON_A_PAGE).get_page(request.GET.get("page"))
    may_order = any(may_order_reinspection(actor, one.jurisdiction or "") for one in actor.memberships)
    return render(request, "duties/draws.html", {"page": page, "may_order": may_order})


@login_required
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """Order a draw."""
    check_belongs(request, _OFFICES)
    user = signed_in(request)
    own = [one.organisation.jurisdiction for one in user.memberships.select_related("organisation")]
    form = DrawForm(request.POST or None, initial={"jurisdiction": next(filter(None, own), "")})
    if request.method == "POST" and form.is_valid():
        try:
            ordered = order_reinspection(**form.cleaned_data, by=user, at=clock.now())
        except BadInputError as error:
            form.add_error(None, now(error.text))
        else:
            messages.success(request, now(_ORDERED))
            return redirect("duties:draw", ordered.pk)
    return render(request, "duties/order.html", {"form": form})


@login_required
@require_GET
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draw: what it was drawn from, how, and what came of it."""
    found = get_object_or_404(draws_shown_to(signed_in(request)).select_related("entry", "ordered_by"), pk=pk)
    by_number = {one.number: one for one in Filing.objects.filter(number__in=found.drawn)}
    context = {
        "draw": found,
        "filings": [by_number[number] for number in found.drawn],
        "file": draw_record(found).as_json() if found.drawn_at else None,
    }
    return render(request, "duties/draw.html", context)


@login_required
@require_GET
def draw_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a draw for `beian register redraw`."""
    found = get_object_or_404(draws_shown_to(signed_in(request)), pk=pk)
    if found.drawn_at is None:
        raise Http404
    text = json.dumps(draw_record(found).as_json(), ensure_ascii=False, indent=1)
    return attachment(text, "application/json", f"{found}.json")
