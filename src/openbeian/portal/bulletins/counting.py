"""What a bulletin is counted from, read from the portal: rows, rounds, the days each office took, the log."""

from datetime import date
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from openbeian.bulletins import (
    Bulletin,
    Certified,
    LogPosition,
    RoundFacts,
    Scope,
    compose,
    parse_period,
)
from openbeian.core.bulletin_figures import Recount, Standing
from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.register_counts import RegisterRow, took
from openbeian.core.text import Text
from openbeian.portal.filings.models import RegisterEntry, Round
from openbeian.portal.log.sequencer import open_log
from openbeian.portal.statistics.queries import course, has_demo
from openbeian.standards import load_jurisdictions

__all__ = ["OFFICE_DAYS", "count_bulletin", "log_position", "read_register", "scope_of"]

OFFICE_DAYS: Final = "days-to-certificate-by-office"
_AT_ONCE: Final = 10_000
_MOST_LISTED: Final = 1_000
"""A longer list of what was certified is cut; the register has it all."""


def scope_of(*, round_: Round | None = None, period: str = "", jurisdiction: str = "") -> Scope:
    """Return the scope of a round or a period; a round of one jurisdiction is looked at in that one.

    Raises:
        BadInputError: There is no such period or jurisdiction, or both or neither of the two are named.
        NotNowError: The round is not published yet.
    """
    if (round_ is None) == (not period):
        raise BadInputError(
            "请指定一个批次或一个期间，二者择一。", "Name either a round or a period, one of the two."
        )
    if jurisdiction and jurisdiction not in load_jurisdictions():
        raise BadInputError(
            f"没有代码为「{jurisdiction}」的属地；请用两位代码，如 GD。",
            f"There is no jurisdiction {jurisdiction}; use its two-letter code, such as GD.",
        )
    if round_ is None:
        return Scope(jurisdiction, period=parse_period(period))
    if round_.published_at is None:
        raise NotNowError(
            f"「{round_.name}」尚未发布；发证后再起草公报。",
            f"“{round_.name}” is not published yet; draft its bulletin once it has certified.",
        )
    places = set(round_.entries.values_list("jurisdiction", flat=True))
    facts = RoundFacts(
        series=round_.series,
        name=Text(round_.name, round_.name_en or round_.name),
        place=round_.place,
        held_on=round_.held_on,
        issued_on=timezone.localdate(round_.published_at),
    )
    return Scope(jurisdiction or (places.pop() if len(places) == 1 else ""), round=facts)


def count_bulletin(scope: Scope, *, on: date, slug: str = "", corrects: str = "") -> Bulletin:
    """Compose a scope's bulletin from the register as it stands; `on` is today.

    Raises:
        NotNowError: The period has not begun.
    """
    if scope.period is not None and scope.period.since > on:
        raise NotNowError(
            f"期间 {scope.period.label} 尚未开始，没有可统计的内容。",
            f"The period {scope.period.label} has not begun; there is nothing to count.",
        )
    as_of = min(scope.last_day, on)
    certified, not_listed = _certified(scope, as_of)
    return compose(
        read_register(),
        scope,
        as_of=as_of,
        certified=certified,
        not_listed=not_listed,
        issuer=settings.BEIAN_ISSUER,
        log=log_position(),
        slug=slug,
        corrects=corrects,
        has_demo=has_demo(),
    )


def read_register() -> Recount:
    """Read every entry, as it is counted, and the days each office took."""
    rows = RegisterEntry.objects.order_by().values_list(
        *("route", "jurisdiction", "status", "issued_on", "round__series", "industry"),
        *("provider_uscc", "provider_name", "listed_on", "status_since"),
    )
    entries = (
        Standing(RegisterRow(route, place, status, on, number, industry, uscc or name), listed_on, since)
        for route, place, status, on, number, industry, uscc, name, listed_on, since in rows.iterator(
            chunk_size=_AT_ONCE
        )
    )
    return Recount(entries, {place: took(days) for place, days in course().days.items()})


def log_position() -> LogPosition:
    """Return the size of the public log and its checkpoint."""
    checkpoint = open_log().checkpoint
    return LogPosition() if checkpoint is None else LogPosition(checkpoint.size, checkpoint.note)


def _certified(scope: Scope, as_of: date) -> tuple[list[Certified], int]:
    """Return the lines of the list, and how many it leaves out because it would be too long."""
    if scope.round is not None:
        wanted = Q(round__series=scope.round.series)
    else:
        assert scope.period is not None, "a scope is a round or a period"
        wanted = Q(issued_on__gte=scope.period.since, issued_on__lte=min(scope.period.until, as_of))
    if scope.jurisdiction:
        wanted &= Q(jurisdiction=scope.jurisdiction)
    rows = RegisterEntry.objects.filter(wanted).order_by("route", "issued_on", "id")
    facts = rows.values_list(
        *("number", "route", "service_name", "provider_name", "provider_name_en"),
        *("jurisdiction", "industry", "issued_on"),
    )
    lines = [Certified(*one) for one in facts[:_MOST_LISTED]]
    return lines, rows.count() - len(lines)
