"""Writing an application's documents from what was entered and assessed, as `beian dossier build` does."""

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from openbeian.core.errors import NotNowError
from openbeian.core.text import Text
from openbeian.dossier.building import Outcome, build_dossier
from openbeian.dossier.folder import read_folder
from openbeian.dossier.form import route_of
from openbeian.dossier.kinds import RUN_FILES, kinds_of
from openbeian.dossier.starting import start_folder
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.actions.files import attach
from openbeian.portal.applications.editing import check_may_edit
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.applications.storage import path_of

__all__ = ["Written", "write_documents"]


class Written(NamedTuple):
    """Which files were written and attached, and which documents could not be, with the reason."""

    files: Sequence[str]
    left_out: Sequence[tuple[Text, Text]]


def write_documents(application: Application, *, by: User, at: datetime) -> Written:
    """Write every document of the route that is not there in any form yet, and attach it.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands, or nothing is missing.
        BadInputError: An entry can't be used in a document.
        CouldNotRunError: A document can't be made, or the disk refused.
    """
    check_may_edit(application, by=by)
    held = set(attachments_of(application).values_list("kind", flat=True))
    missing = [kind.id for kind in kinds_of(route_of(application.facts)) if kind.id not in held]
    if not missing:
        raise NotNowError(
            "各份材料都已有文件；要重新生成某一份，请先移除它。",
            "Every document is there; to have one written anew, take it out first.",
        )
    with tempfile.TemporaryDirectory(prefix="beian-documents-") as made:
        outcome = _build(application, Path(made), at)
        kinds = {one.file: one.kind for one in outcome.written if one.kind in missing}
        for name, kind in kinds.items():
            chunks = _read(outcome.folder / name)
            attach(application, kind=kind, name=name, chunks=chunks, by=by, at=at)
    left_out = [(one.kind.name, one.reason) for one in outcome.left_out if one.kind.id in missing]
    return Written(list(kinds), left_out)


def _build(application: Application, root: Path, at: datetime) -> Outcome:
    start_folder(root, edition=application.edition, profile=application.profile, facts=application.facts)
    for one in attachments_of(application).filter(kind__in=list(RUN_FILES.values())):
        shutil.copyfile(path_of(one.sha256), root / "evidence" / _name_in_run(one.kind))
    return build_dossier(read_folder(root), at=at)


def _name_in_run(kind: str) -> str:
    return next(name for name, of in RUN_FILES.items() if of == kind)


def _read(path: Path) -> Iterable[bytes]:
    return [path.read_bytes()]
