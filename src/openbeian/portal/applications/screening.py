"""Files are held back until the malware scanner has called them clean, where one is configured."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.conf import settings

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.portal.applications.clamd import NotScannedError, scan
from openbeian.portal.applications.models import Attachment, Screening
from openbeian.portal.applications.storage import path_of

__all__ = ["HeldBackError", "InfectedError", "check_released", "held_back", "held_back_error", "screen"]

_CLEAN, _INFECTED, _WAITING = "clean", "infected", "waiting"
_SHOWN: Final = 80


class InfectedError(BadInputError):
    """The scanner found something in a file."""

    code = "infected"


class HeldBackError(NotNowError):
    """The scanner could not be asked about a file yet."""

    code = "held_back"


def screen(name: str, sha256: str, *, at: datetime) -> bool:
    """Have a file of the store scanned unless that is done; return whether it may be used.

    Raises:
        InfectedError: Something was found; the file is gone unless it was attached already.
    """
    if not settings.BEIAN_CLAMD:
        return True
    known = Screening.objects.filter(sha256=sha256).exclude(state=_WAITING).first()
    found = known or _scanned(sha256, at)
    if found.state != _INFECTED:
        return found.state == _CLEAN
    if not Attachment.objects.filter(sha256=sha256).exists():
        path_of(sha256).unlink(missing_ok=True)
    raise InfectedError(
        f"「{name}」未通过恶意软件检查（{found.threat[:_SHOWN]}），未保存；请清除后重新上传。",
        f"The malware scan found {found.threat[:_SHOWN]} in {name}, and it was not kept; clean it and upload "
        "it again.",
    )


def _scanned(sha256: str, at: datetime) -> Screening:
    try:
        threat = scan(path_of(sha256), settings.BEIAN_CLAMD).threat
        state = _INFECTED if threat else _CLEAN
    except NotScannedError:
        threat, state = "", _WAITING
    found, _ = Screening.objects.update_or_create(
        sha256=sha256, defaults={"state": state, "threat": threat, "at": at}
    )
    return found


def held_back(hashes: Collection[str]) -> frozenset[str]:
    """Return which of these files may not be used yet."""
    if not settings.BEIAN_CLAMD:
        return frozenset()
    clean = Screening.objects.filter(sha256__in=hashes, state=_CLEAN).values_list("sha256", flat=True)
    return frozenset(hashes) - frozenset(clean)


def check_released(name: str, sha256: str, *, at: datetime) -> None:
    """Check that a file may be handed out; one that was not scanned yet is scanned now.

    Raises:
        InfectedError: Something was found in it.
        HeldBackError: The scanner can't be asked for now.
    """
    if not screen(name, sha256, at=at):
        raise held_back_error(name)


def held_back_error(name: str) -> HeldBackError:
    """Return the error that says why a file can't be used for now."""
    return HeldBackError(
        f"「{name}」尚未通过恶意软件检查，暂不能使用；请数分钟后再试，仍不行时请联系系统管理员检查 ClamAV。",
        f"{name} has not passed the malware scan, so it can't be used yet; try again in a few minutes, and "
        "ask the administrator to look at ClamAV if it stays so.",
    )
