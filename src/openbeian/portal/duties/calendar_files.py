"""A filing's duties as iCalendar (RFC 5545), for the calendars people use anyway."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from openbeian.core.duties import DUTY_LABELS, DutyKind
from openbeian.portal.duties.models import Duty
from openbeian.portal.filings.models import Filing

__all__ = ["calendar_of"]

_LONGEST_LINE = 75
"""In bytes, as the specification says."""


def calendar_of(filing: Filing, duties: Iterable[Duty], language: str, *, at: datetime) -> bytes:
    """Return the calendar; each duty is a day, and keeps its id when the day moves."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OpenBeian//Duties//ZH", "CALSCALE:GREGORIAN"]
    for duty in duties:
        lines += _event(filing, duty, language, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def _event(filing: Filing, duty: Duty, language: str, at: datetime) -> list[str]:
    if duty.due_on is None:
        return []
    words = DUTY_LABELS[DutyKind(duty.kind)].in_(language)
    return [
        "BEGIN:VEVENT",
        f"UID:{filing.service_id}-{duty.kind}@openbeian",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{duty.due_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{duty.due_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(f'{words} · {filing.service_name}')}",
        f"DESCRIPTION:{_escaped(filing.number)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    for letter in "\\;,":
        text = text.replace(letter, f"\\{letter}")
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _folded(line: str) -> Iterator[str]:
    """Break a line between letters; what goes on begins with a space."""
    part, length = "", 0
    for letter in line:
        weight = len(letter.encode())
        if length + weight > _LONGEST_LINE:
            yield part
            part, length = " ", 1
        part, length = part + letter, length + weight
    yield part
