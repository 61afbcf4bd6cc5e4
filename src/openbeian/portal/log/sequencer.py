"""The one writer of the log: takes entries from the outbox, in order, into the tree.

The tree is written first and the database told afterwards. After a crash in between, entries that are in the
tree already are recognised by their leaf hashes, so that none is ever logged twice and none is lost.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from openbeian.portal.log.models import Entry
from openbeian.portal.signing import load_signer
from openbeian.trust.log import LogDamagedError, TileLog
from openbeian_gate.verify.merkle import leaf_hash

__all__ = ["mark_published", "open_log", "publish", "reconcile"]

_BATCH = 2000


def open_log() -> TileLog:
    """Open the portal's log.

    Raises:
        CouldNotRunError: Its files are damaged, or the key can't be read.
    """
    return TileLog(settings.BEIAN_HOME / "public" / "log", load_signer(), origin=settings.BEIAN_LOG_ORIGIN)


def publish(log: TileLog, *, at: datetime) -> int:
    """Take everything in the outbox into the log; return how many entries that were.

    Raises:
        CouldNotRunError: The log's files are damaged or can't be written.
        NotNowError: Another sequencer was faster; the next call finds what is left.
    """
    reconcile(log, at=at)
    if log.checkpoint is None:
        log.append([], at=at)
    count = 0
    while rows := list(Entry.objects.filter(index=None).order_by("id")[:_BATCH]):
        first = log.size
        log.append([row.body.encode() for row in rows], at=at, after=first)
        mark_published(rows, first=first, at=at)
        count += len(rows)
    return count


@transaction.atomic
def mark_published(rows: Sequence[Entry], *, first: int, at: datetime) -> None:
    """Note that `rows` are in the log from the index `first` on."""
    for index, row in enumerate(rows, start=first):
        row.index, row.published_at = index, at
    # One small statement for each row: `bulk_update` would take five times as long to write its large ones.
    names = (Entry._meta.db_table, "index", "published_at", "id")  # noqa: SLF001  Django's own way
    table, index_name, published_name, id_name = map(connection.ops.quote_name, names)
    when = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} "  # noqa: S608  names of our own
            f"SET {index_name} = %s, {published_name} = %s WHERE {id_name} = %s",
            [(row.index, when, row.pk) for row in rows],
        )


def reconcile(log: TileLog, *, at: datetime) -> int:
    """Find the outbox rows of entries that a crash left in the tree but not in the database.

    Raises:
        LogDamagedError: The tree holds an entry that the database doesn't know, or lacks one it has.
    """
    last: int | None = Entry.objects.aggregate(last=Max("index"))["last"]
    known = 0 if last is None else last + 1
    if known > log.size:
        raise LogDamagedError(
            f"数据库记有 {known} 条日志，日志文件只有 {log.size} 条；请从副本恢复日志目录。",
            f"The database knows {known} log entries, the files hold {log.size}; restore them from a copy.",
        )
    for index in range(known, log.size):
        wanted = leaf_hash(log.leaf(index)).hex()
        row = Entry.objects.filter(index=None, leaf_hash=wanted).order_by("id").first()
        if row is None:
            raise LogDamagedError(
                f"日志第 {index} 条不在数据库中；请停止写入，用与日志同时的备份恢复数据库。",
                f"Entry {index} of the log is not in the database; restore a backup as recent as the log.",
            )
        mark_published([row], first=index, at=at)
    return log.size - known
