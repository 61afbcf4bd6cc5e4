"""The words of what is told, and which events are: one table by the name of the event."""

from collections.abc import Mapping
from typing import Final

from openbeian.core.lifecycle import (
    APPLICATION_STEPS,
    FILING_STEPS,
    FOLLOWING_STEPS,
    OWNERS,
    PETITION_STEPS,
    STATUS_LABELS,
    ApplicationStatus,
    Step,
)
from openbeian.core.roles import ORGANISATION_LABELS, OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.audit.models import AuditEvent

__all__ = [
    "BASE_CHANGES",
    "FIRST_CONCLUSIONS",
    "PERMITS_FOR_OFFICES",
    "STATUS_CHANGES",
    "is_told",
    "label_of",
    "standing",
    "standing_of",
]

FIRST_CONCLUSIONS: Final = frozenset(
    {"application.decided", "petition.decided", "filing.measure_proposed", "permit.decided"}
)
"""First conclusions, whose content nobody but their author knows."""
_COUNTERSIGN: Final = Text("第一人已作出结论，待会签", "A first conclusion waits for its countersignature")
_LIFTED: Final = "filing.suspension_lifted"
_STEPS: Final[Mapping[str, Mapping[str, Step]]] = {
    "application": {**APPLICATION_STEPS, **FOLLOWING_STEPS},
    "filing": {**FILING_STEPS, **FOLLOWING_STEPS},
    "petition": PETITION_STEPS,
}
"""The steps that are told, by what takes them; what a petition brought about is among them."""
STATUS_CHANGES: Final = frozenset(
    {"filing.measure_taken", _LIFTED, *(f"filing.{one}" for one in _STEPS["filing"])}
)
"""What changes how a filing stands."""

BASE_CHANGES: Final = frozenset({"filing.base_changed", "application.base_changed"})
"""The filing of the model that something calls has another status."""
_BASE_CHANGED: Final = Text("所调用模型的备案状态有变", "The model it calls has another status")

_STATUSES: Final[Mapping[str, Text]] = {one.value: label for one, label in STATUS_LABELS.items()}
PERMITS_FOR_OFFICES: Final = frozenset({"permit.asked", "permit.withdrawn", "permit.not_agreed"})
"""Steps of a permit that the province's deciders hear of; of the last the provider hears nothing."""
_OTHERS: Final[Mapping[str, Text]] = {
    "application.correction_answered": Text("提供者答复了一项补正", "A correction was answered"),
    **dict.fromkeys(sorted(FIRST_CONCLUSIONS), _COUNTERSIGN),
    _LIFTED: FOLLOWING_STEPS["lift"].label,
    "message.sent": Text("收到一条新消息", "A new message"),
    "filing.measure_taken": Text("备案状态有变更", "The filing’s status changed"),
    **dict.fromkeys(sorted(BASE_CHANGES), _BASE_CHANGED),
    "duty.before": Text("义务即将到期", "A duty falls due soon"),
    "duty.on": Text("义务今天到期", "A duty falls due today"),
    "duty.after": Text("义务已逾期", "A duty is overdue"),
    "duty.update_reported": Text(
        "提供者报告了模型的重要更新", "An important update of the model was reported"
    ),
    "reinspection.drawn": Text("被抽中随机复查", "Drawn for a random re-inspection"),
    "permit.asked": Text("申请沙盒许可", "A sandbox permit was asked for"),
    "permit.withdrawn": Text("撤回沙盒许可申请", "The request for a sandbox permit was withdrawn"),
    "permit.granted": Text("沙盒许可已准许", "The sandbox permit was granted"),
    "permit.refused": Text("沙盒许可未准许", "The sandbox permit was refused"),
    "permit.not_agreed": Text(
        "沙盒许可：两人意见不一，请重新决定", "Two people disagreed on a sandbox permit: decide again"
    ),
    "permit.limited": Text("沙盒许可已收窄", "The sandbox permit was limited"),
    "permit.ended": Text("沙盒许可已提前结束", "The sandbox permit was ended early"),
    "webhook.tested": Text("回调地址测试", "Test of a webhook"),
    "webhook.switched_off": Text(
        "回调地址长期失败，已停用", "A webhook failed for long and was switched off"
    ),
}


def is_told(kind: str) -> bool:
    """Say whether events of this kind are told to anybody."""
    family, _, name = kind.partition(".")
    return kind in _OTHERS or name in _STEPS.get(family, ())


def label_of(event: AuditEvent) -> Text:
    """Return what happened, in a few words."""
    if event.kind in BASE_CHANGES:
        number, now = event.detail["base"], _STATUSES[event.detail["base_status"]]
        return Text(f"所调用的模型 {number} 现{now.zh}", f"the model it calls, {number}, is now: {now.en}")
    if event.kind == "filing.measure_taken" and event.detail.get("measure") in FILING_STEPS:
        return FILING_STEPS[event.detail["measure"]].label
    known = _OTHERS.get(event.kind)
    family, _, name = event.kind.partition(".")
    return known or _STEPS[family][name].label


def standing_of(status: str) -> tuple[Text, ...]:
    """Say how an application stands, and who has it."""
    label = _STATUSES.get(status)
    if label is None:
        return ()
    owner = OWNERS[ApplicationStatus(status)] if status in set(ApplicationStatus) else None
    return standing(label, owner)


def standing(label: Text, owner: OrganisationKind | None) -> tuple[Text, ...]:
    """Say how something stands, and who is to act."""
    said = [Text(f"现在的状态：{label.zh}。", f"It now stands at: {label.en}.")]
    if owner is not None:
        who = ORGANISATION_LABELS[owner]
        said.append(Text(f"接下来由{who.zh}办理。", f"Next to act: {who.en.lower()}."))
    return tuple(said)
