"""How the register stands: at which size of the log, and a mark that changes with its entries."""

from typing import NamedTuple

from django.conf import settings
from django.db.models import Max

from openbeian.core.errors import CouldNotRunError, NotNowError
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.log.models import Entry
from openbeian.portal.register.models import TakenList
from openbeian_gate.errors import GateError
from openbeian_gate.verify.checkpoint import parse_checkpoint

__all__ = ["Standing", "settled_standing", "standing"]

_ABOUT_FILINGS = "filing."


class Standing(NamedTuple):
    """The register at a moment.

    `mark` is the same as long as no filing and no taken list has changed an entry; `waiting` says how many
    changes of filings are not in the published log yet.
    """

    log_size: int
    checkpoint: str | None
    mark: str
    waiting: int


def standing() -> Standing:
    """Return how the register stands now.

    Raises:
        CouldNotRunError: The checkpoint's file is damaged.
    """
    filings = Entry.objects.filter(kind__startswith=_ABOUT_FILINGS)
    newest = filings.aggregate(last=Max("pk"))["last"] or 0
    taken = TakenList.objects.aggregate(last=Max("pk"))["last"] or 0
    waiting = filings.filter(index=None).count()
    size, checkpoint = _checkpoint()
    return Standing(size, checkpoint, f"{newest}.{taken}.{RegisterEntry.objects.count()}", waiting)


def settled_standing() -> Standing:
    """Return how the register stands, with every change of a filing in the published log.

    Raises:
        NotNowError: Changes wait for the log.
        CouldNotRunError: The checkpoint's file is damaged.
    """
    now = standing()
    if now.waiting:
        raise NotNowError(
            f"有 {now.waiting} 项变更还没有写进公开日志；请在门户运行（beian serve）几秒后再试。",
            f"{now.waiting} changes are not in the public log yet; try again once the portal (beian serve) "
            "has run for a few seconds.",
        )
    return now


def _checkpoint() -> tuple[int, str | None]:
    path = settings.BEIAN_HOME / "public" / "log" / "checkpoint"
    try:
        note = path.read_bytes()
        size = parse_checkpoint(note).size
    except FileNotFoundError:
        return 0, None
    except (OSError, GateError) as error:
        raise CouldNotRunError(
            f"日志检查点 {path} 无法读取；请从副本恢复日志目录。",
            f"The log's checkpoint {path} can't be read; restore the log's folder from a copy.",
        ) from error
    return size, note.decode()
