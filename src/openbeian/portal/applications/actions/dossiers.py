"""Taking a whole dossier in: the folder that the command line assembles, as one archive."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from django.db import transaction

from openbeian.core.errors import BadInputError, DomainError
from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.core.policy import check_profile_accepted
from openbeian.core.text import Text
from openbeian.dossier.checks import Attached
from openbeian.dossier.file_types import check_file, check_name
from openbeian.dossier.folder import FOLDER_FILE, Folder, read_folder
from openbeian.dossier.unpacking import HostileArchiveError, Member, members_of, open_archive, read_member
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.applications.actions.provider import check_may_begin, create, enter
from openbeian.portal.applications.editing import check_may_edit, open_for_editing
from openbeian.portal.applications.laying_out import laid_out
from openbeian.portal.applications.models import Application, Attachment
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.applications.screening import screen
from openbeian.portal.applications.steps import note
from openbeian.portal.applications.storage import Stored, store
from openbeian.standards import EDITION_IDS

__all__ = ["Refused", "Taken", "begin_with_dossier", "folder_above", "take_dossier"]

_FOLDER_KIND: Final = "folder"
"""What lies in the folder for programs: the statement, copies of banks, the record of the build."""
_SUBMIT: Final = APPLICATION_STEPS["submit"]


class Refused(NamedTuple):
    """A part that was not kept, and why."""

    name: str
    code: str
    why: Text


class Taken(NamedTuple):
    """What came of an archive: the good parts are kept, the others named."""

    kept: Sequence[str]
    entries: Sequence[str]
    """The entries of the form that it filled in or changed."""
    refused: Sequence[Refused]


class _Statement(NamedTuple):
    """What `dossier.yaml` says as far as it can be read, and what each file is."""

    folder: Folder | None
    kinds: Mapping[str, str]
    problem: DomainError | None


def take_dossier(application: Application, archive: Path, *, by: User, at: datetime) -> Taken:
    """Take a packed dossier in; what an earlier one brought gives way to it, whole.

    Entries of the form that the dossier doesn't name stay as they are. Edition and sample are the dossier's
    until the application is first handed in.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands.
        HostileArchiveError: The archive as a whole is refused.
        CouldNotRunError: The disk refused.
    """
    check_may_edit(application, by=by)
    return _keep(application, _read(archive, at=at), by=by, at=at)


def begin_with_dossier(
    provider: Organisation, archive: Path, *, by: User, at: datetime
) -> tuple[Application, Taken]:
    """Begin an application with a packed dossier; where the archive is refused, none is begun.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        HostileArchiveError: The archive as a whole is refused.
        CouldNotRunError: The disk refused.
    """
    check_may_begin(provider, by)
    read = _read(archive, at=at)
    with transaction.atomic():
        application = create(provider, edition=EDITION_IDS[-1], by=by, at=at)
        return application, _keep(application, read, by=by, at=at)


class _Read(NamedTuple):
    kept: Mapping[str, Stored]
    refused: Sequence[Refused]
    statement: _Statement


def _read(archive: Path, *, at: datetime) -> _Read:
    with open_archive(archive) as opened:
        kept, refused = _kept_of(opened, at=at)
    statement = _read_statement(kept)
    if statement.problem is not None:
        refused.append(Refused(FOLDER_FILE, statement.problem.code, statement.problem.text))
    return _Read(kept, refused, statement)


@transaction.atomic
def _keep(application: Application, read: _Read, *, by: User, at: datetime) -> Taken:
    locked = open_for_editing(application, by=by)
    _replace_files(locked, read.kept, read.statement.kinds, by=by, at=at)
    entries, wrong = _take_statement(locked, read.statement.folder)
    refused = [*read.refused, *wrong]
    names = [one.name for one in refused]
    note(
        locked,
        "dossier_taken",
        by=by,
        at=at,
        step=_SUBMIT,
        files=len(read.kept),
        entries=entries,
        refused=names,
    )
    return Taken(sorted(read.kept), entries, refused)


def _kept_of(opened: zipfile.ZipFile, *, at: datetime) -> tuple[dict[str, Stored], list[Refused]]:
    """Return what of an archive may be kept, by its path in the dossier, and what not."""
    members = members_of(opened)
    above = folder_above(members)
    kept: dict[str, Stored] = {}
    refused: list[Refused] = []
    for member in members:
        name = member.name.removeprefix(above)
        try:
            check_name(name)
            stored = store(read_member(opened, member), check=lambda path, name=name: check_file(name, path))  # type: ignore[misc]
            screen(name, stored.sha256, at=at)
        except HostileArchiveError:
            raise
        except BadInputError as error:
            refused.append(Refused(name, error.code, error.text))
        else:
            kept[name] = stored
    return kept, refused


def folder_above(members: Sequence[Member]) -> str:
    """Return the one folder that everything lies in, where the statement lies there and not at the top."""
    tops = {member.name.partition("/")[0] for member in members}
    above = f"{next(iter(tops))}/" if len(tops) == 1 else ""
    return above if above and any(one.name == f"{above}{FOLDER_FILE}" for one in members) else ""


def _read_statement(kept: Mapping[str, Stored]) -> _Statement:
    """Read `dossier.yaml` where it came with the files."""
    with laid_out((name, stored.sha256) for name, stored in kept.items()) as root:
        try:
            folder = read_folder(root)
            attached = folder.dossier().attachments
        except DomainError as error:
            return _Statement(None, {}, _without_place(error, root))
    return _Statement(folder, dict(_kinds(attached, root)), None)


def _kinds(attached: Sequence[Attached], root: Path) -> Iterator[tuple[str, str]]:
    for one in attached:
        yield one.path.relative_to(root).as_posix(), one.kind


def _without_place(error: DomainError, root: Path) -> DomainError:
    """Return an error that doesn't name where the portal laid the folder out."""
    zh, en = (words.replace(f"{root}/", "").replace(str(root), FOLDER_FILE) for words in error.text)
    return BadInputError(zh, en)


