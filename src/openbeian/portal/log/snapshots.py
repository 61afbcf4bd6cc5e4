"""Publishing signed snapshots of the register; how the filings stand is handed in."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from openbeian.portal.log.models import Entry, Snapshot
from openbeian.portal.signing import load_publisher, load_signer
from openbeian.trust.files import replace_file
from openbeian.trust.snapshots import SnapshotRows, sign_snapshot

__all__ = ["is_due", "publish_snapshot", "renew_repository"]

_ABOUT = Q(kind__startswith="filing.") | Q(kind__startswith="permit.")
"""What changes a snapshot."""


def is_due(*, at: datetime) -> bool:
    """Say whether a filing or a permit has changed since the last snapshot, or that is half-way to stale."""
    last = Snapshot.objects.first()
    if last is None or at >= last.issued_at + settings.BEIAN_SNAPSHOT_TTL_FOR / 2:
        return True
    return Entry.objects.filter(_ABOUT, id__gt=last.after_entry).exists()


def publish_snapshot(
    read: Callable[[datetime], SnapshotRows], *, checkpoint: str | None, at: datetime
) -> Snapshot:
    """Sign and publish the next snapshot, of what stands at `at`, in the repository too.

    Raises:
        NotNowError: The repository's second signer reads something else, or its keys do not suffice; the
            snapshot alone was published.
    """
    # Taken before the rows are read: what changes in between is published once more instead of missed.
    after_entry = Entry.objects.filter(_ABOUT).aggregate(last=Max("id"))["last"] or 0
    with transaction.atomic():
        last = Snapshot.objects.select_for_update().first()
        version = 1 if last is None else last.version + 1
        rows = read(at)
        listed = list(rows.filings)
        data = sign_snapshot(
            listed,
            load_signer(),
            version=version,
            after=None if last is None else last.version,
            at=at,
            ttl_for=settings.BEIAN_SNAPSHOT_TTL_FOR,
            grace_for=settings.BEIAN_SNAPSHOT_GRACE_FOR,
            checkpoint=checkpoint,
            permits=rows.permits,
        )
        snapshot = Snapshot.objects.create(
            version=version,
            issued_at=at,
            expires_at=at + settings.BEIAN_SNAPSHOT_GRACE_FOR,
            entries=len(listed),
            sha256=hashlib.sha256(data).hexdigest(),
            after_entry=after_entry,
        )
    # Written when the version is taken for good: no two snapshots of one version can ever be given out.
    public = settings.BEIAN_HOME / "public"
    public.mkdir(parents=True, exist_ok=True)
    replace_file(public / "snapshot.json", data)
    publisher = load_publisher(read)
    if publisher is not None:
        publisher.publish(data, [load_signer()], at=at)
    return snapshot


def renew_repository(read: Callable[[datetime], SnapshotRows], *, at: datetime) -> None:
    """Say in the repository that what is published is the present still, when that is due.

    Raises:
        NotNowError: Its second signer reads something else, or its keys do not suffice.
    """
    publisher = load_publisher(read)
    if publisher is not None and publisher.is_due(at=at):
        publisher.renew(at=at)
