"""Pages of an application's files: added, taken out, fetched, and written from what was entered."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.applications import actions
from openbeian.portal.applications.actions.dossiers import Refused
from openbeian.portal.applications.forms import AttachmentForm
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.progress import EVIDENCE, asked_for, form_steps
from openbeian.portal.applications.queries import (
    attachments_of,
    of_own_provider,
    readable_attachments,
    visible_to,
)
from openbeian.portal.applications.screening import check_released
from openbeian.portal.applications.storage import path_of
from openbeian.portal.web.languages import current_language

__all__ = ["cancel_upload", "download", "files", "remove_file", "write_documents"]

_KEPT: Final = Text("已保存 {n} 个文件。", "Files kept: {n}.")
_WRITTEN: Final = Text(
    "已按填写的内容生成 {n} 个文件；请逐个查看，补齐其中的【待填写】之处。",
    "Files written from what was entered: {n}. Read each, and fill in what is still open in it.",
)


def _found(request: HttpRequest, reference: str) -> Application:
    return get_object_or_404(of_own_provider(signed_in(request)), reference=reference)


@login_required
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, reference: str) -> HttpResponse:
    """Add files and show those there are; of several the good ones are kept and the others named."""
    application = _found(request, reference)
    form = AttachmentForm(request.POST or None, request.FILES or None)
    refused: list[Refused] = []
    if request.method == "POST" and form.is_valid():
        refused = _attach(request, application, form)
        if not refused:
            return redirect("applications:files", reference)
    context = {
        "application": application,
        "form": form,
        "refused": refused,
        "files": attachments_of(application),
        "asked": (asked := asked_for(application)),
        "may_write": any(not one.held for one in asked if one.label != EVIDENCE),
        "unfinished": application.uploads.all(),
        "steps": form_steps(application, here="files"),
    }
    return render(request, "applications/files.html", context)


def _attach(request: HttpRequest, application: Application, form: AttachmentForm) -> list[Refused]:
    refused, chosen = [], form.cleaned_data["file"]
    for file in chosen:
        try:
            actions.attach(
                application,
                kind=form.cleaned_data["kind"],
                name=file.name,
                chunks=file.chunks(),
                by=signed_in(request),
                at=clock.now(),
            )
        except BadInputError as error:
            refused.append(Refused(file.name, error.code, error.text))
    if len(chosen) > len(refused):
        messages.success(request, _KEPT.in_(current_language()).format(n=len(chosen) - len(refused)))
    return refused


@login_required
@require_POST
def remove_file(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take a file out."""
    attachment = get_object_or_404(attachments_of(_found(request, reference)), pk=pk)
    actions.detach(attachment, by=signed_in(request), at=clock.now())
    return redirect("applications:files", reference)


@login_required
@require_POST
def cancel_upload(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """Forget a file that never arrived whole."""
    upload = get_object_or_404(_found(request, reference).uploads, key=key)
    actions.cancel_upload(upload, by=signed_in(request), at=clock.now())
    return redirect("applications:files", reference)


@login_required
@require_POST
def write_documents(request: HttpRequest, reference: str) -> HttpResponse:
    """Write the documents that are missing from what was entered and assessed."""
    written = actions.write_documents(_found(request, reference), by=signed_in(request), at=clock.now())
    if written.files:
        messages.success(request, _WRITTEN.in_(current_language()).format(n=len(written.files)))
    for kind, reason in written.left_out:
        messages.warning(request, f"{kind.in_(current_language())}: {reason.in_(current_language())}")
    return redirect("applications:files", reference)


@login_required
@require_GET
def download(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    """Hand out a file; never shown in the page, whatever it claims to be."""
    user = signed_in(request)
    application = get_object_or_404(visible_to(user), reference=reference)
    attachment = get_object_or_404(readable_attachments(user, application), pk=pk)
    check_released(attachment.name, attachment.sha256, at=clock.now())
    file = path_of(attachment.sha256).open("rb")
    return FileResponse(
        file,
        as_attachment=True,
        filename=attachment.name.rpartition("/")[2],
        content_type="application/octet-stream",
    )
