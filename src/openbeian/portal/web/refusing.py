"""A domain error as an answer: a page for people, a problem document for programs."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from openbeian.core.errors import DomainError
from openbeian.portal.web.problems import problem_document

__all__ = ["is_for_programs", "refusal"]

_API: Final = "/api/"


def is_for_programs(request: HttpRequest) -> bool:
    """Say whether the answer goes to a program that speaks the API."""
    return request.path.startswith(_API)


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return what is wrong, how to mend it and, on a page, where to go on."""
    if is_for_programs(request):
        return problem_document(error.http_status, error.code, error.text)
    context = {"error": error, "back": _page_before(request)}
    return render(request, "web/domain_error.html", context, status=error.http_status)


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        before, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return before if is_ours else "/"
