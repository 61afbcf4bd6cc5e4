"""Taking in what gates report, once; and noting what came of a sighting."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.permit_rights import check_may_follow_up
from openbeian.core.permits import check_reason_given
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sightings.models import (
    AnswerDay,
    GateReport,
    PlacesTaken,
    ServiceHash,
    SightedService,
    SightingDay,
)
from openbeian.trust.snapshots import service_hash
from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.report import GateDay, parse_report
from openbeian_gate.verify.report import GateReport as Reported

__all__ = [
    "BadReportError",
    "OtherReportError",
    "TooManyReportsError",
    "follow_up",
    "receive_report",
]

_MOST_OF_A_GATE: Final = 600
_MOST_OF_A_PLATFORM: Final = 6_000
_HOUR: Final = timedelta(hours=1)
_KEPT_FOR: Final = timedelta(days=90)
"""So long a report is known again; an older one is not taken."""
_OLDEST_FOR: Final = timedelta(days=60)
_AHEAD_FOR: Final = timedelta(days=1)
_DAYS_BACK: Final = timedelta(days=40)
_BATCH: Final = 500


class BadReportError(BadInputError):
    """The body is no report."""

    code = "bad_report"


class OtherReportError(NotNowError):
    """Another report came under the same id."""

    code = "other_report"


class TooManyReportsError(NotNowError):
    """So many reports within an hour that one more is put off."""

    code = "too_many"
    http_status = 429


@transaction.atomic
def receive_report(
    data: bytes, *, organisation: Organisation, by: Person, at: datetime
) -> tuple[GateReport, bool]:
    """Take in a report of a platform's gate; return it, and whether it was new.

    Raises:
        BadReportError: The bytes are no report, or its times can't be.
        OtherReportError: Another report came under the same id.
        TooManyReportsError: The platform or the gate has sent as many as an hour allows.
    """
    reported = _parse(data, at)
    digest = hashlib.sha256(data).hexdigest()
    # One report of a platform at a time: the counts below are read and written again.
    platform = Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = GateReport.objects.filter(organisation=platform, report_id=reported.id).first()
    if known is not None:
        if known.sha256 != digest:
            raise OtherReportError(
                "已有同一编号、内容不同的报告；请为每份报告另取编号。",
                "Another report came under this id; give every report an id of its own.",
            )
        return known, False
    _check_not_too_many(platform, reported.gate, at)
    is_first = not GateReport.objects.filter(organisation=platform, gate=reported.gate).exists()
    made = GateReport.objects.create(
        organisation=platform,
        report_id=reported.id,
        gate=reported.gate,
        sha256=digest,
        made_at=reported.made_at,
        received_at=at,
        decisions=[decision.to_json() for decision in reported.decisions],
        left_out=reported.left_out,
        sampled=reported.sampled,
    )
    for day in reported.days:
        _count_answers(platform, day)
        _count_sightings(platform, reported.gate, day)
    _note_places(platform, reported)
    _note_services()
    GateReport.objects.filter(received_at__lt=at - _KEPT_FOR).delete()
    if is_first:  # reports come by the minute; that a gate has begun to send them is what the trail keeps
        record("gate.began_reporting", made, by=by, at=at, organisation_id=str(platform.pk))
    return made, True


@transaction.atomic
def follow_up(service: SightedService, *, reason: str, by: User, at: datetime) -> SightedService:
    """Note what came of a sighting; a later note takes the place of an earlier one, which stays in the trail.

    Raises:
        NotAllowedError: `by` is of no office.
        BadInputError: Nothing is said.
    """
    membership = check_may_follow_up(actor_of(by))
    check_reason_given(reason)
    locked = SightedService.objects.select_for_update().get(pk=service.pk)
    locked.followed_by, locked.followed_at, locked.followed_reason = by, at, reason.strip()
    locked.save(update_fields=["followed_by", "followed_at", "followed_reason"])
    record(
        "sighting.followed_up",
        locked,
        by=by,
        at=at,
        organisation_id=membership.organisation_id,
        reason=reason.strip(),
    )
    return locked


def _parse(data: bytes, at: datetime) -> Reported:
    try:
        reported = parse_report(data)
    except MalformedError as error:
        raise BadReportError(*error.text) from error
    made_on = reported.made_at.date()
    plausible = at - _OLDEST_FOR <= reported.made_at <= at + _AHEAD_FOR and all(
        made_on - _DAYS_BACK <= day.day <= made_on + _AHEAD_FOR for day in reported.days
    )
    if not plausible:
        raise BadReportError(
            f"报告或其中的日期早于 {_OLDEST_FOR.days} 天之前，或在将来；请检查闸口的时钟。",
            f"The report or one of its days is older than {_OLDEST_FOR.days} days or lies ahead; "
            "check the gate's clock.",
        )
    return reported


def _check_not_too_many(platform: Organisation, gate: str, at: datetime) -> None:
    recent = GateReport.objects.filter(organisation=platform, received_at__gt=at - _HOUR)
    if recent.count() >= _MOST_OF_A_PLATFORM or recent.filter(gate=gate).count() >= _MOST_OF_A_GATE:
        raise TooManyReportsError(
            "一小时内的报告过多；请稍后再发，并调大闸口的报告间隔。",
            "Too many reports within an hour; send this one later, and let the gate report less often.",
        )


def _count_answers(platform: Organisation, day: GateDay) -> None:
    for answer, count in day.answers.items():
        row, is_new = AnswerDay.objects.select_for_update().get_or_create(
            day=day.day, organisation=platform, answer=answer, defaults={"count": count}
        )
        if not is_new:
            row.count += count
            row.save(update_fields=["count"])


def _count_sightings(platform: Organisation, gate: str, day: GateDay) -> None:
    services = _sighted(day.day, day.sightings)
    of_today = SightingDay.objects.filter(day=day.day, organisation=platform, gate=gate)
    known = {row.service_id: row for row in of_today.filter(service__in=services)}
    new = []
    for service in services:
        count = day.sightings[service.hash]
        if service.pk in known:
            known[service.pk].count += count
        else:
            new.append(
                SightingDay(service=service, day=day.day, organisation=platform, gate=gate, count=count)
            )
    SightingDay.objects.bulk_update(known.values(), ["count"], batch_size=_BATCH)
    SightingDay.objects.bulk_create(new, batch_size=_BATCH)


def _sighted(day: date, sightings: Mapping[str, int]) -> list[SightedService]:
    """Return the services seen on a day, made where they are new, with what is added to them saved."""
    SightedService.objects.bulk_create(
        [SightedService(hash=one, first_day=day, last_day=day) for one in sorted(sightings)],
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    services: list[SightedService] = []
    for hashes in _batches(sorted(sightings)):
        services += SightedService.objects.select_for_update().filter(hash__in=hashes).order_by("hash")
    for service in services:
        service.total += sightings[service.hash]
        service.first_day, service.last_day = min(service.first_day, day), max(service.last_day, day)
    SightedService.objects.bulk_update(services, ["total", "first_day", "last_day"], batch_size=_BATCH)
    return services


def _batches(hashes: list[str]) -> Iterable[list[str]]:
    return (hashes[at : at + _BATCH] for at in range(0, len(hashes), _BATCH))


def _note_places(platform: Organisation, reported: Reported) -> None:
    for permit in Permit.objects.filter(number__in=list(reported.permits)):
        PlacesTaken.objects.update_or_create(
            permit=permit,
            organisation=platform,
            gate=reported.gate,
            defaults={"trial_users": reported.permits[permit.number], "reported_at": reported.made_at},
        )


def _note_services() -> None:
    """Note the hashes of services that have none noted yet."""
    unnoted = Application.objects.filter(service_hash=None).values_list("pk", "service_id")
    ServiceHash.objects.bulk_create(
        [ServiceHash(application_id=pk, hash=service_hash(service).hex()) for pk, service in unnoted],
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
