"""Organisations, people and applications for the tests; a status is reached by the real actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from openbeian.assessment.scope import GENERAL, Scope
from openbeian.core.confirming import SIGNATORIES
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.standard import Conclusion
from openbeian.portal.accounts.actions import SYSTEM, add_member, create_organisation
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.review import actions as review
from openbeian.portal.review.requirements import open_requirements
from openbeian.portal.signing import load_signer
from tests.portal.documents import add_documents
from tests.portal.evidence import MODEL, evidence_file
from tests.portal.remembering import remembered

__all__ = [
    "AT",
    "BASE",
    "Cast",
    "application_at",
    "build_cast",
    "conclude_all",
    "confirm_all",
    "filing_at",
    "good_facts",
]

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EDITION = "gbt-45654-2025"
_USCC = {"GD": "91440101MA9DEM0016", "ZJ": "91330106MA9DEM002N"}
_S = ApplicationStatus
_OFFICERS = {
    "intake": [Role.INTAKE_OFFICER],
    "reviewer": [Role.REVIEWER],
    "tester": [Role.TESTER],
    "decider": [Role.DECIDER],
    "countersigner": [Role.COUNTERSIGNER],
    "publisher": [Role.PUBLISHER],
}
BASE = "Beijing-ChatGLM-20230821"
"""A filed model that the rows which ship with the software hold."""


@dataclass
class Cast:
    """Everybody: people by name, such as `gd_preparer`, `zj_reviewer`, `national_decider`, `auditor`."""

    organisations: dict[str, Organisation]
    people: dict[str, User]

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]  # empty while a copy is being made
        except KeyError as error:
            raise AttributeError(name) from error


def build_cast() -> Cast:
    """Enter providers and offices of two provinces, the nation's, an auditor, a platform, the operator."""
    organisations, people = remembered("cast", _enter_cast)
    houses, everybody = Organisation.objects.in_bulk(), User.objects.in_bulk()
    return Cast(
        {name: houses[pk] for name, pk in organisations.items()},
        {name: everybody[pk] for name, pk in people.items()},
    )


def _enter_cast() -> tuple[dict[str, int], dict[str, int]]:
    """Enter them by the actions people use; return their keys by name."""
    cast = Cast({}, {})
    for code in ("GD", "ZJ"):
        place = code.lower()
        _organisation(
            cast, f"{place}_provider", OrganisationKind.PROVIDER, jurisdiction=code, uscc=_USCC[code]
        )
        _person(cast, f"{place}_preparer", f"{place}_provider", [Role.PREPARER, *SIGNATORIES])
        _organisation(cast, f"{place}_office", OrganisationKind.PROVINCIAL, jurisdiction=code)
        for name, roles in _OFFICERS.items():
            _person(cast, f"{place}_{name}", f"{place}_office", roles)
    _organisation(cast, "national_office", OrganisationKind.NATIONAL)
    for name in ("decider", "countersigner"):
        _person(cast, f"national_{name}", "national_office", _OFFICERS[name])
    _person(cast, "publisher", "national_office", [Role.PUBLISHER])
    for name, kind, roles in (
        ("auditor", OrganisationKind.AUDITOR, [Role.AUDITOR]),
        ("platform", OrganisationKind.PLATFORM, []),
        ("administrator", OrganisationKind.OPERATOR, [Role.ADMINISTRATOR]),
    ):
        _organisation(cast, f"{name}_house", kind)
        _person(cast, name, f"{name}_house", roles)
    return (
        {name: one.pk for name, one in cast.organisations.items()},
        {name: one.pk for name, one in cast.people.items()},
    )


def _organisation(cast: Cast, name: str, kind: OrganisationKind, **more: str) -> None:
    cast.organisations[name] = create_organisation(
        kind=kind, name=f"{name} 单位", name_en=name, by=SYSTEM, at=AT, **more
    )


def _person(cast: Cast, name: str, organisation: str, roles: list[Role]) -> None:
    cast.people[name] = add_member(
        cast.organisations[organisation],
        email=f"{name}@example.com",
        name=name,
        roles=roles,
        by=SYSTEM,
        at=AT,
    )


