"""A register and bulletins of it, small enough to count by hand."""

from datetime import date, timedelta

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
from openbeian.core.register_counts import RegisterRow, Took
from openbeian.core.text import Text

__all__ = ["DAY", "OFFICE_DAYS", "bulletin_of_period", "bulletin_of_round", "register"]

DAY = date(2026, 4, 3)
OFFICE_DAYS = {"GD": Took(8, 41.5), "ZJ": Took(6, 55.0), "BJ": Took(2, None)}
_INDUSTRIES = ("general", "general", "health", "", "finance")
_NEW = ("manufacturing", "logistics", "manufacturing")


def register() -> list[Standing]:
    entries = [
        _standing(place, DAY - timedelta(days=1 + 11 * n), _INDUSTRIES[n % 5], f"{place}{n}")
        for place, number in (("GD", 12), ("BJ", 20), ("ZJ", 15), ("JS", 3))
        for n in range(number)
    ]
    entries += [_standing("GD", DAY, one, f"new{n}", 3) for n, one in enumerate(_NEW)]
    row = RegisterRow("registration", "GD", "valid", DAY - timedelta(days=90), None, "", "r")
    return [*entries, Standing(row, DAY - timedelta(days=90))]


def _standing(place: str, on: date, industry: str, provider: str, held: int | None = None) -> Standing:
    return Standing(RegisterRow("filing", place, "valid", on, held, industry, provider), on)


def _certified() -> list[Certified]:
    return [
        Certified(
            f"Guangdong-Service{n}-20260403000{n}",
            "filing",
            f"服务<{n}>",
            f"广州单位{n}",
            f"Guangzhou Company {n}" if n else "",
            "GD",
            industry,
            DAY,
        )
        for n, industry in enumerate(_NEW)
    ]


def bulletin_of_round(**more) -> Bulletin:
    name = Text("广东省第三次大模型备案发证会", "Third Guangdong conference")
    return compose(
        Recount(register(), OFFICE_DAYS),
        Scope("GD", round=RoundFacts(3, name, "广州", DAY, DAY)),
        as_of=DAY,
        certified=_certified(),
        issuer="OpenBeian",
        log=LogPosition(412, "checkpoint"),
        **more,
    )


def bulletin_of_period(
    period: str = "2026H1", *, jurisdiction: str = "", entries=None, days=None
) -> Bulletin:
    return compose(
        Recount(register() if entries is None else entries, OFFICE_DAYS if days is None else days),
        Scope(jurisdiction, period=parse_period(period)),
        as_of=min(DAY, parse_period(period).until),
        certified=_certified(),
        issuer="OpenBeian",
    )
