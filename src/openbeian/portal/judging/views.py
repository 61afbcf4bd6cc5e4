"""The pages of judging: the list, one sample, and the page where one judges, by keys or by plain forms."""

from typing import Any, Final

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.errors import BadInputError, DomainError
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.judging import actions
from openbeian.portal.judging.exporting import export_lines
from openbeian.portal.judging.forms import FromRunForm, UploadForm
from openbeian.portal.judging.models import JudgingTask
from openbeian.portal.judging.queries import (
    agreement_of,
    can_be_taken_over,
    last_verdict,
    left_for,
    mine,
    next_items,
    organisations_of,
    progress_of,
    tasks_for,
)
from openbeian.portal.judging.reading import KIND_LABELS, labels_of, opened, parse_items, run_items
from openbeian.portal.retests.queries import runs_for
from openbeian.portal.signing import load_signer
from openbeian.portal.web.words import now

__all__ = ["export", "from_run", "home", "items", "judge", "new", "take_over", "task", "undo", "verdict"]

_AT_ONCE: Final = 20
_ON_A_PAGE: Final = 12
_MADE: Final = Text("样本已建立。", "The sample is ready.")
_TAKEN_OVER: Final = Text(
    "研判已写入复测证据，数字与对照已据此重算。",
    "The verdicts stand in the evidence; figures and comparison are computed from them.",
)


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """List the samples that one judges, and how far they are."""
    user = signed_in(request)
    if not organisations_of(user).exists():
        raise PermissionDenied
    page = Paginator(tasks_for(user), _ON_A_PAGE).get_page(request.GET.get("page"))
    tasks = list(page)
    progress = progress_of(user, tasks)
    rows = [(one, KIND_LABELS[one.kind], *progress[one.pk]) for one in tasks]
    return render(request, "judging/home.html", {"page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a sample from a file."""
    user = signed_in(request)
    if not organisations_of(user).exists():
        raise PermissionDenied
    form = UploadForm(user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.create_task(
                data["organisation"],
                title=data["title"],
                kind=data["kind"],
                items=parse_items(data["file"].read(), data["kind"]),
                by=user,
                at=clock.now(),
            )
        except BadInputError as error:
            form.add_error("file", now(error.text))
        else:
            return _made(request, made)
    return render(request, "judging/new.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def from_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a sample of the answers of a re-test."""
    user = signed_in(request)
    run = get_object_or_404(runs_for(user).exclude(report=None), pk=pk)
    form = FromRunForm([str(bank["kind"]) for bank in (run.report or {})["banks"]], request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        made = actions.create_task(
            run.office,
            title=f"{run.application.service_name} · {now(KIND_LABELS[kind])}",
            kind=kind,
            items=run_items(run, kind, form.cleaned_data["most"]),
            run=run,
            by=user,
            at=clock.now(),
        )
        return _made(request, made)
    return render(request, "judging/from_run.html", {"form": form, "run": run})


@login_required
@require_GET
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a sample is, and how well people agree."""
    user, found = signed_in(request), _task(request, pk)
    context = {
        "task": found,
        "kind": KIND_LABELS[found.kind],
        "agreement": agreement_of(found),
        "mine": mine(user, found).count(),
        "left": left_for(user, found).count(),
        "can_take_over": can_be_taken_over(user, found),
    }
    return render(request, "judging/task.html", context)


@login_required
@never_cache
@require_GET
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the next item; with JavaScript every further one comes without loading a page."""
    user, found = signed_in(request), _task(request, pk)
    following = next_items(user, found, after=_number(request.GET.get("after")), limit=1)
    context = {
        "task": found,
        "labels": list(enumerate(labels_of(found.kind).items(), 1)),
        "item": opened(following)[0] if following else None,
        "can_undo": last_verdict(user, found) is not None,
        **_progress(user, found),
    }
    return render(request, "judging/judge.html", context)


@login_required
@never_cache
@require_GET
def items(request: HttpRequest, pk: int) -> JsonResponse:
    """Give the next items behind `after`, twenty at most, so that they are there before they are wanted."""
    user, found = signed_in(request), _task(request, pk)
    following = next_items(user, found, after=_number(request.GET.get("after")), limit=_AT_ONCE)
    rows = [
        {"id": item.pk, "number": item.number, "prompt": readable.prompt, "said": readable.said}
        for item, readable in opened(following)
    ]
    return JsonResponse({"items": rows, **_progress(user, found)})


@login_required
@require_POST
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one verdict: as JSON from the page's script, or as a plain form, which gets the next item."""
    user, found = signed_in(request), _task(request, pk)
    told = _told(request)
    item = get_object_or_404(found.items, pk=_number(told.get("item")))
    if told.get("skip"):
        return redirect(f"{request.path.removesuffix('verdict/')}judge/?after={item.number}")
    try:
        actions.give_verdict(
            item, value=str(told.get("value", "")), note=str(told.get("note", "")), by=user, at=clock.now()
        )
    except DomainError as error:
        return _refused(request, error)
    return _answered(request, user, found, item.number)


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the verdict on an item, or the last one."""
    user, found = signed_in(request), _task(request, pk)
    told = _told(request)
    last = last_verdict(user, found)
    named = found.items.filter(pk=_number(told.get("item"))).first()
    item = named or (last.item if last else None)
    try:
        if item is None:
            raise actions.AlreadyJudgedError("没有可撤销的研判。", "There is nothing of yours to take back.")
        actions.take_back(item, by=user, at=clock.now())
    except DomainError as error:
        return _refused(request, error)
    return _answered(request, user, found, item.number - 1)


@login_required
@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the verdicts into the evidence of the re-test, and show what it says now."""
    found = _task(request, pk)
    taken = actions.take_over(found, signer=load_signer(), by=signed_in(request), at=clock.now())
    messages.success(request, now(_TAKEN_OVER))
    return redirect("retests:run", taken.run_id)


@login_required
@require_GET
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Give the settled verdicts as JSON lines."""
    found = _task(request, pk)
    actions.note_export(found, by=signed_in(request), at=clock.now())
    response = StreamingHttpResponse(export_lines(found), content_type="application/x-ndjson")
    response.headers["Content-Disposition"] = f'attachment; filename="judged-{found.pk}.jsonl"'
    return response


def _task(request: HttpRequest, pk: int) -> JudgingTask:
    return get_object_or_404(tasks_for(signed_in(request)), pk=pk)


def _made(request: HttpRequest, made: JudgingTask) -> HttpResponse:
    messages.success(request, now(_MADE))
    return redirect("judging:task", made.pk)


def _progress(user: User, found: JudgingTask) -> dict[str, int]:
    done = mine(user, found).count()
    return {"done": done, "left": left_for(user, found).count()}


def _is_script(request: HttpRequest) -> bool:
    return request.content_type == "application/json"


def _told(request: HttpRequest) -> dict[str, Any]:
    if not _is_script(request):
        return request.POST.dict()
    try:
        told = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _number(told: object) -> int:
    """Return the id that was told, 0 where it is none."""
    return int(str(told)) if str(told).isascii() and str(told).isdecimal() else 0


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    if not _is_script(request):
        raise error
    return JsonResponse({"code": error.code, "text": now(error.text)}, status=error.http_status)


def _answered(request: HttpRequest, user: User, found: JudgingTask, after: int) -> HttpResponse:
    if _is_script(request):
        return JsonResponse(_progress(user, found))
    return redirect(f"{request.path.rsplit('/', 2)[0]}/judge/?after={after}")
