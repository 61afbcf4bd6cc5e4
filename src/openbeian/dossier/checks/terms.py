"""Terms that count from events: changes in 10 working days, the end in 20, an assessment after a change."""

from collections.abc import Iterator
from datetime import UTC
from typing import Final

from openbeian.core.text import Text
from openbeian.core.workdays import add_workdays
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check
from openbeian.dossier.stated import Event
from openbeian.standards import load_terms

__all__: list[str] = []

_TERMS: Final = {
    "change": (load_terms()["report_change"].days, Text("变更", "The change")),
    "end": (load_terms()["report_end"].days, Text("终止服务", "The end of the service")),
}
"""Working days within which each is to be reported."""
_RULE: Final = "算法推荐规定 24"


def _has_events(dossier: Dossier) -> bool:
    return bool(dossier.stated.events)


@check(
    "T01",
    clause=_RULE,
    severity="error",
    title=Text("变更与终止按期办理", "Changes and the end of the service are reported in time"),
    applies=_has_events,
)
def _in_time(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for event in dossier.stated.events:
        days, name = _TERMS[event.kind]
        due = add_workdays(event.on, days)
        done = event.reported_on or dossier.on
        if done is None or done <= due.on:
            continue
        provisional = due.provisional
        yield report(
            "events",
            Text(
                f"{name.zh}于 {event.on} 发生，应在 {due.on} 前（{days} 个工作日）办理，{_done(event).zh}"
                + ("（节假日安排未公布，为暂定）" if provisional else ""),
                f"{name.en} of {event.on} was to be reported by {due.on} ({days} working days); "
                f"{_done(event).en}"
                + (" (provisional: that year's holidays are not announced)" if provisional else ""),
            ),
            Text("尽快办理并书面说明逾期原因", "Report it at once and explain the delay in writing"),
        )


def _done(event: Event) -> Text:
    if event.reported_on is None:
        return Text("至今未办理", "it has not been reported yet")
    return Text(f"实际办理于 {event.reported_on}", f"it was reported on {event.reported_on}")


@check(
    "T02",
    clause=_RULE,
    severity="note",
    title=Text("尚在期限内的事项", "What is due soon"),
    applies=lambda dossier: _has_events(dossier) and dossier.on is not None,
)
def _due(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for event in dossier.stated.events:
        days, name = _TERMS[event.kind]
        due = add_workdays(event.on, days)
        if event.reported_on is None and dossier.on is not None and dossier.on <= due.on:
            yield report(
                "events",
                Text(f"{name.zh}应在 {due.on} 前办理", f"{name.en} is to be reported by {due.on}"),
                Text("按期办理", "Report it in time"),
            )


@check(
    "T03",
    clause="7 h)",
    severity="error",
    title=Text("重要更新后重新评估", "The service was assessed again after an important change"),
    applies=_has_events,
)
def _assessed_after(dossier: Dossier, report: Report) -> Iterator[Finding]:
    assessed = dossier.report.evidence.started_at.astimezone(UTC).date() if dossier.report else None
    for event in dossier.stated.events:
        if event.kind == "change" and assessed is not None and assessed < event.on:
            yield report(
                "events",
                Text(
                    f"{event.on} 有变更，评估却在此前的 {assessed}",
                    f"There was a change on {event.on}; the assessment is of {assessed}, before it",
                ),
                Text("重新评估并更新材料", "Assess again and update the dossier"),
            )
