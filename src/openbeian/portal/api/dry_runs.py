"""Dry runs over the API: the reviewer's findings at once, and nothing kept."""

import tempfile
from pathlib import Path

from django.http import HttpRequest
from ninja import File, Router
from ninja.files import UploadedFile

from openbeian.core.errors import NotAllowedError
from openbeian.portal.api.keys import AUTH, providers_of
from openbeian.portal.api.outputs import finding_out, refused_out
from openbeian.portal.api.problems import REFUSALS
from openbeian.portal.api.schemas import ApplicationIn, DryRunOut
from openbeian.portal.applications.dry_run import DryRun, dry_run, dry_run_of_form
from openbeian.portal.applications.storage import copy_within_limit

__all__ = ["router"]

router = Router(tags=["dry runs"], auth=AUTH)


def _check_is_provider(request: HttpRequest) -> None:
    if not providers_of(request):
        raise NotAllowedError(
            "试运行供服务提供者使用；请使用提供者单位的账号或密钥。",
            "Dry runs are for providers; use an account or key of one.",
        )


@router.post(
    "/dossier",
    response={200: DryRunOut, **REFUSALS},
    operation_id="dry_run_dossier",
    summary="Dry run of a packed dossier",
)
def dry_run_dossier(request: HttpRequest, file: File[UploadedFile]) -> DryRunOut:
    """Run the office's checks on a packed dossier (multipart); nothing of it is kept."""
    _check_is_provider(request)
    with tempfile.NamedTemporaryFile(prefix="beian-dry-run-") as draft:
        copy_within_limit(file.chunks(), draft)
        return _out(dry_run(Path(draft.name)))


@router.post(
    "/form",
    response={200: DryRunOut, **REFUSALS},
    operation_id="dry_run_form",
    summary="Dry run of the form",
)
def dry_run_facts(request: HttpRequest, payload: ApplicationIn) -> DryRunOut:
    """Run the office's checks on entries of the form alone; nothing of them is kept."""
    _check_is_provider(request)
    return _out(dry_run_of_form(payload.facts, edition=payload.edition, profile=payload.profile))


def _out(run: DryRun) -> DryRunOut:
    return DryRunOut(
        may_be_submitted=run.may_be_submitted,
        findings=[finding_out(one) for one in run.findings],
        refused=refused_out(run.refused),
    )
