"""The pages of hidden banks: bringing one in, reading it, retiring it."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.assessment import KeywordLibrary
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.retests import actions
from openbeian.portal.retests.answers import stratum_names
from openbeian.portal.retests.banks import open_bank
from openbeian.portal.retests.forms import KIND_LABELS, BankForm
from openbeian.portal.retests.models import HiddenBank
from openbeian.portal.retests.queries import banks_of, offices_of
from openbeian.portal.web.words import now

__all__ = ["bank", "banks", "retire"]

_ON_A_PAGE: Final = 50
_BROUGHT_IN: Final = Text("题库已加密保存。", "The bank is sealed and kept.")
_RETIRED: Final = Text("题库已停用。", "The bank is retired.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def banks(request: HttpRequest) -> HttpResponse:
    """List the hidden banks of one's office, and bring one in."""
    user = signed_in(request)
    if not offices_of(user).exists():
        raise PermissionDenied
    form = BankForm(user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = actions.add_bank(
                data["office"],
                file_name=data["file"].name,
                data=data["file"].read(),
                kind=data["kind"],
                by=user,
                at=clock.now(),
            )
        except BadInputError as error:
            form.add_error("file", now(error.text))
        else:
            messages.success(request, now(_BROUGHT_IN))
            return redirect("retests:bank", kept.pk)
    rows = [(one, KIND_LABELS[one.kind]) for one in banks_of(user)]
    return render(request, "retests/banks.html", {"form": form, "rows": rows})


@login_required
@never_cache
@require_GET
def bank(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a hidden bank is; its questions only when asked for, which is written down."""
    found, rows = _bank(request, pk), []
    if request.GET.get("questions") == "1":
        actions.note_bank_read(found, by=signed_in(request), at=clock.now())
        rows = _lines_of(found)
    page = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"bank": found, "kind": KIND_LABELS[found.kind], "page": page, "names": stratum_names()}
    return render(request, "retests/bank.html", context)


def _lines_of(found: HiddenBank) -> list[tuple[str, Text, str]]:
    """Return id, risk and words of everything in a bank."""
    opened, names = open_bank(found), stratum_names()
    if isinstance(opened, KeywordLibrary):
        return [("", names[one.risk], one.term) for one in opened.keywords]
    return [(one.id, names[one.stratum], "\n".join(one.said)) for one in opened.questions]


@login_required
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a bank no longer."""
    actions.retire_bank(_bank(request, pk), by=signed_in(request), at=clock.now())
    messages.success(request, now(_RETIRED))
    return redirect("retests:banks")


def _bank(request: HttpRequest, pk: int) -> HiddenBank:
    # The row is read whole: what is sealed in it is needed where questions are shown.
    return get_object_or_404(banks_of(signed_in(request)).defer(None), pk=pk)
