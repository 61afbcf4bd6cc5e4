"""The page people come to when they have signed in: what waits for them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from openbeian import clock
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.web.work import build_work

__all__ = ["home"]


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for whoever has signed in."""
    work = build_work(signed_in(request), on=clock.now().date())
    return render(request, "web/home.html", {"work": work})
