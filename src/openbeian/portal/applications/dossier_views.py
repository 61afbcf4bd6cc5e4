"""Pages that take a packed dossier: to begin with it, to replace files by it, or only to try it out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from openbeian import clock
from openbeian.core.errors import BadInputError
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.applications import actions
from openbeian.portal.applications.dry_run import dry_run
from openbeian.portal.applications.explaining import explain_plainly
from openbeian.portal.applications.forms import DossierForm
from openbeian.portal.applications.progress import form_steps
from openbeian.portal.applications.queries import of_own_provider
from openbeian.portal.applications.storage import copy_within_limit
from openbeian.portal.web.languages import current_language
from openbeian.standards import EDITION_IDS

__all__ = ["begin", "replace", "try_out"]

_PROVIDERS: Final = frozenset({OrganisationKind.PROVIDER})


def _providers(request: HttpRequest) -> list[Organisation]:
    check_belongs(request, _PROVIDERS)
    mine = (membership.organisation for membership in memberships_of(signed_in(request)))
    return [one for one in mine if one.kind == OrganisationKind.PROVIDER.value]


@contextmanager
def _on_disk(chunks: Iterable[bytes]) -> Iterator[Path]:
    """Give the upload as a file, which is gone afterwards."""
    with NamedTemporaryFile(prefix="beian-dossier-") as draft:
        copy_within_limit(chunks, draft)
        yield Path(draft.name)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an application with a packed dossier, and say what of it was kept."""
    form = DossierForm(_providers(request), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with _on_disk(form.cleaned_data["file"].chunks()) as archive:
                application, taken = actions.begin_with_dossier(
                    form.provider(), archive, by=signed_in(request), at=clock.now()
                )
        except BadInputError as error:
            form.add_error("file", error.text.in_(current_language()))
        else:
            context = {"application": application, "taken": taken}
            return render(request, "applications/dossier_taken.html", context)
    return render(request, "applications/dossier_begin.html", {"form": form, "edition": EDITION_IDS[-1]})


@login_required
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a packed dossier into an application, in place of the one before."""
    application = get_object_or_404(of_own_provider(signed_in(request)), reference=reference)
    form = DossierForm((), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with _on_disk(form.cleaned_data["file"].chunks()) as archive:
                taken = actions.take_dossier(application, archive, by=signed_in(request), at=clock.now())
        except BadInputError as error:
            form.add_error("file", error.text.in_(current_language()))
        else:
            context = {"application": application, "taken": taken}
            return render(request, "applications/dossier_taken.html", context)
    context = {"application": application, "form": form, "steps": form_steps(application, here="files")}
    return render(request, "applications/dossier.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def try_out(request: HttpRequest) -> HttpResponse:
    """Show what a reviewer would find in a packed dossier; nothing of it is kept."""
    check_belongs(request, _PROVIDERS)
    form = DossierForm((), request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            with _on_disk(form.cleaned_data["file"].chunks()) as archive:
                run = dry_run(archive)
        except BadInputError as error:
            form.add_error("file", error.text.in_(current_language()))
        else:
            findings = explain_plainly(one.as_json() for one in run.findings)
            wrong = sum(one.severity == "error" for one in findings)
            context |= {"run": run, "findings": findings, "errors": wrong}
    return render(request, "applications/dry_run.html", context)
