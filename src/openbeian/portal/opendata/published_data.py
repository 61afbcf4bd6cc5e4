"""The editions that are given out: made when the register has changed, the newest named by one small file."""

import re
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.opendata.editions import Told, make_edition, replace_folder
from openbeian.portal.opendata.manifest import MANIFEST_NAME, Manifest, read_manifest
from openbeian.portal.opendata.standing import standing
from openbeian.trust.files import replace_file

__all__ = ["data_folder", "editions", "is_due", "latest", "publish_data"]

_KEPT: Final = 5
_AT_MOST_EVERY: Final = timedelta(hours=1)
_AT_LEAST_EVERY: Final = timedelta(days=1)
_EDITION: Final = re.compile(r"\d{4}-\d{2}-\d{2}-\d+-[0-9a-f]{8}")


def data_folder() -> Path:
    """Return where the editions lie; any web server can serve it."""
    return Path(settings.BEIAN_HOME) / "public" / "data"


def latest() -> Manifest | None:
    """Return the newest edition; None before the first."""
    return read_manifest(data_folder() / MANIFEST_NAME)


def editions() -> list[Manifest]:
    """Return every edition that is still given out, newest first."""
    folders = [path for path in data_folder().glob("*") if _EDITION.fullmatch(path.name)]
    found = (read_manifest(path / MANIFEST_NAME) for path in folders)
    return sorted((one for one in found if one is not None), key=lambda one: one.made_at, reverse=True)


def is_due(*, at: datetime) -> bool:
    """Say whether a new edition should be made: the register has changed, or the last one is a day old.

    An empty register waits for its first entry, which else would wait an hour for the second edition.
    """
    newest = latest()
    if newest is None:
        return RegisterEntry.objects.exists()
    age = at - newest.made_at
    return age >= _AT_LEAST_EVERY or (age >= _AT_MOST_EVERY and standing().mark != newest.mark)


def publish_data(formats: Sequence[str], *, at: datetime, told: Told = lambda _rows: None) -> Manifest:
    """Make an edition and give it out; older ones than the last few are taken away.

    Raises:
        NotNowError: Changes wait for the log, or the register kept changing.
        CouldNotRunError: The disk refused, or what a format needs is not installed.
    """
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / ".draft"
    manifest = make_edition(draft, formats, at=at, told=told)
    if (folder / manifest.edition).exists():
        # What was given out stays as it is: the same rows again are the same edition.
        shutil.rmtree(draft)
    else:
        replace_folder(folder / manifest.edition, draft)
    replace_file(folder / MANIFEST_NAME, manifest.to_bytes())
    for old in editions()[_KEPT:]:
        shutil.rmtree(folder / old.edition, ignore_errors=True)
    return manifest
