"""The version of an application that a granted petition makes."""

import secrets
from datetime import datetime
from typing import Final

from openbeian.portal.applications.examination import digest_of, files_of
from openbeian.portal.applications.models import Application, Attachment, Version
from openbeian.portal.applications.queries import attachments_of
from openbeian.portal.applications.steps import current_version, lock
from openbeian.portal.petitions.checking import files_of as petition_files
from openbeian.portal.petitions.models import Petition

__all__ = ["add_version"]

_COLUMNS: Final = {"service_name": "service.name", "model_name": "model.name"}
_COLUMN_LENGTH: Final = 200
_ONE_OF_A_KIND: Final = frozenset({"evidence", "head", "keys"})


def add_version(petition: Petition, *, at: datetime) -> Version:
    """Put the changed entries and the new files into a version; inside the transaction of the decision."""
    application = lock(petition.application)
    before = current_version(application)
    assert before is not None, "what is on file was handed in"
    _take_files(petition, application, at=at)
    application.facts = {
        name: value for name, value in {**application.facts, **petition.changes}.items() if value
    }
    for column, name in _COLUMNS.items():
        setattr(application, column, str(application.facts.get(name, ""))[:_COLUMN_LENGTH])
    application.version += 1
    application.save(update_fields=["facts", "version", *_COLUMNS])
    files, salt = files_of(application), secrets.token_hex(16)
    return Version.objects.create(
        application=application,
        number=application.version,
        facts=application.facts,
        files=files,
        salt=salt,
        digest=digest_of(application.facts, files, salt),
        findings=petition.findings or before.findings,
        report=petition.report or before.report,
        submitted_by=petition.asked_by,
        submitted_at=at,
        recommendation=petition.examination,
        recommended_by=petition.examined_by,
        recommended_at=None if petition.examined_by is None else at,
    )


def _take_files(petition: Petition, application: Application, *, at: datetime) -> None:
    """Attach the petition's files; new evidence takes the place of the old with its signature and keys."""
    added = petition_files(petition)
    present = attachments_of(application)
    replaced = {one.kind for one in added} & _ONE_OF_A_KIND
    present.filter(kind__in=replaced).update(removed_at=at)
    for one in added:
        attachments_of(application).filter(name=one.name).update(removed_at=at)
        Attachment.objects.create(
            application=application,
            version_number=application.version + 1,
            kind=one.kind,
            name=one.name,
            sha256=one.sha256,
            size=one.size,
            added_by=one.added_by,
            added_at=at,
        )
