"""Whether the portal is alive, and whether it is ready to serve: what it needs, looked at one by one."""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min

from openbeian.portal.log.models import Entry

__all__ = ["Finding", "look", "unpublished_for"]

_LOG_MAY_LAG_FOR: Final = timedelta(minutes=1)
_MIB: Final = 1 << 20


class Finding(NamedTuple):
    """How one thing the portal needs was found."""

    is_well: bool
    detail: str


def look(*, at: datetime) -> Mapping[str, Finding]:
    """Look at everything the portal needs; what can't be looked at is not well."""
    return {name: _found(check, at) for name, check in _CHECKS.items()}


def unpublished_for(*, at: datetime) -> timedelta:
    """Return for how long the oldest entry that waits for the log has waited; nothing waits: no time."""
    oldest = Entry.objects.filter(index=None).aggregate(oldest=Min("at"))["oldest"]
    return timedelta(0) if oldest is None else max(timedelta(0), at - oldest)


def _found(check: Callable[[datetime], Finding], at: datetime) -> Finding:
    try:
        return check(at)
    except (DatabaseError, OSError) as error:
        return Finding(is_well=False, detail=type(error).__name__)


def _database(_at: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(is_well=True, detail=connection.vendor)


def _migrations(_at: datetime) -> Finding:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Finding(waiting == 0, f"{waiting} to be run")


def _log(at: datetime) -> Finding:
    waited = unpublished_for(at=at)
    return Finding(waited <= _LOG_MAY_LAG_FOR, f"oldest entry waits {waited.total_seconds():.0f} s")


def _disk(_at: datetime) -> Finding:
    free = shutil.disk_usage(settings.BEIAN_HOME).free // _MIB
    return Finding(free >= settings.BEIAN_DISK_LEFT_MIB, f"{free} MiB left")


_CHECKS: Final[Mapping[str, Callable[[datetime], Finding]]] = {
    "database": _database,
    "migrations": _migrations,
    "log": _log,
    "disk": _disk,
}
