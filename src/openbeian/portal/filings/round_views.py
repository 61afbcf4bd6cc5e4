"""The pages of rounds: planned, seated, certified, printed."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import holds
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.filings import actions
from openbeian.portal.filings.forms import CertifyForm, OrderForm, RoundForm, SeatsForm
from openbeian.portal.filings.models import Round
from openbeian.portal.filings.queries import confirmed_applications, open_measures, seats_of
from openbeian.portal.filings.seat_lists import seats_as_csv, seats_as_xlsx
from openbeian.portal.signing import load_signer
from openbeian.portal.web.downloads import CSV, attachment
from openbeian.portal.web.languages import current_language

__all__ = [
    "add_seats",
    "certificates_pdf",
    "certificates_zip",
    "certify",
    "order_seats",
    "plan",
    "remove_seat",
    "round_",
    "rounds",
    "seats",
    "seats_csv",
    "seats_xlsx",
]

_ROUND_READERS: Final = frozenset({OrganisationKind.NATIONAL, OrganisationKind.AUDITOR})
_PLANNED: Final = Text("批次已设立。", "The round is planned.")
_SEATED: Final = Text("已列入本批。", "Seated in this round.")
_REMOVED: Final = Text("已移出本批。", "Removed from this round.")
_ARRANGED: Final = Text("次序已保存。", "The order is kept.")
_CERTIFIED: Final = Text("已发证并公布。", "The certificates are issued and public.")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _tell(request: HttpRequest, words: Text) -> None:
    messages.success(request, words.in_(current_language()))


def _publishes(request: HttpRequest) -> bool:
    return holds(signed_in(request), OrganisationKind.NATIONAL, Role.PUBLISHER)


def _round(request: HttpRequest, series: int) -> Round:
    """Return the round, to those who may read rounds."""
    check_belongs(request, _ROUND_READERS)
    return get_object_or_404(Round, series=series)


def _published(request: HttpRequest, series: int) -> Round:
    found = _round(request, series)
    if found.published_at is None:
        raise Http404
    return found


@login_required
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Show the rounds, and the measures that wait for a second person."""
    check_belongs(request, _ROUND_READERS)
    context = {
        "rounds": Round.objects.all(),
        "waiting": confirmed_applications().count(),
        "open_measures": open_measures(signed_in(request)),
        "may_publish": _publishes(request),
    }
    return render(request, "filings/rounds.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Announce a round."""
    check_belongs(request, _ROUND_READERS)
    last = Round.objects.first()
    form = RoundForm(request.POST or None, initial={"series": last.series + 1 if last else 1})
    if request.method == "POST" and form.is_valid():
        made = actions.plan_round(**form.cleaned_data, by=signed_in(request), at=clock.now())
        _tell(request, _PLANNED)
        return redirect("filings:round", made.series)
    return render(request, "filings/plan.html", {"form": form})


@login_required
@require_GET
def round_(request: HttpRequest, series: int) -> HttpResponse:
    """Show a round: what it certified, or who sits in it and who could."""
    return _show(request, _round(request, series))


def _show(
    request: HttpRequest,
    shown: Round,
    *,
    choosing: SeatsForm | None = None,
    ordering: OrderForm | None = None,
    certifying: CertifyForm | None = None,
) -> HttpResponse:
    seated = list(seats_of(shown))
    context = {
        "round": shown,
        "seats": seated,
        "choosing": choosing or SeatsForm(),
        "ordering": ordering or OrderForm(seated),
        "certifying": certifying or CertifyForm(seated=(seat.application for seat in seated)),
        "may_publish": _publishes(request),
    }
    return render(request, "filings/round.html", context)


@login_required
@require_POST
def add_seats(request: HttpRequest, series: int) -> HttpResponse:
    """Seat what was picked."""
    chosen, form = _round(request, series), SeatsForm(request.POST)
    if not form.is_valid():
        return _show(request, chosen, choosing=form)
    applications = list(form.cleaned_data["applications"])
    actions.add_seats(chosen, applications=applications, by=signed_in(request), at=clock.now())
    _tell(request, _SEATED)
    return redirect("filings:round", series)


@login_required
@require_POST
def remove_seat(request: HttpRequest, series: int, pk: int) -> HttpResponse:
    """Take an application out of the round."""
    seat = get_object_or_404(_round(request, series).seats, pk=pk)
    actions.remove_seat(seat, by=signed_in(request), at=clock.now())
    _tell(request, _REMOVED)
    return redirect("filings:round", series)


@login_required
@require_POST
def order_seats(request: HttpRequest, series: int) -> HttpResponse:
    """Put the seats in the order given."""
    chosen = _round(request, series)
    form = OrderForm(list(seats_of(chosen)), request.POST)
    if not form.is_valid():
        return _show(request, chosen, ordering=form)
    actions.arrange_seats(chosen, seats=form.ordered, by=signed_in(request), at=clock.now())
    _tell(request, _ARRANGED)
    return redirect("filings:round", series)


@login_required
@require_POST
def certify(request: HttpRequest, series: int) -> HttpResponse:
    """Certify what is seated, as whoever certifies saw it: all of it or nothing."""
    chosen, form = _round(request, series), CertifyForm(request.POST)
    if not form.is_valid():
        return _show(request, chosen, certifying=form)
    actions.certify_round(
        chosen,
        applications=list(form.cleaned_data["applications"]),
        signer=load_signer(),
        by=signed_in(request),
        at=clock.now(),
    )
    _tell(request, _CERTIFIED)
    return redirect("filings:round", series)


@login_required
@require_GET
def seats(request: HttpRequest, series: int) -> HttpResponse:
    """Show the seat list, fit for printing."""
    shown = _round(request, series)
    return render(request, "filings/seats.html", {"round": shown, "seats": seats_of(shown)})


@login_required
@require_GET
def seats_csv(request: HttpRequest, series: int) -> HttpResponse:
    """Hand out the seat list as CSV."""
    return attachment(seats_as_csv(_round(request, series)), CSV, f"seats-{series}.csv")


@login_required
@require_GET
def seats_xlsx(request: HttpRequest, series: int) -> HttpResponse:
    """Hand out the seat list as a workbook."""
    return attachment(seats_as_xlsx(_round(request, series)), _XLSX, f"seats-{series}.xlsx")


@login_required
@require_GET
def certificates_pdf(request: HttpRequest, series: int) -> HttpResponse:
    """Hand out the print set: every certificate of the round in one PDF, in the order of the seats."""
    from openbeian.portal.filings.certificate_files import print_set  # noqa: PLC0415  it takes much to load

    pdf = print_set(_published(request, series), at=clock.now())
    return attachment(pdf, "application/pdf", f"certificates-{series}.pdf")


@login_required
@require_GET
def certificates_zip(request: HttpRequest, series: int) -> StreamingHttpResponse:
    """Hand out the single certificates, each a PDF of its own, as they are made."""
    from openbeian.portal.filings.certificate_files import zip_of  # noqa: PLC0415  it takes much to load

    response = StreamingHttpResponse(zip_of(_published(request, series)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="certificates-{series}.zip"'
    return response
