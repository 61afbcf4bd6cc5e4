"""The pages on which an office drafts, edits and publishes bulletins."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openbeian import clock
from openbeian.bulletins.editing import numbers_without_source
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.bulletins import actions
from openbeian.portal.bulletins.forms import DraftForm, EditorForm
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.bulletins.queries import document_of, jurisdictions_of, may_issue
from openbeian.portal.signing import load_signer
from openbeian.portal.web.languages import current_language

__all__ = ["correct", "discard", "draft", "edit", "publish", "rewrite"]

_DRAFTED: Final = Text("草稿已生成。", "The draft is made.")
_SAVED: Final = Text("编者的话已保存。", "Your text is saved.")
_REWRITTEN: Final = Text("已按现在的登记册重新统计。", "The figures are counted anew.")
_PUBLISHED: Final = Text("公报已签名并发布。", "The bulletin is signed and public.")
_DISCARDED: Final = Text("草稿已删除。", "The draft is removed.")


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Choose a round or a period, and draft its bulletin."""
    user = signed_in(request)
    if not jurisdictions_of(user):
        raise PermissionDenied
    form = DraftForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        made = actions.draft(
            round_=chosen["round"],
            period=chosen["period"],
            jurisdiction=chosen["jurisdiction"],
            by=user,
            at=clock.now(),
        )
        return _told(request, _DRAFTED, made)
    return render(request, "bulletins/draft.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the editor's text, and see what can be done with the draft."""
    found = _find(request, slug)
    document = document_of(found)
    form = EditorForm(request.POST or None, initial=document.editor._asdict())
    if request.method == "POST" and form.is_valid():
        text = Text(form.cleaned_data["zh"], form.cleaned_data["en"])
        actions.edit(found, editor=text, by=signed_in(request), at=clock.now())
        return _told(request, _SAVED, found)
    context = {"bulletin": found, "document": document, "form": form}
    context["without_source"] = numbers_without_source(document)
    return render(request, "bulletins/edit.html", context)


@login_required
@require_POST
def rewrite(request: HttpRequest, slug: str) -> HttpResponse:
    """Count the figures anew."""
    found = actions.rewrite(_find(request, slug), by=signed_in(request), at=clock.now())
    return _told(request, _REWRITTEN, found)


@login_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Sign and publish."""
    found = _find(request, slug)
    actions.publish(found, signer=load_signer(), by=signed_in(request), at=clock.now())
    messages.success(request, _PUBLISHED.in_(current_language()))
    return redirect("bulletins:bulletin", slug)


@login_required
@require_POST
def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Draft a bulletin that corrects a published one."""
    made = actions.draft(corrects=_find(request, slug), by=signed_in(request), at=clock.now())
    return _told(request, _DRAFTED, made)


@login_required
@require_POST
def discard(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove a draft."""
    actions.discard(_find(request, slug), by=signed_in(request), at=clock.now())
    messages.success(request, _DISCARDED.in_(current_language()))
    return redirect("bulletins:all")


def _find(request: HttpRequest, slug: str) -> Bulletin:
    found = Bulletin.objects.filter(slug=slug).first()
    if found is None or not may_issue(signed_in(request), found.jurisdiction):
        raise Http404
    return found


def _told(request: HttpRequest, words: Text, bulletin: Bulletin) -> HttpResponse:
    messages.success(request, words.in_(current_language()))
    return redirect("bulletins:edit", bulletin.slug)
