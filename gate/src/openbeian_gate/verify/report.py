"""What a gate reports to the register: what it answered, which unknown services it saw, how full permits are.

    schema       openbeian.gate-report/1
    id           32 hexadecimal digits, made once: the same report sent twice is stored once
    gate         which gate it is, as its operator calls it
    made_at      when the report was made
    days         for each day (in China) since the last report:
                   day, answers (how often each was given), sightings (services that are not on file, by the
                   hash the index uses, and how often), others (sightings beyond those listed, or unnamed)
    permits      how many trial users have a place at this gate, by the number of the permit
    decisions    refusals in full and a part of the admissions: service hash, answer, snapshot version
    left_out     how many decisions were not listed for want of room
    sampled      one admission in so many is listed; 0 for none

No user is named anywhere in it, and no service that is not on file but by its hash.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import JSONValue, canonical, parse_json
from openbeian_gate.verify.fields import Fields, format_instant
from openbeian_gate.verify.index import MAX_NUMBER_BYTES

__all__ = [
    "MAX_DECISIONS",
    "MAX_REPORT_BYTES",
    "MAX_SIGHTINGS",
    "REPORT_SCHEMA",
    "DecisionRecord",
    "GateDay",
    "GateReport",
    "parse_report",
]

REPORT_SCHEMA: Final = "openbeian.gate-report/1"
MAX_REPORT_BYTES: Final = 1 << 20
MAX_SIGHTINGS: Final = 5_000
"""Of one day in one report."""
MAX_DECISIONS: Final = 2_000
_MAX_DAYS: Final = 40
_MAX_ANSWERS: Final = 40
_MAX_PERMITS: Final = 1_000
_ID: Final = re.compile(r"[0-9a-f]{32}")
_GATE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
_ANSWER: Final = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)


class DecisionRecord(NamedTuple):
    """One decision."""

    at: datetime
    service: str
    """The hash of what was asked for, in hexadecimal."""
    answer: str
    version: int | None
    permit: str = ""

    def to_json(self) -> dict[str, JSONValue]:
        """Return the form on the wire, and in a decision log."""
        return {
            "at": format_instant(self.at),
            "service": self.service,
            "answer": self.answer,
            "version": self.version,
            "permit": self.permit or None,
        }


@dataclass(frozen=True, slots=True)
class GateDay:
    """What one day brought."""

    day: date
    answers: Mapping[str, int]
    sightings: Mapping[str, int]
    """How often each unknown service was asked for, by its hash in hexadecimal."""
    others: int

    def to_json(self) -> dict[str, JSONValue]:
        """Return the form on the wire."""
        listed: list[JSONValue] = [{"service": s, "count": n} for s, n in sorted(self.sightings.items())]
        return {
            "day": self.day.isoformat(),
            "answers": dict(self.answers),
            "sightings": listed,
            "others": self.others,
        }


@dataclass(frozen=True, slots=True)
class GateReport:
    """One report."""

    id: str
    gate: str
    made_at: datetime
    days: Sequence[GateDay]
    permits: Mapping[str, int]
    decisions: Sequence[DecisionRecord]
    left_out: int
    sampled: int

    def to_bytes(self) -> bytes:
        """Return the document."""
        permits: list[JSONValue] = [
            {"number": number, "trial_users": users} for number, users in sorted(self.permits.items())
        ]
        return canonical(
            {
                "schema": REPORT_SCHEMA,
                "id": self.id,
                "gate": self.gate,
                "made_at": format_instant(self.made_at),
                "days": [day.to_json() for day in self.days],
                "permits": permits,
                "decisions": [decision.to_json() for decision in self.decisions],
                "left_out": self.left_out,
                "sampled": self.sampled,
            }
        )


def parse_report(data: bytes) -> GateReport:
    """Read a report.

    Raises:
        MalformedError: It is not one, or larger than one may be.
    """
    fields = Fields(parse_json(data, max_bytes=MAX_REPORT_BYTES), "report")
    fields.choice("schema", [REPORT_SCHEMA])
    days = [_parse_day(one) for one in fields.objects("days", max_count=_MAX_DAYS)]
    if len({day.day for day in days}) != len(days):
        raise MalformedError("报告中有重复的日期", "the report lists a day twice")
    return GateReport(
        id=_matching(fields, "id", _ID),
        gate=_matching(fields, "gate", _GATE),
        made_at=fields.instant("made_at"),
        days=days,
        permits={
            one.text("number", max_length=MAX_NUMBER_BYTES): one.integer("trial_users")
            for one in fields.objects("permits", max_count=_MAX_PERMITS)
        },
        decisions=[_parse_decision(one) for one in fields.objects("decisions", max_count=MAX_DECISIONS)],
        left_out=fields.integer("left_out"),
        sampled=fields.integer("sampled"),
    )


def _parse_day(fields: Fields) -> GateDay:
    counted = fields.object_("answers")
    names = list(fields.raw("answers"))
    if len(names) > _MAX_ANSWERS or not all(_ANSWER.fullmatch(name) for name in names):
        raise MalformedError("报告中的结果代码无效", "the report's answers are not codes")
    sightings = {
        _matching(one, "service", _ID): one.integer("count", minimum=1)
        for one in fields.objects("sightings", max_count=MAX_SIGHTINGS)
    }
    return GateDay(
        day=fields.day("day"),
        answers={name: counted.integer(name) for name in names},
        sightings=sightings,
        others=fields.integer("others"),
    )


def _parse_decision(fields: Fields) -> DecisionRecord:
    return DecisionRecord(
        at=fields.instant("at"),
        service=_matching(fields, "service", _ID),
        answer=_matching(fields, "answer", _ANSWER),
        version=None if fields.is_null("version") else fields.integer("version"),
        permit="" if fields.is_null("permit") else fields.text("permit", max_length=MAX_NUMBER_BYTES),
    )


def _matching(fields: Fields, name: str, form: re.Pattern[str]) -> str:
    value = fields.text(name)
    if not form.fullmatch(value):
        raise MalformedError(f"报告的 {name} 格式不对", f"the report's {name} has a wrong form")
    return value
