"""Where a petition stands, in words: who has it, since when, what comes next and by when."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from openbeian.core.lifecycle import PetitionStatus
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.text import Text
from openbeian.core.workdays import workdays_between, workdays_left
from openbeian.portal.applications.standing import who_has_it
from openbeian.portal.petitions.models import Petition

__all__ = ["PetitionStanding", "standing_of"]

_P = PetitionStatus
_NEXT: Final[Mapping[PetitionStatus, Text]] = {
    _P.DRAWN_UP: Text("写明理由并备齐材料后提交。", "Say why, add what is needed, then hand it in."),
    _P.EXAMINED: Text(
        "省级审查员核查是否齐备，报请决定或退回补充。",
        "A reviewer of the province looks whether it is whole, puts it up for decision or returns it.",
    ),
    _P.RETURNED: Text("请按退回理由补充，然后再次提交。", "Complete it as asked, then hand it in again."),
    _P.AT_PROVINCE: Text(
        "由两名省级人员先后独立决定。", "Two provincial officers decide, each unseen by the other."
    ),
    _P.AT_NATION: Text(
        "由两名国家网信办人员先后独立决定。", "Two national officers decide, each unseen by the other."
    ),
    _P.GRANTED: Text("已准许并生效。", "Granted, and in effect."),
    _P.REJECTED: Text("不予准许；程序已结束。", "Rejected; the procedure has ended."),
    _P.DROPPED: Text("已撤回；可以重新提出。", "Taken back; it can be asked anew."),
}


class PetitionStanding(NamedTuple):
    """Where a petition is."""

    owner: Text | None
    since: datetime
    workdays: int
    next_step: Text
    due_on: date | None
    left: int | None
    """Working days left of the term; below 0 it is overdue."""


def standing_of(petition: Petition, *, on: date) -> PetitionStanding:
    """Say where a petition stands on a day."""
    return PetitionStanding(
        who_has_it(PETITION_OWNERS[petition.state], petition.provider, petition.jurisdiction),
        petition.status_since,
        workdays_between(min(petition.status_since.date(), on), on),
        _NEXT[petition.state],
        petition.due_on,
        None if petition.due_on is None else workdays_left(petition.due_on, on),
    )
