"""Files that nobody has scanned yet: those that came while the scanner was away, or beside an application."""

import logging
from datetime import datetime
from typing import Final

from django.conf import settings

from openbeian.portal.applications.models import Attachment, Screening
from openbeian.portal.applications.screening import InfectedError, screen
from openbeian.portal.correspondence.models import MessageFile
from openbeian.portal.petitions.models import PetitionFile

__all__ = ["scan_waiting"]

_log: Final = logging.getLogger(__name__)
_MOST: Final = 50
"""So many files of each kind at one look; the rest follows at the next."""


def scan_waiting(*, at: datetime) -> int:
    """Have files scanned before anybody opens them; return how many were. What is infected stays locked."""
    if not settings.BEIAN_CLAMD:
        return 0
    known = Screening.objects.exclude(state="waiting").values("sha256")
    waiting = {
        sha256: name
        for model in (Attachment, PetitionFile, MessageFile)
        for name, sha256 in model.objects.exclude(sha256__in=known)
        .order_by("-pk")
        .values_list("name", "sha256")[:_MOST]
    }
    return sum(_scanned(name, sha256, at) for sha256, name in waiting.items())


def _scanned(name: str, sha256: str, at: datetime) -> bool:
    try:
        return screen(name, sha256, at=at)
    except InfectedError as error:
        _log.warning("%s (%s): %s", name, sha256, error.text.en)
        return True
