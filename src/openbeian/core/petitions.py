"""Petitions: what a provider may ask about something decided, who decides it, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from openbeian.core.errors import NotNowError
from openbeian.core.facts import PetitionFacts
from openbeian.core.statuses import STATUS_LABELS, ApplicationStatus, FilingStatus, Status
from openbeian.core.steps import Step
from openbeian.core.text import Text

__all__ = [
    "PETITION_RULES",
    "Level",
    "NotOpenToPetitionError",
    "PetitionKind",
    "PetitionRule",
    "WrongLevelError",
    "check_level",
    "check_may_be_asked",
    "consequence_of",
    "levels_of",
]

Level = Literal["provincial", "national"]

_A = ApplicationStatus
_F = FilingStatus


class PetitionKind(StrEnum):
    """What is asked."""

    RECONSIDERATION = "reconsideration"
    APPEAL = "appeal"
    AMENDMENT = "amendment"
    BASE_MODEL_CHANGE = "base_model_change"
    REINSTATEMENT = "reinstatement"
    CANCELLATION = "cancellation"


class NotOpenToPetitionError(NotNowError):
    """What the petition is about does not stand so that it could be asked."""

    code = "not_open_to_petition"


class WrongLevelError(NotNowError):
    """This kind of petition is not decided on this level."""

    code = "wrong_level"


@dataclass(frozen=True, slots=True)
class PetitionRule:
    """What holds for one kind of petition."""

    label: Text
    meaning: Text
    about: tuple[Status, ...]
    """The statuses, of an application or a filing, in which it may be asked."""
    levels: tuple[Level, ...]
    """Who decides, in turn, what is filed; what is registered is the province's alone. Empty: who decided."""
    ask_within: str = ""
    """The term within which it is to be asked, counted from what it is about; an id of `terms.yaml`."""
    decide_within: str = "decide_petition"
    """The term within which the office has to decide, counted from the day it was handed in."""
    changes_facts: bool = False
    """Whether it names entries of the form that become others."""
    needs_evidence: bool = False
    """Whether the service has to have been assessed anew."""


_ON_FILE: Final = (_F.VALID, _F.SUSPENDED)

PETITION_RULES: Final[Mapping[PetitionKind, PetitionRule]] = {
    PetitionKind.RECONSIDERATION: PetitionRule(
        Text("申请复核", "Reconsideration"),
        Text(
            "请作出决定的机关由未参与原决定的人员重新审视：不予通过、暂停或撤销。",
            "Ask the office that decided to let other people look again at a refusal, suspension or "
            "revocation.",
        ),
        (_A.REFUSED, _F.SUSPENDED, _F.REVOKED),
        (),
        ask_within="ask_reconsideration",
        decide_within="decide_reconsideration",
    ),
    PetitionKind.APPEAL: PetitionRule(
        Text("申诉", "Appeal"),
        Text(
            "请国家网信办审视省级的不予通过。",
            "Ask the national office to look at a refusal by the province.",
        ),
        (_A.REFUSED,),
        ("national",),
        ask_within="ask_reconsideration",
        decide_within="decide_reconsideration",
    ),
    PetitionKind.AMENDMENT: PetitionRule(
        Text("变更备案信息", "Amendment"),
        Text(
            "名称、联系方式、网址、适用范围等备案信息变化，须在 10 个工作日内办理。",
            "What is on file has changed, such as a name, a contact or the scope; to be reported in 10 "
            "working days.",
        ),
        _ON_FILE,
        ("provincial",),
        ask_within="report_change",
        changes_facts=True,
    ),
    PetitionKind.BASE_MODEL_CHANGE: PetitionRule(
        Text("更换基座模型", "Change of the base model"),
        Text(
            "更换或升级所用模型：须重新评估并附证据，省级同意后由国家网信办准许。",
            "The model behind the service becomes another: assessed anew with evidence, agreed by the "
            "province, granted by the nation.",
        ),
        _ON_FILE,
        ("provincial", "national"),
        ask_within="report_change",
        changes_facts=True,
        needs_evidence=True,
    ),
    PetitionKind.REINSTATEMENT: PetitionRule(
        Text("申请恢复", "Reinstatement"),
        Text("暂停的原因已消除，请求恢复。", "The cause of a suspension is gone; ask for its end."),
        (_F.SUSPENDED,),
        ("national",),
    ),
    PetitionKind.CANCELLATION: PetitionRule(
        Text("申请注销", "Cancellation"),
        Text(
            "终止服务的，须在 20 个工作日内办理注销。",
            "The service ends; to be reported in 20 working days.",
        ),
        _ON_FILE,
        ("national",),
        ask_within="report_end",
    ),
}

