"""The offices' pages of what gates have seen: the list, a service id tried on it, a follow-up."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from openbeian import clock
from openbeian.core.permit_rights import may_follow_up
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.sightings import actions
from openbeian.portal.sightings.forms import FollowUpForm
from openbeian.portal.sightings.queries import TREND_DAYS, matches, sighted, trends
from openbeian.portal.web.words import now
from openbeian.trust.snapshots import service_hash

__all__ = ["sighting", "sightings"]

_READERS: Final = frozenset(
    {OrganisationKind.NATIONAL, OrganisationKind.PROVINCIAL, OrganisationKind.AUDITOR}
)
_ON_A_PAGE: Final = 50
_LONGEST_ID: Final = 256
_NOTED: Final = Text("已记录跟进结果。", "The follow-up is noted.")


@login_required
@require_GET
def sightings(request: HttpRequest) -> HttpResponse:
    """Show which services gates have seen that are not on file."""
    check_belongs(request, _READERS)
    is_all = bool(request.GET.get("all"))
    page = Paginator(sighted(include_followed=is_all), _ON_A_PAGE).get_page(request.GET.get("page"))
    services = list(page)
    known, courses = matches([one.hash for one in services]), trends(services, on=localdate(clock.now()))
    context = {
        "page": page,
        "rows": [(one, known.get(one.hash), courses[one.pk]) for one in services],
        "trend_days": TREND_DAYS,
        "all": is_all,
        "query": "all=1" if is_all else "",
        **_tried(request),
    }
    return render(request, "sightings/sightings.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sighting(request: HttpRequest, digest: str) -> HttpResponse:
    """Show one service with its days, and note what came of it."""
    check_belongs(request, _READERS)
    user = signed_in(request)
    found = get_object_or_404(sighted(include_followed=True).select_related("followed_by"), hash=digest)
    form = FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.follow_up(found, reason=form.cleaned_data["reason"], by=user, at=clock.now())
        messages.success(request, now(_NOTED))
        return redirect("sightings:one", digest)
    context = {
        "service": found,
        "match": matches([found.hash]).get(found.hash),
        "days": found.days.select_related("organisation").order_by("-day", "gate")[:_ON_A_PAGE],
        "form": form,
        "may_follow_up": may_follow_up(actor_of(user)),
    }
    return render(request, "sightings/sighting.html", context)


def _tried(request: HttpRequest) -> dict[str, object]:
    """Return what is known of a service id somebody suspects."""
    tried = request.GET.get("service", "").strip()[:_LONGEST_ID]
    if not tried:
        return {}
    hashed = service_hash(tried).hex()
    seen = sighted(include_followed=True).filter(hash=hashed).first()
    return {"tried": tried, "tried_hash": hashed, "seen": seen, "tried_match": matches([hashed]).get(hashed)}
