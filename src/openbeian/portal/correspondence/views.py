"""The pages of messages: every conversation, and one of them."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from openbeian import clock
from openbeian.core.errors import BadInputError
from openbeian.core.message_rights import may_write_message
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import visible_to
from openbeian.portal.applications.screening import check_released
from openbeian.portal.applications.storage import path_of
from openbeian.portal.correspondence import actions
from openbeian.portal.correspondence.forms import MessageForm
from openbeian.portal.correspondence.models import MessageFile
from openbeian.portal.correspondence.queries import conversations_of, messages_shown_to, with_counts
from openbeian.portal.web.words import now

__all__ = ["conversation", "conversations", "download"]

_SENT: Final = Text("已发送。", "Sent.")
_ON_A_PAGE: Final = 30


def _found(request: HttpRequest, reference: str) -> Application:
    return get_object_or_404(visible_to(signed_in(request)), reference=reference)


@login_required
@require_GET
def conversations(request: HttpRequest) -> HttpResponse:
    """Show the applications there are messages about, the newest first."""
    reader = signed_in(request)
    page = Paginator(conversations_of(reader), _ON_A_PAGE).get_page(request.GET.get("page"))
    shown = with_counts(page.object_list, reader)
    return render(request, "correspondence/conversations.html", {"page": page, "shown": shown})


@login_required
@require_http_methods(["GET", "POST"])
def conversation(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the messages about one application, mark them as read, and take a new one."""
    application, user = _found(request, reference), signed_in(request)
    form = MessageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        files = [actions.Upload(one.name or "", one.chunks()) for one in form.cleaned_data["attachments"]]
        try:
            actions.send_message(
                application, text=form.cleaned_data["text"], files=files, by=user, at=clock.now()
            )
        except BadInputError as error:
            form.add_error(None, now(error.text))
        else:
            messages.success(request, now(_SENT))
            return redirect("correspondence:conversation", reference)
    shown = messages_shown_to(user, application)
    actions.mark_read(application, by=user, at=clock.now())
    kinds = {membership.kind for membership in actor_of(user).memberships}
    context = {
        "application": application,
        "shown": shown,
        "form": form,
        "may_write": may_write_message(actor_of(user), application.rule_facts()),
        "is_provider": OrganisationKind.PROVIDER in kinds,
    }
    return render(request, "correspondence/conversation.html", context)


@login_required
@require_GET
def download(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    """Hand out a file; never shown in the page, whatever it claims to be."""
    application = _found(request, reference)
    file = get_object_or_404(MessageFile, message__application=application, pk=pk)
    check_released(file.name, file.sha256, at=clock.now())
    return FileResponse(
        path_of(file.sha256).open("rb"),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
    )
