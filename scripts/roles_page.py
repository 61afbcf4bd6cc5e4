"""The parts of docs/reference/roles.md: who may do what, from the tables that the portal goes by."""

from collections.abc import Callable, Iterable, Sequence

from openbeian.core.account_rights import (
    NEEDS_SECOND_FACTOR,
    SCOPE_LABELS,
    SCOPES_OF,
    Reach,
    is_only_auditor,
    may_administer,
    may_manage_members,
    reach_of,
)
from openbeian.core.facts import ApplicationFacts
from openbeian.core.lifecycle import (
    APPLICATION_STEPS,
    FILING_STEPS,
    REGISTRATION_STEPS,
    ApplicationStatus,
    Step,
)
from openbeian.core.permissions import Actor, Membership, may_see
from openbeian.core.roles import GIVEN_ROLES, ORGANISATION_LABELS, ROLE_LABELS, OrganisationKind, Role
from openbeian.core.text import Text

__all__ = ["parts"]

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]

_HOUSE, _PLACE = "house", "GD"
_REACH = {
    Reach.EVERYTHING: Text("全部", "all of it"),
    Reach.ACCOUNTS: Text("单位、人员、密钥与登录", "organisations, people, keys, signing in"),
    Reach.OWN_MEMBERS: Text("本单位的人员与密钥", "its own people and keys"),
    Reach.NOTHING: Text("", ""),
}
_NOTES = Text(
    "省级网信办只看本属地、提供者只看本单位；看不到的一律答「没有找到」。未提交的草稿只有提供者和审计员可见。"
    "两人办理的步骤由决定人先作出结论、另一名会签人会签；编制过、审查过同一件的人不得决定。",
    "A provincial office sees its own province, a provider its own applications; what one may not see is "
    "not found. A draft is seen by its provider and by auditors. Where a step takes two people, the decider "
    "gives an outcome first and another person countersigns; whoever prepared or reviewed a case does not "
    "decide it.",
)
_KEY_NOTE = Text(
    "接口密钥以创建人的身份为一个单位办理，权限见下；有效期至多 366 天，只保存其哈希。",
    "A key of the API acts as who made it, for one organisation, with these scopes at most; it lives for "
    "366 days at most, and only its hash is kept.",
)


def parts(table: Table) -> tuple[str, ...]:
    """Return the title and the parts of the page."""
    return (
        "# 角色与权限 · Roles and rights",
        "由 `openbeian.core` 的角色、步骤与权限表生成。Generated from the tables of `openbeian.core`.",
        f"{_NOTES.zh}\\\n{_NOTES.en}",
        "## 单位与角色 · Organisations and roles",
        table(
            [
                "单位 organisation",
                "角色 role",
                "办理 takes",
                "查阅材料 sees dossiers",
                "审计记录 audit trail",
            ],
            _role_rows(),
        ),
        "## 登录与管理 · Signing in, managing",
        table(
            [
                "单位 organisation",
                "两步验证 second factor",
                "谁管理成员 who manages members",
                "只读 reads only",
            ],
            _house_rows(),
        ),
        "## 接口密钥 · Keys of the API",
        f"{_KEY_NOTE.zh}\\\n{_KEY_NOTE.en}",
        table(["单位 organisation", "权限 scopes"], _scope_rows()),
    )


def _role_rows() -> Iterable[list[str]]:
    for kind in OrganisationKind:
        for role in ROLE_LABELS:
            if role in GIVEN_ROLES[kind]:
                actor = _with(kind, role)
                yield [
                    _both(ORGANISATION_LABELS[kind]),
                    f"`{role}` {_both(ROLE_LABELS[role])}",
                    ", ".join(_both(step.label) for step in _steps_of(kind, role)),
                    _yes(is_so=may_see(actor, _facts())),
                    _both(_REACH[reach_of(actor)]),
                ]


def _steps_of(kind: OrganisationKind, role: Role) -> Iterable[Step]:
    steps = [*APPLICATION_STEPS.values(), *FILING_STEPS.values(), *REGISTRATION_STEPS.values()]
    return [step for step in steps if step.office is kind and role in step.roles]


def _house_rows() -> Iterable[list[str]]:
    for kind in OrganisationKind:
        managing = [
            role
            for role in GIVEN_ROLES[kind]
            if may_manage_members(_with(kind, role), _HOUSE) and not may_administer(_with(kind, role))
        ]
        yield [
            _both(ORGANISATION_LABELS[kind]),
            "必须 · compulsory" if kind in NEEDS_SECOND_FACTOR else "可选 · optional",
            ", ".join(_both(ROLE_LABELS[role]) for role in [*managing, Role.ADMINISTRATOR]),
            _yes(is_so=is_only_auditor(Actor("somebody", (Membership(_HOUSE, kind, None, frozenset()),)))),
        ]


def _scope_rows() -> Iterable[list[str]]:
    for kind, scopes in SCOPES_OF.items():
        yield [
            _both(ORGANISATION_LABELS[kind]),
            ", ".join(f"`{scope.value}` {_both(SCOPE_LABELS[scope])}" for scope in scopes) or "—",
        ]


def _with(kind: OrganisationKind, role: Role) -> Actor:
    place = _PLACE if kind is OrganisationKind.PROVINCIAL else None
    return Actor("somebody", (Membership(_HOUSE, kind, place, frozenset({role})),))


def _facts() -> ApplicationFacts:
    return ApplicationFacts(
        id="a",
        status=ApplicationStatus.IN_REVIEW,
        jurisdiction=_PLACE,
        provider_id=_HOUSE,
        profile="full",
        open_corrections=0,
        version=1,
        prepared_by="preparer",
    )


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}" if text.zh else ""


def _yes(*, is_so: bool) -> str:
    return "是 · yes" if is_so else ""