def good_facts(**changes: str) -> dict[str, str | list[str]]:
    """Return facts the checks accept, with `section__field=value` changed."""
    facts: dict[str, str | list[str]] = {
        "provider.nature": "private",
        "provider.legal_representative": "顾清和",
        "provider.assessment_head": "顾清和",
        "provider.lawfulness_head": "温如许",
        "provider.contact_name": "林知夏",
        "provider.contact_phone": "020-12345678",
        "provider.contact_email": "lin@example.com",
        "service.name": "小舟",
        "service.latin_name": "XiaoZhou",
        "service.functions": ["dialogue", "text"],
        "service.domain": "general",
        "service.login": "account",
        "service.scope": "面向成年公众的常识问答。",
        "service.mode": ["web"],
        "service.minors": "excluded",
        "service.complaints": "站内入口，24 小时受理。",
        "model.name": MODEL,
        "model.origin": "own",
        "model.architecture": "稠密解码器",
        "model.corpus": "公开网页",
        "model.algorithm_status": "in_progress",
        "model.training_compute": "自有机房，8 台服务器，每台 8 张加速卡",
        "model.inference_compute": "公有云，广州",
        "corpus.storage": "1.2 TB",
        "corpus.tokens": "3000 亿",
        "corpus.foreign_share": "20",
        "annotation.amount": "功能性 2 万条，安全性 6 千条",
        "annotation.staff": "标注 12 人，审核 3 人，均为自有人员",
        "personal.types": ["account", "content"],
        "personal.handling": "仅用于提供服务，境内保存六个月，可自行删除。",
        "commitment.statements": ["truthful", "changes", "cooperation"],
        "measures.interception": "关键词与分类器",
        "measures.opt_out": "设置中两次点击",
        "measures.monitoring": "两人轮值",
        "measures.labels": "末尾标注",
        "channels.bare": "https://bare.example.com/v1",
        "channels.guarded": "https://guarded.example.com/v1",
    }
    return facts | {name.replace("__", "."): value for name, value in changes.items()}


def application_at(
    status: ApplicationStatus,
    cast: Cast,
    *,
    place: str = "gd",
    at: datetime = AT,
    scope: Scope = GENERAL,
    **changes: str,
) -> Application:
    """Return an application of the province's provider, brought to `status` by the actions people use."""
    if status is _S.GRANTED:
        changes = {"model__origin": "called", "model__base_number": BASE, **changes}
    who = (cast.organisations[f"{place}_provider"].pk, cast.people[f"{place}_preparer"].pk)
    key = ("application", status, place, who, at, scope, tuple(sorted(changes.items())))
    pk = remembered(
        key, lambda: _brought_to(status, _draft(cast, place, at, scope, changes), cast, place, at)
    )
    return Application.objects.get(pk=pk)


def _brought_to(
    status: ApplicationStatus, application: Application, cast: Cast, place: str, at: datetime
) -> int:
    for step in _WAYS[status]:
        step(application, cast, place, at)
        application.refresh_from_db()
    assert application.state is status
    return application.pk


def filing_at(
    cast: Cast, *, place: str = "gd", at: datetime = AT, scope: Scope = GENERAL, **changes: str
) -> Filing:
    """Return a valid filing, certified in a round of its own."""
    return application_at(_S.CERTIFIED, cast, place=place, at=at, scope=scope, **changes).filing


def _draft(cast: Cast, place: str, at: datetime, scope: Scope, changes: dict[str, str]) -> Application:
    preparer = cast.people[f"{place}_preparer"]
    application = applications.create(
        cast.organisations[f"{place}_provider"],
        edition=EDITION,
        profile="demo",
        facts=good_facts(**changes),
        by=preparer,
        at=at,
    )
    for kind, file in evidence_file(scope).items():
        applications.attach(application, kind=kind, name=file.name, chunks=_read(file), by=preparer, at=at)
    application.refresh_from_db()
    add_documents(application, by=preparer, at=at)
    confirm_all(application, cast, place=place, at=at)
    return application


