"""A register for the tests of bulletins: entries in bulk, a conference by the real action, the open rows."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from openbeian.core.confirming import SIGNATORIES
from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.numbering import check_uscc
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions import SYSTEM, add_member, create_organisation
from openbeian.portal.filings.actions import certify_round, plan_round
from openbeian.portal.filings.models import RegisterEntry, Round
from openbeian.portal.opendata.formats import FORMATS
from openbeian.portal.opendata.rows import read_batches
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, application_at

__all__ = ["DAY", "add_entries", "hold_conference", "open_rows"]

DAY: Final = date(2026, 11, 23)
"""The day of the conference."""
_COMMON: Final = ("general", "general", "general", "health", "finance", "", "manufacturing", "general")
_FIRMS: Final = (
    ("工匠工业质检助手", "GongJiang"),
    ("航运通物流助手", "HangYunTong"),
    ("青灯智能客服", "QingDeng"),
    ("铸云制造大模型", "ZhuYun"),
    ("货畅物流调度", "HuoChang"),
    ("小舟", "XiaoZhou"),
    ("岭南工厂助手", "LingNan"),
    ("云上客服", "YunShang"),
)


def add_entries(place: str, number: int, *, until: date = DAY - timedelta(days=1), **facts: object) -> None:
    """Enter filings that a list published, spread over the three years before `until`."""
    RegisterEntry.objects.bulk_create(
        RegisterEntry(
            **{
                "key": f"{place}-{n}-{len(facts)}",
                "number": f"{place}-Service{n}-{until:%Y%m%d}{n:04d}",
                "route": "filing",
                "jurisdiction": place,
                "service_name": f"{place} 服务{n}",
                "provider_name": f"{place} 单位{n}",
                "issued_on": until - timedelta(days=(n * 37) % 1000),
                "listed_on": until - timedelta(days=(n * 37) % 1000),
                "industry": _COMMON[n % len(_COMMON)],
                **facts,
            }
        )
        for n in range(number)
    )


def hold_conference(cast: Cast, *, series: int = 3, firms: int = len(_FIRMS), at: datetime = AT) -> Round:
    """Certify services of Guangdong in one round, by the actions people use."""
    applications = [
        application_at(
            ApplicationStatus.CONFIRMED,
            _with_firm(cast, n),
            at=at - timedelta(days=20 + n),
            service__name=name,
            service__latin_name=latin,
            service__scope=f"{name}，面向企业用户。",
        )
        for n, (name, latin) in enumerate(_FIRMS[:firms])
    ]
    held = plan_round(
        series=series,
        name="广东省第三次大模型备案发证会",
        name_en="Third Guangdong conference",
        place="广州",
        held_on=at.date(),
        by=cast.publisher,
        at=at,
    )
    certify_round(held, applications=applications, signer=load_signer(), by=cast.publisher, at=at)
    held.refresh_from_db()
    return held


def _with_firm(cast: Cast, n: int) -> Cast:
    """Return the cast with a provider of its own in Guangdong."""
    firm = create_organisation(
        kind=OrganisationKind.PROVIDER,
        name=f"广州单位{n}",
        uscc=_uscc(f"91440101MA9DEM{n + 100}"),
        jurisdiction="GD",
        by=SYSTEM,
        at=AT,
    )
    preparer = add_member(
        firm,
        email=f"firm{n}@example.com",
        name=f"firm{n}",
        roles=[Role.PREPARER, *SIGNATORIES],
        by=SYSTEM,
        at=AT,
    )
    return Cast({**cast.organisations, "gd_provider": firm}, {**cast.people, "gd_preparer": preparer})


def _uscc(beginning: str) -> str:
    """Return the credit code that begins so: the last character follows from the others."""
    for last in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        with suppress(BadInputError):
            check_uscc(f"{beginning}{last}")
            return f"{beginning}{last}"
    raise AssertionError(beginning)


def open_rows(folder: Path) -> bytes:
    """Return the register as its open data gives it: one entry a line."""
    written = FORMATS["jsonl"].open(folder / "register.jsonl")
    for rows in read_batches():
        written.write(rows)
    written.close()
    return (folder / "register.jsonl").read_bytes()
