"""Which events are told, in what words, and with what facts. No names of people, no reasons, no secrets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from openbeian.core.lifecycle import (
    APPLICATION_STEPS,
    FILING_STEPS,
    FOLLOWING_STEPS,
    OWNERS,
    PETITION_STEPS,
    STATUS_LABELS,
    ApplicationStatus,
    PetitionStatus,
    Step,
)
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.roles import ORGANISATION_LABELS, OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import Filing
from openbeian.portal.notices.models import Endpoint
from openbeian.portal.petitions.models import Petition

__all__ = ["BASE_CHANGES", "FIRST_CONCLUSIONS", "STATUS_CHANGES", "Story", "is_told", "story_of"]

FIRST_CONCLUSIONS: Final = frozenset({"application.decided", "petition.decided", "filing.measure_proposed"})
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
    "webhook.tested": Text("回调地址测试", "Test of a webhook"),
    "webhook.switched_off": Text(
        "回调地址长期失败，已停用", "A webhook failed for long and was switched off"
    ),
}


@dataclass(frozen=True, slots=True)
class Story:
    """An event, told."""

    event: AuditEvent
    application: Application | None
    filing: Filing | None
    endpoint: Endpoint | None
    title: Text
    sentences: tuple[Text, ...]
    facts: Mapping[str, Any]
    path: str
    """Of the page where the provider reads more."""
    office_path: str
    """The same for offices."""
    petition: Petition | None = None


def is_told(kind: str) -> bool:
    """Say whether events of this kind are told to anybody."""
    family, _, name = kind.partition(".")
    return kind in _OTHERS or name in _STEPS.get(family, ())


def story_of(event: AuditEvent) -> Story:
    """Return an event with its words and facts; call for events that are told."""
    return _TELLERS[event.subject_type](event)


def _of_application(event: AuditEvent) -> Story:
    application = Application.objects.select_related("provider").get(pk=event.subject_id)
    name = application.service_name or application.reference
    what = _label(event)
    facts: dict[str, Any] = {
        "application": application.reference,
        "service": application.service_name,
        "jurisdiction": application.jurisdiction,
        "route": application.route,
        "status": event.detail.get("now", application.status),
    }
    filing = Filing.objects.filter(application=application).first()
    if filing is not None:
        facts["number"] = filing.number
    facts |= _base(event)
    is_message = event.kind == "message.sent"
    page = "correspondence:conversation" if is_message else "applications:detail"
    return Story(
        event,
        application,
        filing,
        None,
        Text(f"{name}：{what.zh}", f"{name}: {what.en}"),
        () if is_message else _standing_of(str(facts["status"])),
        facts,
        path=reverse(page, args=[application.reference]),
        office_path=reverse(page if is_message else "review:review", args=[application.reference]),
    )


def _of_filing(event: AuditEvent) -> Story:
    filing = Filing.objects.select_related("provider").get(pk=event.subject_id)
    what = _label(event)
    facts: dict[str, Any] = {
        "number": filing.number,
        "service": filing.service_name,
        "jurisdiction": filing.jurisdiction,
        "route": filing.route,
        "status": filing.status,
    }
    sentences = [Text(f"编号：{filing.number}。", f"Number: {filing.number}.")]
    facts |= _base(event)
    for name in ("duty", "due_on", "days", "measure", "draw", "version"):
        if name in event.detail:
            facts[name] = event.detail[name]
    if "duty_zh" in event.detail:
        due = event.detail["due_on"]
        said = Text(event.detail["duty_zh"], event.detail["duty_en"])
        sentences.append(Text(f"{said.zh}，应于 {due} 前完成。", f"{said.en}: due by {due}."))
    is_standing = event.kind in STATUS_CHANGES | FIRST_CONCLUSIONS | BASE_CHANGES
    page = "filings:filing" if is_standing else "duties:filing"
    return Story(
        event,
        None,
        filing,
        None,
        Text(f"{filing.service_name}：{what.zh}", f"{filing.service_name}: {what.en}"),
        tuple(sentences),
        facts,
        path=reverse(page, args=[filing.number]),
        office_path=reverse(page, args=[filing.number]),
    )


def _of_petition(event: AuditEvent) -> Story:
    petition = Petition.objects.select_related("provider", "application", "filing").get(pk=event.subject_id)
    what, asked = _label(event), petition.rule.label
    name = petition.application.service_name or petition.application.reference
    status = PetitionStatus(event.detail.get("now", petition.status))
    facts: dict[str, Any] = {
        "petition": petition.reference,
        "asked": petition.kind,
        "application": petition.application.reference,
        "service": petition.application.service_name,
        "jurisdiction": petition.jurisdiction,
        "status": status.value,
    }
    if petition.filing is not None:
        facts["number"] = petition.filing.number
    path = reverse("petitions:petition", args=[petition.reference])
    return Story(
        event,
        None,
        petition.filing,
        None,
        Text(f"{name}：{asked.zh}，{what.zh}", f"{name}: {asked.en}, {what.en}"),
        _standing(STATUS_LABELS[status], PETITION_OWNERS[status]),
        facts,
        path=path,
        office_path=path,
        petition=petition,
    )


def _base(event: AuditEvent) -> dict[str, Any]:
    """Return the number of the filed model that an event is about, and how its filing stands."""
    return {name: event.detail[name] for name in ("base", "base_status") if name in event.detail}


def _of_endpoint(event: AuditEvent) -> Story:
    endpoint = Endpoint.objects.select_related("organisation").get(pk=event.subject_id)
    path = reverse("notices:endpoint", args=[endpoint.pk])
    return Story(
        event,
        None,
        None,
        endpoint,
        _label(event),
        (Text(f"地址：{endpoint.address}", f"Address: {endpoint.address}"),),
        {"webhook": endpoint.pk},
        path=path,
        office_path=path,
    )


def _label(event: AuditEvent) -> Text:
    if event.kind in BASE_CHANGES:
        number, now = event.detail["base"], _STATUSES[event.detail["base_status"]]
        return Text(f"所调用的模型 {number} 现{now.zh}", f"the model it calls, {number}, is now: {now.en}")
    if event.kind == "filing.measure_taken" and event.detail.get("measure") in FILING_STEPS:
        return FILING_STEPS[event.detail["measure"]].label
    known = _OTHERS.get(event.kind)
    family, _, name = event.kind.partition(".")
    return known or _STEPS[family][name].label


def _standing_of(status: str) -> tuple[Text, ...]:
    label = _STATUSES.get(status)
    if label is None:
        return ()
    owner = OWNERS[ApplicationStatus(status)] if status in set(ApplicationStatus) else None
    return _standing(label, owner)


def _standing(label: Text, owner: OrganisationKind | None) -> tuple[Text, ...]:
    said = [Text(f"现在的状态：{label.zh}。", f"It now stands at: {label.en}.")]
    if owner is not None:
        who = ORGANISATION_LABELS[owner]
        said.append(Text(f"接下来由{who.zh}办理。", f"Next to act: {who.en.lower()}."))
    return tuple(said)


_TELLERS: Final[Mapping[str, Callable[[AuditEvent], Story]]] = {
    "application": _of_application,
    "filing": _of_filing,
    "endpoint": _of_endpoint,
    "petition": _of_petition,
}
