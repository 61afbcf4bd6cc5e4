"""The pages of published lists: bring one in, look, decide what conflicts, take it over, see what it did."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import holds
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.applications.storage import path_of
from openbeian.portal.register.actions import check_takes_lists, take_over
from openbeian.portal.register.list_actions import (
    Choice,
    decide_conflict,
    find_conflict,
    keep_list,
    read_brought,
)
from openbeian.portal.register.list_forms import ConflictForm, ListForm
from openbeian.portal.register.list_rows import PARTS, compare, heaps_of
from openbeian.portal.register.models import BroughtList, RowDecision, TakenList
from openbeian.portal.register.standing import known_entries, look_at
from openbeian.portal.register.undo_actions import take_back
from openbeian.portal.web.languages import current_language
from openbeian.published import Series, Verdict, conflict_digest, read_list_bytes, row_digest

__all__ = ["back", "brought", "conflict", "file", "lists", "take", "taken"]

_READERS: Final = frozenset({OrganisationKind.NATIONAL, OrganisationKind.AUDITOR})
_ON_A_PAGE: Final = 50
_LONGEST_REASON: Final = 2_000
_TAKEN: Final = Text("名单已收入登记册。", "The list is taken over into the register.")
_DECIDED: Final = Text(
    "决定已保存；收入名单时生效。", "The decision is kept; it takes effect when the list is taken over."
)
_TAKEN_BACK: Final = Text(
    "决定已撤回，条目恢复原状；这些行再次成为冲突。",
    "The decision is taken back and the register is as before; these rows conflict again.",
)


def _takes(request: HttpRequest) -> bool:
    return holds(signed_in(request), OrganisationKind.NATIONAL, Role.PUBLISHER)


def _tell(request: HttpRequest, words: Text) -> None:
    messages.success(request, words.in_(current_language()))


def _page(request: HttpRequest, rows: Any) -> Page[Any]:  # noqa: ANN401  whatever a paginator takes
    return Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))


def _brought(request: HttpRequest, pk: int) -> BroughtList:
    check_belongs(request, _READERS)
    return get_object_or_404(BroughtList, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """Show what was taken over so far and what waits; bring a list in."""
    check_belongs(request, _READERS)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_valid():
        return redirect("office:brought", _bring_in(request, form).pk)
    context = {
        "form": form,
        "may_take": _takes(request),
        "waiting": BroughtList.objects.filter(takings=None).select_related("brought_by"),
        "page": _page(request, TakenList.objects.select_related("brought")),
    }
    return render(request, "register/lists.html", context)


def _bring_in(request: HttpRequest, form: ListForm) -> BroughtList:
    """Read the file, so that nothing is kept of one that can't be, and keep it."""
    check_takes_lists(signed_in(request))
    uploaded, at = form.cleaned_data["file"], clock.now()
    told = form.cleaned_data["series"]
    series, data = (Series(told) if told else None), uploaded.read()
    read_list_bytes(uploaded.name, data, series=series, as_of=timezone.localdate(at))
    return keep_list(name=uploaded.name, data=data, series=series, by=signed_in(request), at=at)


@login_required
@require_GET
def brought(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview a list: what is new, what changes, what conflicts, every oddity and every row left out."""
    found = _brought(request, pk)
    reading = read_brought(found)
    standing = look_at(reading, known_entries(reading))
    heaps = heaps_of(reading, standing)
    part = request.GET.get("show", "")
    part = part if part in PARTS else next((name for name in PARTS if heaps[name]), "conflicts")
    context = {
        "list": found,
        "rows": len(reading.rows),
        "heaps": [(name, PARTS[name], len(heap)) for name, heap in heaps.items()],
        "part": part,
        "page": _page(request, heaps[part]),
        "query": f"show={part}",
        "standing": standing,
        "may_take": _takes(request),
        "takings": found.takings.all(),
    }
    return render(request, "register/brought.html", context)


@login_required
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a list over as it stands."""
    found = _brought(request, pk)
    done = take_over(
        read_brought(found), name=found.name, brought=found, by=signed_in(request), at=clock.now()
    )
    _tell(request, _TAKEN)
    return redirect("office:taken", done.taken.pk)


@login_required
@require_http_methods(["GET", "POST"])
def conflict(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """Show what contradicts what, side by side, and ask what becomes of each row."""
    found = _brought(request, pk)
    known = known_entries(read_brought(found))
    shown = find_conflict(found, digest, known)
    if shown is None:
        return redirect("office:brought", pk)
    entries = [known.entry_of(row) for row in shown.known]
    decided = RowDecision.objects.filter(
        row_sha256__in=[row_digest(row) for row in shown.rows], conflict_sha256=digest
    ).select_related("decided_by")
    before = {one.row_sha256: Choice(Verdict(one.verdict), _target(one)) for one in decided}
    reason = decided[0].reason if decided else ""
    data = request.POST if request.method == "POST" else None
    form = ConflictForm(shown, entries, data, before=before, reason=reason)
    if form.is_valid():
        decide_conflict(
            found,
            conflict_digest(shown),
            choices=form.choices,
            reason=form.cleaned_data["reason"],
            by=signed_in(request),
            at=clock.now(),
        )
        _tell(request, _DECIDED)
        return redirect("office:brought", pk)
    context = {
        "list": found,
        "conflict": shown,
        "comparison": compare(shown, entries),
        "form": form,
        "decided": decided,
        "may_take": _takes(request),
    }
    return render(request, "register/conflict.html", context)


def _target(decision: RowDecision) -> int | None:
    return decision.entry_id if decision.verdict == Verdict.TAKE else None


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out a list as it was brought in; never shown in the page, whatever it claims to be."""
    found = _brought(request, pk)
    kept = path_of(found.sha256)
    if not kept.exists():
        raise Http404
    return FileResponse(
        kept.open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )


@login_required
@require_GET
def taken(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what taking a list over did to which entry, and what people had decided."""
    check_belongs(request, _READERS)
    found = get_object_or_404(TakenList.objects.select_related("brought"), pk=pk)
    context = {
        "taken": found,
        "page": _page(request, found.changes.select_related("entry")),
        "decisions": found.decisions.select_related("entry", "decided_by"),
        "taken_back": found.taken_back.select_related("decided_by", "taken_back_by"),
        "may_take": _takes(request),
    }
    return render(request, "register/taken.html", context)


@login_required
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back that has taken effect."""
    check_belongs(request, _READERS)
    decision = get_object_or_404(RowDecision, pk=pk)
    done = take_back(
        decision,
        reason=request.POST.get("reason", "")[:_LONGEST_REASON],
        by=signed_in(request),
        at=clock.now(),
    )
    _tell(request, _TAKEN_BACK)
    return redirect("office:taken", done[0].taken_id)