def _replace_files(
    application: Application, kept: Mapping[str, Stored], kinds: Mapping[str, str], *, by: User, at: datetime
) -> None:
    present = attachments_of(application)
    present.filter(in_folder=True).update(removed_at=at)
    present.filter(name__in=list(kept)).update(removed_at=at)
    Attachment.objects.bulk_create(
        Attachment(
            application=application,
            version_number=application.version + 1,
            kind=kinds.get(name, _FOLDER_KIND),
            in_folder=True,
            name=name,
            sha256=stored.sha256,
            size=stored.size,
            added_by=by,
            added_at=at,
        )
        for name, stored in sorted(kept.items())
    )


def _take_statement(application: Application, folder: Folder | None) -> tuple[list[str], list[Refused]]:
    """Enter what the statement says; what can't be entered is named and left out."""
    if folder is None:
        return [], []
    refused = _take_terms(application, folder)
    entries: list[str] = []
    for name, value in folder.facts.items():
        if application.facts.get(name, "") == value or not value:
            continue
        try:
            enter(application, {name: value})
        except BadInputError as error:
            refused.append(Refused(name, error.code, error.text))
        else:
            entries.append(name)
    application.save()
    return sorted(entries), refused


def _take_terms(application: Application, folder: Folder) -> list[Refused]:
    terms = (folder.edition_id, folder.profile)
    if terms == (application.edition, application.profile):
        return []
    try:
        check_profile_accepted(folder.profile, production=settings.BEIAN_PRODUCTION)
        _check_terms_open(application, folder)
    except BadInputError as error:
        return [Refused(FOLDER_FILE, error.code, error.text)]
    application.edition, application.profile = terms
    return []


def _check_terms_open(application: Application, folder: Folder) -> None:
    if application.version:
        made_for = f"{folder.edition_id} {folder.profile}".strip()
        raise BadInputError(
            f"材料按「{made_for}」编制，与已提交的版本不同；补正不能改换评估依据。",
            f"The dossier is made for {made_for}, unlike what was handed in; a correction can't change the "
            "edition.",
        )
