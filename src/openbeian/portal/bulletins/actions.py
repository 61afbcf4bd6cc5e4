"""Drafting, editing and publishing bulletins. What is published never changes: a correction is a new one."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from openbeian.bulletins import Bulletin as Document
from openbeian.bulletins import Scope, canonical_bytes, check, from_json, to_json
from openbeian.core.errors import NotNowError
from openbeian.core.permissions import check_may_issue_bulletin
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.audit.actions import record
from openbeian.portal.bulletins.counting import count_bulletin, read_register, scope_of
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.filings.models import Round
from openbeian.portal.log.outbox import append
from openbeian.trust.bulletins import sign_bulletin
from openbeian.trust.keys import Signer

__all__ = ["discard", "draft", "edit", "publish", "rewrite"]


@transaction.atomic
def draft(
    *,
    round_: Round | None = None,
    period: str = "",
    jurisdiction: str = "",
    corrects: Bulletin | None = None,
    by: User,
    at: datetime,
) -> Bulletin:
    """Draft the bulletin of a round or a period; or, with `corrects`, a new one of that one's scope.

    Raises:
        NotAllowedError: `by` may not issue bulletins of this jurisdiction.
        NotNowError: The round is not published, the period not begun, or there is such a bulletin already.
        BadInputError: The scope is none.
    """
    if corrects is not None:
        round_, period, jurisdiction = corrects.round, corrects.period, corrects.jurisdiction
    scope = scope_of(round_=round_, period=period, jurisdiction=jurisdiction)
    check_may_issue_bulletin(actor_of(by), scope.jurisdiction)
    slug = _free_slug(scope, corrects)
    document = count_bulletin(
        scope, on=timezone.localdate(at), slug=slug, corrects=corrects.slug if corrects else ""
    )
    made = Bulletin.objects.create(
        slug=slug,
        round=round_,
        period=scope.period.label if scope.period else "",
        jurisdiction=scope.jurisdiction,
        document=to_json(document),
        corrects=corrects,
        drafted_by=by,
        drafted_at=at,
    )
    record("bulletin.drafted", made, by=by, at=at, slug=slug)
    return made


def _free_slug(scope: Scope, corrects: Bulletin | None) -> str:
    """Return the address of a new bulletin; only a correction may follow one of the same scope."""
    known = set(Bulletin.objects.filter(slug__startswith=scope.slug).values_list("slug", flat=True))
    if corrects is None:
        if scope.slug in known:
            raise NotNowError(
                f"公报「{scope.slug}」已存在；请修改草稿，已发布的请起草更正。",
                f"There is a bulletin {scope.slug} already; work on the draft, or correct what is published.",
            )
        return scope.slug
    if not corrects.is_published or corrects.corrections.exists():
        raise NotNowError(
            f"「{corrects.slug}」尚未发布，或已有更正；请修改其草稿，或更正最新的一份。",
            f"{corrects.slug} is not published, or corrected already; work on the draft or the newest one.",
        )
    number = 2
    while f"{scope.slug}-{number}" in known:
        number += 1
    return f"{scope.slug}-{number}"


@transaction.atomic
def rewrite(bulletin: Bulletin, *, by: User, at: datetime) -> Bulletin:
    """Count a draft's figures anew; the editor's text stays.

    Raises:
        NotAllowedError: `by` may not issue bulletins of this jurisdiction.
        NotNowError: It is published.
    """
    locked = _lock_draft(bulletin, by)
    before = from_json(locked.document)
    fresh = count_bulletin(
        before.scope, on=timezone.localdate(at), slug=before.slug, corrects=before.corrects
    )
    return _write(locked, fresh.edited(before.editor), kind="bulletin.rewritten", by=by, at=at)


@transaction.atomic
def edit(bulletin: Bulletin, *, editor: Text, by: User, at: datetime) -> Bulletin:
    """Write the editor's text of a draft.

    Raises:
        NotAllowedError: `by` may not issue bulletins of this jurisdiction.
        NotNowError: It is published.
    """
    locked = _lock_draft(bulletin, by)
    text = Text(editor.zh.strip(), editor.en.strip())
    return _write(locked, from_json(locked.document).edited(text), kind="bulletin.edited", by=by, at=at)


@transaction.atomic
def publish(bulletin: Bulletin, *, signer: Signer, by: User, at: datetime) -> Bulletin:
    """Sign a draft and make it public for good, with an entry in the log.

    Raises:
        NotAllowedError: `by` may not issue bulletins of this jurisdiction.
        NotNowError: It is published already, or the register's figures have changed since.
    """
    locked = _lock_draft(bulletin, by)
    document = from_json(locked.document)
    _check_still_true(document)
    digest = hashlib.sha256(canonical_bytes(document)).hexdigest()
    # Kept as the signed bytes say it, so that what is handed out later is what was signed.
    file = json.loads(sign_bulletin(to_json(document), signer))
    locked.document, locked.signatures = file["bulletin"], file["signatures"]
    locked.published_by, locked.published_at = by, at
    locked.log_entry = append(
        "bulletin.published",
        locked.slug,
        facts={
            "as_of": document.as_of.isoformat(),
            "corrects": document.corrects or None,
            "jurisdiction": locked.jurisdiction or None,
            "period": locked.period or None,
            "round": locked.round.series if locked.round else None,
            "title": document.title.zh,
        },
        hashes={"bulletin": digest},
        at=at,
    )
    locked.save()
    record("bulletin.published", locked, by=by, at=at, slug=locked.slug, sha256=digest)
    return locked


@transaction.atomic
def discard(bulletin: Bulletin, *, by: User, at: datetime) -> None:
    """Remove a draft.

    Raises:
        NotAllowedError: `by` may not issue bulletins of this jurisdiction.
        NotNowError: It is published.
    """
    locked = _lock_draft(bulletin, by)
    record("bulletin.discarded", locked, by=by, at=at, slug=locked.slug)
    locked.delete()


def _lock_draft(bulletin: Bulletin, by: User) -> Bulletin:
    locked = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    check_may_issue_bulletin(actor_of(by), locked.jurisdiction)
    if locked.is_published:
        raise NotNowError(
            f"公报「{locked.slug}」已发布，不能再改；如有错误，请起草更正。",
            f"The bulletin {locked.slug} is published and never changes; draft a correction instead.",
        )
    return locked


def _write(locked: Bulletin, document: Document, *, kind: str, by: User, at: datetime) -> Bulletin:
    locked.document = to_json(replace(document, slug=locked.slug))
    locked.save(update_fields=["document"])
    record(kind, locked, by=by, at=at, slug=locked.slug)
    return locked


def _check_still_true(document: Document) -> None:
    wrong = [one.name for one in check(document, read_register()) if one.outcome != "found"]
    if wrong:
        raise NotNowError(
            f"起草之后登记册已有变化，{len(wrong)} 个数字不再相符；请先重新统计。",
            f"The register has changed since this was drafted and {len(wrong)} figures no longer agree; "
            "count them anew first.",
        )
