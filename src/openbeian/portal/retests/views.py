"""The pages of re-tests: asking, progress, result; and the figures for the provider."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.applications.figures import figures_in
from openbeian.portal.retests import actions
from openbeian.portal.retests.answers import RESULTS, read_answers, stratum_names
from openbeian.portal.retests.channels import CHANNEL_LABELS
from openbeian.portal.retests.forms import KIND_LABELS, AskForm, RecordForm
from openbeian.portal.retests.judged_by import judged_by
from openbeian.portal.retests.models import RetestRun
from openbeian.portal.retests.queries import banks_of, offices_of, results_for, runs_for, tests_application
from openbeian.portal.retests.results import own_report, result_of
from openbeian.portal.retests.verdicts import head_of
from openbeian.portal.retests.words import STATUS_MARKS
from openbeian.portal.review.queries import reviewable_by
from openbeian.portal.web.downloads import attachment
from openbeian.portal.web.words import now

__all__ = [
    "answers",
    "go_on",
    "head",
    "home",
    "of_application",
    "progress",
    "record",
    "release",
    "result",
    "run",
    "stop",
]

_ON_A_PAGE: Final = 25
_ASKED: Final = Text("已交后台执行。", "Handed to the background.")
_STOPPED: Final = Text("正在停止；已有的回答都保留。", "Stopping; every answer so far is kept.")
_GOES_ON: Final = Text("继续执行。", "Going on.")
_RECORDED: Final = Text("复测结果已记录。", "The result is recorded.")
_RELEASED: Final = Text("题目与回答已向提供者公开。", "Questions and answers are open to the provider.")


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show a tester the re-tests of their office, a provider the results of theirs."""
    user = signed_in(request)
    runs = Paginator(runs_for(user), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": runs,
        "rows": [(one, STATUS_MARKS[one.status]) for one in runs],
        "results": results_for(user)[:200],
        "is_tester": offices_of(user).exists(),
    }
    return render(request, "retests/home.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_application(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a re-test of an application, and list those there were."""
    user = signed_in(request)
    application = get_object_or_404(reviewable_by(user), reference=reference)
    if not tests_application(user, application):
        raise PermissionDenied
    form = AskForm(user, application, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_retest(application, form.asked(), by=user, at=clock.now())
        except (BadInputError, CouldNotRunError) as error:
            form.add_error(None, now(error.text))
        else:
            return _done(request, asked, _ASKED)
    context = {
        "application": application,
        "form": form,
        "can_ask": application.retests.filter(recorded_at=None).exists(),
        "has_banks": banks_of(user).filter(retired_at=None).exists(),
        "rows": [(one, STATUS_MARKS[one.status]) for one in runs_for(user).filter(application=application)],
    }
    return render(request, "retests/ask.html", context)


@login_required
@never_cache
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a re-test: how far it is, then what it says."""
    return _shown(request, _run(request, pk))


@login_required
@never_cache
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show only how far a re-test is, for the page to put in place; it asks again by itself."""
    found = _run(request, pk)
    response = render(request, "retests/progress.html", _context(found))
    if not found.is_open:
        # Something else is to be seen now than a bar.
        response.headers["X-Over"] = "1"
    return response


@login_required
@require_GET
def head(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the signed statement over the evidence's last line."""
    statement = head_of(_run(request, pk).pk)
    if statement is None:
        raise Http404
    return attachment(statement, "application/json", "head.dsse.json")


@login_required
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a re-test."""
    found = actions.stop_run(_run(request, pk), by=signed_in(request), at=clock.now())
    return _done(request, found, _STOPPED)


@login_required
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a re-test, or ask again what failed."""
    again = request.POST.get("errors") == "1"
    found = actions.go_on(_run(request, pk), retry_errors=again, by=signed_in(request), at=clock.now())
    return _done(request, found, _GOES_ON)


@login_required
@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what a re-test showed."""
    found, form = _run(request, pk), RecordForm(request.POST)
    compared = result_of(found)
    if compared is None:
        raise Http404
    if not form.is_valid():
        return _shown(request, found, record_form=form)
    actions.record_result(
        found,
        outcome=compared.outcome,
        summary=form.cleaned_data["summary"],
        by=signed_in(request),
        at=clock.now(),
    )
    return _done(request, found, _RECORDED)


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the provider read the questions."""
    found = actions.release(_run(request, pk), by=signed_in(request), at=clock.now())
    return _done(request, found, _RELEASED)


@login_required
@never_cache
@require_GET
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Show questions and answers to testers, and to the provider once released; it is written down."""
    user = signed_in(request)
    found = (
        runs_for(user).filter(pk=pk).first()
        or results_for(user).exclude(released_at=None).filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    actions.note_answers_read(found, by=user, at=clock.now())
    page = Paginator(read_answers(found), _ON_A_PAGE).get_page(request.GET.get("page"))
    names = stratum_names()
    rows = [(row, names.get(row.stratum), RESULTS[row.result]) for row in page]
    return render(request, "retests/answers.html", {"run": found, "page": page, "rows": rows})


@login_required
@require_GET
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a provider what a re-test of their service says: categories and rates, and nothing else."""
    found = get_object_or_404(results_for(signed_in(request)), pk=pk)
    context = {"run": found, "result": result_of(found), "judged": judged_by(found)}
    return render(request, "retests/result.html", context)


def _run(request: HttpRequest, pk: int) -> RetestRun:
    return get_object_or_404(runs_for(signed_in(request)), pk=pk)


def _done(request: HttpRequest, found: RetestRun, words: Text) -> HttpResponse:
    messages.success(request, now(words))
    return redirect("retests:run", found.pk)


def _context(found: RetestRun) -> dict[str, object]:
    done, total = found.progress.get("done", 0), found.progress.get("total", 0)
    return {
        "run": found,
        "mark": STATUS_MARKS[found.status],
        "percent": round(100 * done / total, 1) if total else 0,
        "left_minutes": -(-(found.progress.get("left_s") or 0) // 60),
    }


def _shown(request: HttpRequest, found: RetestRun, **filled: object) -> HttpResponse:
    compared, report = result_of(found), own_report(found)
    context = _context(found) | {
        "application": found.application,
        "channel": CHANNEL_LABELS[found.channel],
        "banks": [(one, KIND_LABELS[one.kind]) for one in found.banks.defer("box")],
        "result": compared,
        "report": report,
        "figures": figures_in(report),
        "record_form": RecordForm(initial={"summary": _draft(compared.sentence) if compared else ""}),
        "is_recorded": found.order.recorded_at is not None,
        "judged": judged_by(found),
        "has_head": head_of(found.pk) is not None,
    }
    return render(request, "retests/run.html", context | filled)


def _draft(sentence: Text) -> str:
    return f"{sentence.zh}\n{sentence.en}"
