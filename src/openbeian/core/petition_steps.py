"""The steps of a petition: asked by a provider, examined by its province, decided by two people.

A petition asks for something about what is decided already: a refusal to be looked at again, what is on file
to be changed, a filing to be cancelled or reinstated. `petitions` says which kinds there are.
"""

from collections.abc import Mapping
from typing import Final

from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.statuses import PetitionStatus
from openbeian.core.steps import Step, by_name, decision, single
from openbeian.core.text import Text

__all__ = ["PETITION_OWNERS", "PETITION_STEPS"]

_P = PetitionStatus
_PROVIDER = OrganisationKind.PROVIDER
_PROVINCE = OrganisationKind.PROVINCIAL
_NATION = OrganisationKind.NATIONAL

PETITION_STEPS: Final[Mapping[str, Step]] = by_name(
    single("hand_in", Text("提交事项", "Hand in"), (_P.DRAWN_UP,), _P.EXAMINED, _PROVIDER, Role.PREPARER),
    single(
        "give_back",
        Text("退回补充", "Return to be completed"),
        (_P.EXAMINED,),
        _P.RETURNED,
        _PROVINCE,
        Role.INTAKE_OFFICER,
        Role.REVIEWER,
        needs_reason=True,
    ),
    single(
        "hand_in_again",
        Text("补充后提交", "Hand in again"),
        (_P.RETURNED,),
        _P.EXAMINED,
        _PROVIDER,
        Role.PREPARER,
    ),
    single(
        "put_to_province",
        Text("报省级决定", "Put before the province"),
        (_P.EXAMINED,),
        _P.AT_PROVINCE,
        _PROVINCE,
        Role.REVIEWER,
    ),
    single(
        "put_to_nation",
        Text("报国家决定", "Put before the nation"),
        (_P.EXAMINED,),
        _P.AT_NATION,
        _PROVINCE,
        Role.REVIEWER,
    ),
    decision(
        "grant",
        Text("省级准许", "Grant (province)"),
        (_P.AT_PROVINCE,),
        _P.GRANTED,
        _PROVINCE,
        needs_reason=False,
    ),
    decision(
        "pass_on",
        Text("省级同意，报国家", "Agree and pass on to the nation"),
        (_P.AT_PROVINCE,),
        _P.AT_NATION,
        _PROVINCE,
        needs_reason=False,
    ),
    decision("reject", Text("省级不准许", "Reject (province)"), (_P.AT_PROVINCE,), _P.REJECTED, _PROVINCE),
    decision(
        "look_again",
        Text("省级退回核查", "Back to be examined (province)"),
        (_P.AT_PROVINCE,),
        _P.EXAMINED,
        _PROVINCE,
    ),
    decision(
        "grant_nationally",
        Text("国家准许", "Grant (nation)"),
        (_P.AT_NATION,),
        _P.GRANTED,
        _NATION,
        needs_reason=False,
    ),
    decision(
        "reject_nationally",
        Text("国家不准许", "Reject (nation)"),
        (_P.AT_NATION,),
        _P.REJECTED,
        _NATION,
    ),
    decision(
        "look_again_nationally",
        Text("国家退回核查", "Back to be examined (nation)"),
        (_P.AT_NATION,),
        _P.EXAMINED,
        _NATION,
    ),
    single(
        "drop",
        Text("撤回事项", "Drop"),
        (_P.DRAWN_UP, _P.EXAMINED, _P.RETURNED),
        _P.DROPPED,
        _PROVIDER,
        Role.PREPARER,
    ),
)

PETITION_OWNERS: Final[Mapping[PetitionStatus, OrganisationKind | None]] = {
    _P.DRAWN_UP: _PROVIDER,
    _P.EXAMINED: _PROVINCE,
    _P.RETURNED: _PROVIDER,
    _P.AT_PROVINCE: _PROVINCE,
    _P.AT_NATION: _NATION,
    _P.GRANTED: None,
    _P.REJECTED: None,
    _P.DROPPED: None,
}
"""Who has to act next; None where nobody does, because the status is final."""