def confirm_all(application: Application, cast: Cast, *, place: str = "gd", at: datetime = AT) -> None:
    """Confirm what the application holds now in all three posts, as a small provider's one person does."""
    for post in SIGNATORIES:
        applications.confirm(application, post=post, by=cast.people[f"{place}_preparer"], at=at)


def _read(file: Path) -> list[bytes]:
    return [file.read_bytes()]


_Walk = Callable[[Application, Cast, str, datetime], object]


def _submit(application: Application, cast: Cast, place: str, at: datetime) -> None:
    applications.submit(application, by=cast.people[f"{place}_preparer"], at=at)


def _accept(application: Application, cast: Cast, place: str, at: datetime) -> None:
    applications.accept(application, by=cast.people[f"{place}_intake"], at=at)


def _return(application: Application, cast: Cast, place: str, at: datetime) -> None:
    applications.return_for_correction(
        application,
        items=[applications.CorrectionItem("service.scope", "写明人群与场合。", "measures")],
        by=cast.people[f"{place}_reviewer"],
        at=at,
    )


def _retest(application: Application, cast: Cast, place: str, at: datetime) -> None:
    applications.order_retest(application, by=cast.people[f"{place}_reviewer"], at=at)


def _recommend(application: Application, cast: Cast, place: str, at: datetime) -> None:
    conclude_all(application, cast, place=place, at=at)
    review.recommend(application, reason="材料齐全。", by=cast.people[f"{place}_reviewer"], at=at)


def conclude_all(application: Application, cast: Cast, *, place: str = "gd", at: datetime = AT) -> None:
    """Let the reviewer conclude that every requirement is met."""
    met = review.Concluded(Conclusion.CONFORMS, "查阅属实。")
    application.refresh_from_db()
    review.conclude(
        application,
        dict.fromkeys(open_requirements(application), met),
        by=cast.people[f"{place}_reviewer"],
        at=at,
    )


def _decide_with(outcome: str, level: str) -> _Walk:
    def decide(application: Application, cast: Cast, place: str, at: datetime) -> None:
        who = "national" if level == "national" else place
        said = {"outcome": outcome, "reason": "理由。", "reason_code": "other"}
        decision = review.decide(application, **said, by=cast.people[f"{who}_decider"], at=at)
        review.countersign(decision, **said, by=cast.people[f"{who}_countersigner"], at=at)

    return decide


def _withdraw(application: Application, cast: Cast, place: str, at: datetime) -> None:
    applications.withdraw(application, by=cast.people[f"{place}_preparer"], at=at)


def _certify(application: Application, cast: Cast, place: str, at: datetime) -> None:
    series = Round.objects.count() + 1
    planned = filings.plan_round(
        series=series, name=f"第{series}批", held_on=date(2026, 11, 23), by=cast.publisher, at=at
    )
    filings.certify_round(planned, applications=[application], signer=load_signer(), by=cast.publisher, at=at)


_TO_REVIEW: list[_Walk] = [_submit, _accept]
_TO_PROVINCE: list[_Walk] = [*_TO_REVIEW, _recommend]
_TO_NATION: list[_Walk] = [*_TO_PROVINCE, _decide_with("approve", "provincial")]
_TO_CONFIRMED: list[_Walk] = [*_TO_NATION, _decide_with("confirm", "national")]
_WAYS: dict[ApplicationStatus, list[_Walk]] = {
    _S.DRAFT: [],
    _S.SUBMITTED: [_submit],
    _S.IN_REVIEW: _TO_REVIEW,
    _S.RETEST: [*_TO_REVIEW, _retest],
    _S.CORRECTION: [*_TO_REVIEW, _return],
    _S.PROVINCIAL_DECISION: _TO_PROVINCE,
    _S.NATIONAL_DECISION: _TO_NATION,
    _S.CONFIRMED: _TO_CONFIRMED,
    _S.CERTIFIED: [*_TO_CONFIRMED, _certify],
    _S.GRANTED: [*_TO_PROVINCE, _decide_with("grant_registration", "provincial")],
    _S.REFUSED: [*_TO_PROVINCE, _decide_with("refuse", "provincial")],
    _S.WITHDRAWN: [_submit, _withdraw],
}
