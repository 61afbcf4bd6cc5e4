"""The classes of entries: set by an office, or by the rules anew where no office has decided."""

from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.permissions import check_may_set_classes
from openbeian.industries import Industry, ServiceType
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.models import ClassDecision, RegisterEntry
from openbeian.portal.filings.register_entries import classes_of, reclassify, rules_on
from openbeian.portal.register.actions import check_takes_lists

__all__ = ["classify_again", "set_classes"]

_AT_ONCE: Final = 2_000


@transaction.atomic
def set_classes(
    entry: RegisterEntry, *, industry: str, service_type: str, reason: str, by: User, at: datetime
) -> ClassDecision:
    """Say what an entry's industry and service type are; the rules never overwrite it.

    Raises:
        NotAllowedError: `by` is no reviewer or publisher of the entry's province or of the national office.
        BadInputError: There is no such class, or the reason is missing.
    """
    locked = RegisterEntry.objects.select_for_update().get(pk=entry.pk)
    office = check_may_set_classes(actor_of(by), locked.jurisdiction)
    if industry not in list(Industry) or service_type not in list(ServiceType):
        raise BadInputError(
            f"没有「{industry}」「{service_type}」这样的行业或服务类型；请从所列各项中选择。",
            f"There is no industry “{industry}” or service type “{service_type}”; choose from those listed.",
        )
    if not reason.strip():
        raise BadInputError("请写明理由。", "Say why; the reason is kept with the decision.")
    (found,) = rules_on([locked])
    decision, _ = ClassDecision.objects.update_or_create(
        entry=locked,
        defaults={
            "industry": industry,
            "service_type": service_type,
            "ruled_industry": found.industry.value,
            "ruled_type": found.service_type.value,
            "confidence": found.confidence,
            "type_confidence": found.type_confidence,
            "reason": reason.strip(),
            "office_id": int(office.organisation_id),
            "decided_by": by,
            "decided_at": at,
        },
    )
    was = [locked.industry, locked.service_type]
    reclassify(locked, industry=industry, service_type=service_type)
    record(
        "register.classes_set",
        locked,
        by=by,
        at=at,
        organisation_id=office.organisation_id,
        was=was,
        now=[industry, service_type],
        reason=reason.strip(),
    )
    return decision


@transaction.atomic
def classify_again(*, by: Person, at: datetime) -> int:
    """Let the rules as they are now classify every entry that no office has decided; return how many changed.

    Raises:
        NotAllowedError: `by` is neither the operator of this machine nor a publisher of the national office.
    """
    check_takes_lists(by)
    undecided = RegisterEntry.objects.filter(class_decision=None).select_related("filing__application")
    last, changed = 0, 0
    while entries := list(undecided.filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
        last = entries[-1].pk
        for entry, found in zip(entries, rules_on(entries), strict=True):
            classes = classes_of(found)
            was = [entry.industry, entry.service_type]
            if was != [classes["industry"], classes["service_type"]]:
                reclassify(entry, **classes)
                record("register.classified_again", entry, by=by, at=at, was=was, now=list(classes.values()))
                changed += 1
    return changed
