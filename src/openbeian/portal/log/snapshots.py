"""Publishing signed snapshots of the register; how the filings stand is handed in."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from openbeian.portal.log.models import Entry, Snapshot
from openbeian.portal.signing import load_signer
from openbeian.trust.files import replace_file
from openbeian.trust.snapshots import FilingRow, Permit, sign_snapshot

__all__ = ["is_due", "publish_snapshot"]

_ABOUT = Q(kind__startswith="filing.") | Q(kind__startswith="permit.")
"""What changes a snapshot."""


def is_due(*, at: datetime) -> bool:
    """Say whether a filing or a permit has changed since the last snapshot, or that is half-way to stale."""
    last = Snapshot.objects.first()
    if last is None or at >= last.issued_at + settings.BEIAN_SNAPSHOT_TTL_FOR / 2:
        return True
    return Entry.objects.filter(_ABOUT, id__gt=last.after_entry).exists()


def publish_snapshot(
    rows: Iterable[FilingRow], *, checkpoint: str | None, at: datetime, permits: Iterable[Permit] = ()
) -> Snapshot:
    """Sign and publish the next snapshot, of filings and permits as they stand at `at`."""
    # Taken before the rows are read: what changes in between is published once more instead of missed.
    after_entry = Entry.objects.filter(_ABOUT).aggregate(last=Max("id"))["last"] or 0
    with transaction.atomic():
        last = Snapshot.objects.select_for_update().first()
        version = 1 if last is None else last.version + 1
        listed = list(rows)
        data = sign_snapshot(
            listed,
            load_signer(),
            version=version,
            after=None if last is None else last.version,
            at=at,
            ttl_for=settings.BEIAN_SNAPSHOT_TTL_FOR,
            grace_for=settings.BEIAN_SNAPSHOT_GRACE_FOR,
            checkpoint=checkpoint,
            permits=permits,
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
    return snapshot
