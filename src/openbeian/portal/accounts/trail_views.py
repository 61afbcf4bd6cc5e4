"""The page of the audit trail: who did what, when; as much of it as somebody may read."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from openbeian.core.account_rights import Reach
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.accounts.trail import ACCOUNT_KINDS, detail_of, event_label, events_for, reach_for

__all__ = ["trail"]

_ON_A_PAGE: Final = 50


@login_required
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Show events, newest first: those of a kind, those that name something, those before one."""
    user = signed_in(request)
    reach = reach_for(user)
    if reach is Reach.NOTHING:
        raise PermissionDenied
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    events = events_for(user)
    if kind:
        events = events.filter(kind=kind)
    if words:
        events = events.filter(Q(by_name__icontains=words) | Q(subject_name__icontains=words))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:  # noqa: PLR2004  what the database takes for an id
        events = events.filter(id__lt=int(before))
    found = list(events[: _ON_A_PAGE + 1])
    context = {
        "rows": [(one, event_label(one.kind), detail_of(one)) for one in found[:_ON_A_PAGE]],
        "next": _address(words, kind, found[_ON_A_PAGE - 1].pk) if len(found) > _ON_A_PAGE else "",
        "words": words,
        "kind": kind,
        "kinds": ACCOUNT_KINDS.items(),
        "is_whole": reach is Reach.EVERYTHING,
    }
    return render(request, "accounts/trail.html", context)


def _address(words: str, kind: str, before: int) -> str:
    query = QueryDict(mutable=True)
    query.update({"q": words, "kind": kind, "before": str(before)})
    return query.urlencode()