_CONSEQUENCES: Final[Mapping[tuple[PetitionKind, Status], str]] = {
    (PetitionKind.RECONSIDERATION, _A.REFUSED): "reopen",
    (PetitionKind.RECONSIDERATION, _F.SUSPENDED): "reinstate",
    (PetitionKind.RECONSIDERATION, _F.REVOKED): "restore",
    (PetitionKind.APPEAL, _A.REFUSED): "reopen",
    (PetitionKind.REINSTATEMENT, _F.SUSPENDED): "reinstate",
    (PetitionKind.CANCELLATION, _F.VALID): "cancel",
    (PetitionKind.CANCELLATION, _F.SUSPENDED): "cancel",
}


def consequence_of(kind: PetitionKind, status: Status) -> str | None:
    """Return the name of the step that follows when a petition about something in `status` is granted.

    None where its status stays what it is: an amendment changes what is on file and nothing else.

    Raises:
        NotOpenToPetitionError: What it is about has meanwhile another status, in which this can't be asked.
    """
    check_may_be_asked(kind, status)
    return _CONSEQUENCES.get((kind, status))


def check_may_be_asked(kind: PetitionKind, status: Status) -> None:
    """Check that something in `status` can be asked about in this way.

    Raises:
        NotOpenToPetitionError: It can't.
    """
    rule = PETITION_RULES[kind]
    if status not in rule.about:
        now = STATUS_LABELS[status]
        possible = [STATUS_LABELS[one] for one in rule.about]
        raise NotOpenToPetitionError(
            f"现处「{now.zh}」，不能「{rule.label.zh}」；只有{'、'.join(one.zh for one in possible)}时可以。",
            f"“{rule.label.en}” can't be asked while the status is “{now.en}”, only while it is "
            f"{' or '.join(one.en for one in possible)}.",
        )


def levels_of(kind: PetitionKind, *, route: str, decided_at: Level) -> tuple[Level, ...]:
    """Return the levels that decide, in turn.

    Args:
        kind: What is asked.
        route: `filing` or `registration`; a registration is the province's alone.
        decided_at: The level of the decision it is about, for a reconsideration.
    """
    if kind is PetitionKind.RECONSIDERATION:
        return (decided_at,)
    if route == "registration" and kind is not PetitionKind.APPEAL:
        return ("provincial",)
    return PETITION_RULES[kind].levels


_NEEDS: Final[Mapping[str, tuple[Level, ...]]] = {
    "grant": ("provincial",),
    "pass_on": ("provincial", "national"),
    "put_to_nation": ("national",),
}
"""The levels for which a step is meant, where it is not for all."""


_WAYS: Final[Mapping[tuple[str, ...], Text]] = {
    ("provincial",): Text("由省级决定", "decided by the province"),
    ("national",): Text("由国家决定", "decided by the nation"),
}
_BOTH: Final = Text("先由省级、再由国家决定", "decided by the province, then by the nation")


def check_level(facts: PetitionFacts, step: Step) -> None:
    """Check that `step` belongs to the way this petition goes.

    Raises:
        WrongLevelError: Another office decides.
    """
    needed = _NEEDS.get(step.name)
    starts = facts.levels[0] == "provincial"
    if (needed is not None and facts.levels != needed) or (step.name == "put_to_province" and not starts):
        way = _WAYS.get(facts.levels, _BOTH)
        raise WrongLevelError(
            f"此事项{way.zh}，不能「{step.label.zh}」；请选择相应的步骤。",
            f"This petition is {way.en}, so “{step.label.en}” is not its step; choose the one that is.",
        )
