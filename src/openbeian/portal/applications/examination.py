"""The one validator, for form, upload and API: the checks of the dossier on what an application holds now."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import rfc8785
from django.conf import settings
from django.utils import timezone

from openbeian import clock
from openbeian.core.errors import DomainError
from openbeian.core.text import Text
from openbeian.dossier.checks import Attached, Dossier, Finding, run_checks
from openbeian.dossier.examining import dossier_in
from openbeian.dossier.folder import read_folder
from openbeian.dossier.form import route_of
from openbeian.dossier.stated import Stated
from openbeian.portal.applications.base_models import register_rows_for
from openbeian.portal.applications.laying_out import laid_out
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import attachments_of, present_attachments

__all__ = ["Examination", "digest_of", "dossier_laid_out", "examine", "files_of"]


@dataclass(frozen=True, slots=True)
class Examination:
    """What the validator found, and in what: facts and files as they were when it looked."""

    facts: Mapping[str, Any]
    files: Sequence[Mapping[str, Any]]
    findings: Sequence[Finding]
    report: Mapping[str, Any] | None
    """The assessment's figures, recomputed from the evidence; None where there is none to read."""

    @property
    def errors(self) -> Sequence[Finding]:
        """The findings that keep the application from being handed in."""
        return [finding for finding in self.findings if finding.severity == "error"]

    def is_of(self, application: Application) -> bool:
        """Say whether the application still holds what was examined."""
        return application.facts == self.facts and files_of(application) == self.files


def examine(application: Application) -> Examination:
    """Run every check; reads files, so call it outside of transactions."""
    attached = list(attachments_of(application))
    lying_in = [(one.name, one.sha256) for one in attached if one.in_folder]
    alone = [one for one in attached if not one.in_folder]
    # By their own names: what reads a file goes by its ending.
    with laid_out(lying_in) as root, laid_out((one.name, one.sha256) for one in alone) as beside:
        dossier = _dossier(application, [Attached(one.kind, one.name, beside / one.name) for one in alone])
        if lying_in:
            dossier = _with_folder(dossier, root)
        return Examination(
            facts=application.facts,
            files=files_of(application),
            findings=run_checks(dossier),
            report=None if dossier.report is None else json.loads(dossier.report.to_bytes()),
        )


def _dossier(application: Application, attached: Sequence[Attached]) -> Dossier:
    return Dossier(
        facts=application.facts,
        edition_id=application.edition,
        profile=application.profile,
        attachments=tuple(attached),
        production=settings.BEIAN_PRODUCTION,
        stated=Stated(route=route_of(application.facts)),
        is_everything=True,
        on=timezone.localdate(clock.now()),
        register=register_rows_for(application.facts),
    )


def _with_folder(dossier: Dossier, root: Path) -> Dossier:
    """Return the dossier with the folder it came in: what was entered since then counts."""
    folder = dossier_laid_out(root, otherwise=dossier)
    if folder.unread is not None:
        return folder
    return replace(
        folder,
        facts=dossier.facts,
        edition_id=dossier.edition_id,
        profile=dossier.profile,
        attachments=(*folder.attachments, *dossier.attachments),
        register=dossier.register,
        stated=replace(folder.stated, route=route_of(dossier.facts)),
    )


def dossier_laid_out(root: Path, *, otherwise: Dossier) -> Dossier:
    """Return the dossier in a folder as checks see it; if it can't be read, `otherwise` with the reason."""
    try:
        folder = read_folder(root)
        found = dossier_in(
            folder, on=timezone.localdate(clock.now()), register=register_rows_for(folder.facts)
        )
    except DomainError as error:
        zh, en = (words.replace(f"{root}/", "") for words in error.text)
        return replace(otherwise, unread=Text(zh, en))
    return replace(found, production=settings.BEIAN_PRODUCTION)


def files_of(application: Application) -> list[dict[str, Any]]:
    """Return the present attachments as a version keeps them."""
    return [
        {"kind": one.kind, "name": one.name, "sha256": one.sha256, "size": one.size}
        for one in present_attachments(application)
    ]


def digest_of(facts: Mapping[str, Any], files: Sequence[Mapping[str, Any]], salt: str) -> str:
    """Return the hash that names what was handed in: SHA-256 of the canonical JSON of the three."""
    document: Any = {"facts": dict(facts), "files": [dict(one) for one in files], "salt": salt}
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
