"""An event with its words and facts, as it is told. No names of people, no reasons, no secrets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from openbeian.core.lifecycle import STATUS_LABELS, PetitionStatus
from openbeian.core.permits import STATE_LABELS
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.text import Text
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import Filing
from openbeian.portal.notices.models import Endpoint
from openbeian.portal.notices.wording import (
    BASE_CHANGES,
    FIRST_CONCLUSIONS,
    STATUS_CHANGES,
    label_of,
    standing,
    standing_of,
)
from openbeian.portal.petitions.models import Petition
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sandbox.queries import state_of

__all__ = ["Story", "story_of"]


@dataclass(frozen=True, slots=True)
class Story:
    """An event, told."""

    event: AuditEvent
    title: Text
    sentences: tuple[Text, ...]
    facts: Mapping[str, Any]
    path: str
    """Of the page where the provider reads more."""
    office_path: str
    """The same for offices."""
    application: Application | None = None
    filing: Filing | None = None
    endpoint: Endpoint | None = None
    petition: Petition | None = None
    permit: Permit | None = None


def story_of(event: AuditEvent) -> Story:
    """Return an event with its words and facts; call for events that are told."""
    return _TELLERS[event.subject_type](event)


def _of_application(event: AuditEvent) -> Story:
    application = Application.objects.select_related("provider").get(pk=event.subject_id)
    name = application.service_name or application.reference
    what = label_of(event)
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
        Text(f"{name}：{what.zh}", f"{name}: {what.en}"),
        () if is_message else standing_of(str(facts["status"])),
        facts,
        path=reverse(page, args=[application.reference]),
        office_path=reverse(page if is_message else "review:review", args=[application.reference]),
        application=application,
        filing=filing,
    )


def _of_filing(event: AuditEvent) -> Story:
    filing = Filing.objects.select_related("provider").get(pk=event.subject_id)
    what = label_of(event)
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
        Text(f"{filing.service_name}：{what.zh}", f"{filing.service_name}: {what.en}"),
        tuple(sentences),
        facts,
        path=reverse(page, args=[filing.number]),
        office_path=reverse(page, args=[filing.number]),
        filing=filing,
    )


def _of_petition(event: AuditEvent) -> Story:
    petition = Petition.objects.select_related("provider", "application", "filing").get(pk=event.subject_id)
    what, asked = label_of(event), petition.rule.label
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
        Text(f"{name}：{asked.zh}，{what.zh}", f"{name}: {asked.en}, {what.en}"),
        standing(STATUS_LABELS[status], PETITION_OWNERS[status]),
        facts,
        path=path,
        office_path=path,
        filing=petition.filing,
        petition=petition,
    )


def _of_permit(event: AuditEvent) -> Story:
    permit = Permit.objects.select_related("provider").get(pk=event.subject_id)
    what, state = label_of(event), STATE_LABELS[state_of(permit, at=event.at)]
    facts = {
        "permit": permit.number,
        "service": permit.service_name,
        "jurisdiction": permit.jurisdiction,
        "status": permit.status,
        "ends_on": permit.ends_on.isoformat(),
    }
    path = reverse("sandbox:permit", args=[permit.pk])
    return Story(
        event,
        Text(f"{permit.service_name}：{what.zh}", f"{permit.service_name}: {what.en}"),
        standing(state, None),
        facts,
        path=path,
        office_path=path,
        permit=permit,
    )


def _base(event: AuditEvent) -> dict[str, Any]:
    """Return the number of the filed model that an event is about, and how its filing stands."""
    return {name: event.detail[name] for name in ("base", "base_status") if name in event.detail}


def _of_endpoint(event: AuditEvent) -> Story:
    endpoint = Endpoint.objects.select_related("organisation").get(pk=event.subject_id)
    path = reverse("notices:endpoint", args=[endpoint.pk])
    return Story(
        event,
        label_of(event),
        (Text(f"地址：{endpoint.address}", f"Address: {endpoint.address}"),),
        {"webhook": endpoint.pk},
        path=path,
        office_path=path,
        endpoint=endpoint,
    )


_TELLERS: Final[Mapping[str, Callable[[AuditEvent], Story]]] = {
    "application": _of_application,
    "filing": _of_filing,
    "endpoint": _of_endpoint,
    "petition": _of_petition,
    "permit": _of_permit,
}
