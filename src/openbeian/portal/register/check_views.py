"""Checking a certificate by its file, and the code that leads to the check by number."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from openbeian import clock
from openbeian.core.errors import BadInputError, DomainError
from openbeian.portal.register.addresses import code_of
from openbeian.portal.register.queries import find_entry
from openbeian.portal.register.verifying import CheckedCertificate, check_certificate, check_size

__all__ = ["check_file", "code"]

_MORE_THAN_THE_FILE = 4096
"""What a form adds around the file it carries."""


# No session has a part in it and nothing is kept: there is nothing a foreign page could bring about.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check_file(request: HttpRequest) -> HttpResponse:
    """Say whether a certificate is genuine, and how its filing stands now."""
    if request.method != "POST":
        return redirect("register:lookup")
    try:
        context: dict[str, object] = {"checked": _checked(request)}
        return render(request, "register/lookup.html", context)
    except DomainError as error:
        return render(request, "register/lookup.html", {"refused": error}, status=error.http_status)


def _checked(request: HttpRequest) -> CheckedCertificate:
    # Looked at before the body is read, so that nothing larger is ever taken in.
    length = request.headers.get("Content-Length") or ""
    check_size((int(length) if length.isdigit() else 0) - _MORE_THAN_THE_FILE)
    file = request.FILES.get("file")
    if file is None:
        raise BadInputError(
            "没有选择文件；请选择证书的 JSON 或 PDF。",
            "No file was chosen; choose the certificate's JSON or PDF.",
        )
    return check_certificate(file.read(), on=localtime(clock.now()).date())


@require_safe
def code(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Show the QR code of a filing: scanned, it leads to the check by number."""
    filing = find_entry(number)
    if filing is None:
        raise Http404
    return HttpResponse(_standing_alone(code_of(filing.number)), content_type="image/svg+xml")


def _standing_alone(drawn: str) -> str:
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
