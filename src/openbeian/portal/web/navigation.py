"""The way round the portal: which places a visitor is offered."""

from functools import lru_cache
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts import queries
from openbeian.portal.accounts.models import User
from openbeian.portal.correspondence.queries import unread_by

__all__ = ["Place", "places_for"]

_K = OrganisationKind
_OFFICES: Final = frozenset({_K.PROVINCIAL, _K.NATIONAL})
_MESSAGES: Final = "correspondence:all"


class Place(NamedTuple):
    """A page people are led to, and whether they are there."""

    label: Text
    address: str
    is_here: bool
    unread: int
    """How many messages wait there to be read."""


class _Way(NamedTuple):
    label: Text
    url_name: str
    kinds: frozenset[OrganisationKind] | None


_WAYS: Final = (
    _Way(Text("登记册", "Register"), "register:front", None),
    _Way(Text("查一查", "Is it on file?"), "register:lookup", None),
    _Way(Text("统计", "Statistics"), "statistics:all", None),
    _Way(Text("公报", "Bulletins"), "bulletins:all", None),
    _Way(Text("公开日志", "Log"), "log:index", None),
    _Way(Text("我的申请", "Applications"), "applications:list", frozenset({_K.PROVIDER})),
    _Way(Text("审查", "Review"), "review:queue", _OFFICES | {_K.AUDITOR}),
    _Way(Text("复测", "Re-tests"), "retests:home", _OFFICES | {_K.PROVIDER}),
    _Way(Text("研判", "Judging"), "judging:home", _OFFICES | {_K.PROVIDER}),
    _Way(Text("义务", "Duties"), "duties:all", _OFFICES | {_K.PROVIDER, _K.AUDITOR}),
    _Way(Text("事项", "Petitions"), "petitions:all", frozenset({_K.PROVIDER, _K.AUDITOR}) | _OFFICES),
    _Way(Text("消息", "Messages"), _MESSAGES, _OFFICES | {_K.PROVIDER, _K.AUDITOR}),
    _Way(Text("沙盒", "Sandbox"), "sandbox:desk", frozenset({_K.PROVIDER, _K.PROVINCIAL})),
    _Way(Text("问题反馈", "Reports"), "register:reports", _OFFICES | {_K.AUDITOR}),
    _Way(Text("分类", "Classes"), "office:classes", _OFFICES | {_K.AUDITOR}),
    _Way(Text("公布名单", "Lists"), "office:lists", frozenset({_K.NATIONAL, _K.AUDITOR})),
    _Way(Text("单位", "Organisations"), "organisations:all", frozenset({_K.OPERATOR, _K.AUDITOR})),
    _Way(Text("人员", "People"), "organisations:people", frozenset({_K.OPERATOR, _K.AUDITOR})),
    _Way(Text("审计记录", "Audit trail"), "organisations:trail", frozenset({_K.OPERATOR, _K.AUDITOR})),
    _Way(Text("措施", "Measures"), "filings:measures", frozenset({_K.PROVINCIAL})),
    _Way(Text("批次与措施", "Rounds and measures"), "filings:rounds", frozenset({_K.NATIONAL, _K.AUDITOR})),
)


def places_for(request: HttpRequest) -> list[Place]:
    """Return the places open to everybody, then those of the visitor's organisations."""
    kinds = _kinds_of(request)
    ways = [way for way in _WAYS if way.kinds is None or way.kinds & kinds]
    addresses = [_address(way.url_name) for way in ways]
    here = _nearest(addresses, request.path)
    return [
        Place(way.label, at, at == here, unread=_unread(request) if way.url_name == _MESSAGES else 0)
        for way, at in zip(ways, addresses, strict=True)
    ]


@lru_cache
def _address(url_name: str) -> str:
    return reverse(url_name)


def _unread(request: HttpRequest) -> int:
    return unread_by(request.user) if isinstance(request.user, User) else 0


def _kinds_of(request: HttpRequest) -> frozenset[OrganisationKind]:
    # An error page may be made before anybody was authenticated.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset()
    return frozenset(membership.kind for membership in queries.actor_of(user).memberships)


def _nearest(addresses: list[str], path: str) -> str:
    above = [at for at in addresses if path == at or (at != "/" and path.startswith(at))]
    return max(above, key=len, default="")
