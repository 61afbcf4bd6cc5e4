"""The audit trail as far as somebody may read it, and what its events are called."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Q, QuerySet

from openbeian.core.account_rights import Reach, reach_of
from openbeian.core.lifecycle import STATUS_LABELS
from openbeian.core.roles import ROLE_LABELS, Role
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.accounts.trail_words import OTHER_KINDS
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.web.log_words import entry_label

__all__ = ["ACCOUNT_KINDS", "detail_of", "event_label", "events_for", "reach_for"]

ACCOUNT_KINDS: Final[Mapping[str, Text]] = {
    "organisation.created": Text("录入单位", "Organisation entered"),
    "member.added": Text("加入单位", "Member added"),
    "member.roles_changed": Text("修改角色", "Roles changed"),
    "member.ended": Text("结束成员身份", "Membership ended"),
    "invitation.made": Text("发出邀请", "Invitation made"),
    "invitation.accepted": Text("接受邀请", "Invitation accepted"),
    "invitation.revoked": Text("撤回邀请", "Invitation taken back"),
    "person.entered": Text("录入人员", "Person entered"),
    "person.closed": Text("停用账户", "Account closed"),
    "person.opened": Text("恢复账户", "Account opened again"),
    "api_key.issued": Text("创建密钥", "Key made"),
    "api_key.revoked": Text("停用密钥", "Key ended"),
    "sign_in.succeeded": Text("登录", "Signed in"),
    "sign_in.locked": Text("登录锁定", "Sign-in locked"),
    "session.ended": Text("结束会话", "Session ended"),
    "password.changed": Text("修改密码", "Password changed"),
    "second_factor.added": Text("添加两步验证", "Second factor added"),
    "second_factor.removed": Text("移除两步验证", "Second factor removed"),
    "second_factor.renewed": Text("更换恢复码", "Recovery codes renewed"),
    "second_factor.reset": Text("重置两步验证", "Second factor reset"),
}
_FIELDS: Final[Mapping[str, Text]] = {
    "before": Text("原为", "before"),
    "begun_at": Text("始于", "begun"),
    "content": Text("内容哈希", "hash of the content"),
    "email": Text("邮箱", "e-mail"),
    "entries": Text("填写的项", "entries"),
    "factor": Text("方式", "factor"),
    "file": Text("文件", "file"),
    "files": Text("文件数", "files"),
    "item": Text("条目", "item"),
    "items": Text("条目", "items"),
    "name": Text("姓名", "name"),
    "now": Text("现为", "now"),
    "number": Text("编号", "number"),
    "organisation_kind": Text("类别", "kind"),
    "post": Text("身份", "post"),
    "refused": Text("未接收", "not taken"),
    "roles": Text("角色", "roles"),
    "scopes": Text("权限", "scopes"),
    "size": Text("字节数", "bytes"),
    "until": Text("至", "until"),
    "version": Text("版本", "version"),
    "was": Text("原为", "before"),
}
_ROLES: Final[Mapping[str, Text]] = {role.value: label for role, label in ROLE_LABELS.items()}
_STATUSES: Final[Mapping[str, Text]] = {one.value: label for one, label in STATUS_LABELS.items()}
_LEFT_OUT: Final = frozenset({"user"})
"""Ids that only the database knows people by; their names stand beside them."""


def reach_for(user: User) -> Reach:
    """Return how much of the trail a person may read."""
    return reach_of(actor_of(user))


def events_for(user: User) -> QuerySet[AuditEvent]:
    """Return the events a person may read, newest first."""
    actor = actor_of(user)
    events = AuditEvent.objects.order_by("-id")
    match reach_of(actor):
        case Reach.EVERYTHING:
            return events
        case Reach.ACCOUNTS:
            return events.filter(kind__in=ACCOUNT_KINDS)
        case Reach.OWN_MEMBERS:
            own = [m.organisation_id for m in actor.memberships if Role.MEMBER_ADMINISTRATOR in m.roles]
            return events.filter(Q(kind__in=ACCOUNT_KINDS), organisation_id__in=own)
        case _:
            return events.none()


def event_label(kind: str) -> Text:
    """Return what a kind of event is called; one that nobody named stands for itself."""
    return ACCOUNT_KINDS.get(kind) or OTHER_KINDS.get(kind) or entry_label(kind)


def detail_of(event: AuditEvent) -> Text:
    """Return the particulars of an event in one line: fields and roles in words, the rest as it is."""
    shown = [
        (_FIELDS.get(name, Text(name, name)), _values(value))
        for name, value in event.detail.items()
        if value not in ("", [], None) and name not in _LEFT_OUT
    ]
    return Text(
        "；".join(f"{name.zh}：{value.zh}" for name, value in shown),
        "; ".join(f"{name.en}: {value.en}" for name, value in shown),
    )


def _values(value: object) -> Text:
    words = [_word(one) for one in (value if isinstance(value, list) else [value])]
    return Text("、".join(one.zh for one in words), ", ".join(one.en for one in words))


def _word(value: object) -> Text:
    return _ROLES.get(str(value)) or _STATUSES.get(str(value)) or Text(str(value), str(value))
