"""The page of the keys: which root gates are to trust, and who may sign."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openbeian.portal.log.repository_facts import repository_facts

__all__ = ["keys"]


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Show the fingerprints to compare."""
    return render(request, "log/keys.html", {"facts": repository_facts()})
