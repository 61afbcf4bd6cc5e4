"""The demonstration, scene by scene. What happens is measured; only who clicks is arranged."""

import asyncio
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import django

from openbeian.assessment import Conclusion, Report
from openbeian.assessment import verify as verify_run
from openbeian.core.text import Text
from openbeian.demo.assessing import EDITION, PROFILE, assess_channel
from openbeian.demo.cast import Cast, DemoService, load_cast
from openbeian.demo.documents import write_dossier
from openbeian.demo.stage import POLL_S, Heard, Stage
from openbeian.dossier.checks import Attached
from openbeian.dossier.form import Facts
from openbeian.dossier.signing import KEYS_FILE, head_verifier
from openbeian.dossier.submission import PortalClient
from openbeian.terminal.console import error_console, say, waiting
from openbeian.terminal.runs import report_table

if TYPE_CHECKING:
    from openbeian.demo.offices import Offices

__all__ = ["Moment", "Story", "tell"]

_QUESTION = "What is the capital of China?"
_CAUSE = Text(
    "演示：抽查发现服务与申报材料不一致，整改期间暂停。",
    "Demonstration: a spot check found the service to differ from its dossier; suspended until corrected.",
)
_REPLY = Text(
    "已在模型之前加装输入拦截（关键词库与本地分类器），并以此通道重新评估；新证据已附。",
    "Input interception (keyword library and local classifier) was put before the model and the service "
    "assessed anew through it; the new evidence is attached.",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, for the table at the end."""

    what: Text
    result: Text


@dataclass
class Story:
    """What happened so far, and where things are."""

    stage: Stage
    cast: Cast
    password: str
    moments: list[Moment] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    runs: list[Path] = field(default_factory=list)
    is_whole: bool = False
    """Whether the filing went through its whole life; False where the service did not conform."""

    def note(self, what: Text, result: Text) -> None:
        """Keep a moment and show it as it happens."""
        self.moments.append(Moment(what, result))
        error_console.print(f"[bold]{say(what)}[/bold]  ", end="")
        error_console.print(say(result), markup=False)


def tell(stage: Stage) -> Story:
    """Take both services through the life of a filing and return what happened."""
    story = Story(stage, load_cast(), secrets.token_urlsafe(9))
    with waiting(Text("启动模型与安全策略", "Starting the model and the safety strategy")):
        stage.start_model()
    os.environ.update(stage.environment(), DJANGO_SETTINGS_MODULE="openbeian.portal.settings")
    django.setup()
    with waiting(Text("启动门户", "Starting the portal")):
        stage.start_portal()
    from openbeian.demo.offices import Offices  # noqa: PLC0415  Django has to be set up first

    offices = Offices(story.cast, story.password)
    for service in story.cast.services:
        _apply(story, service, offices)
    _finish(story, offices)
    for run in story.runs:
        _verify(story, run)
    return story


def _apply(story: Story, service: DemoService, offices: "Offices") -> None:
    """Assess, apply, and where it is sent back, correct and apply again."""
    client = PortalClient(story.stage.portal, offices.api_key(service))
    reference = asyncio.run(_create(client, story.stage, service))
    story.references[service.id] = reference
    first = _assess(story, service, service.first_channel)
    asyncio.run(_attach(client, reference, _dossier(story, service, first)))
    names = offices.confirm(service, reference)
    story.note(
        Text(f"{_name(service)}：签署人确认", f"{service.id}: confirmed by its signatories"),
        Text("、".join(names), ", ".join(names)),
    )
    asyncio.run(_submit(client, reference))
    story.note(
        Text(f"{_name(service)}：提交申请 {reference}", f"{service.id}: application {reference} handed in"),
        Text("已受验证", "validated"),
    )
    items = offices.send_back(service, reference)
    if not items:
        offices.accept(service, reference)
        return
    story.note(
        Text(f"{_name(service)}：逐项退回补正", f"{service.id}: sent back item by item"),
        Text(f"{len(items)} 项：{'、'.join(items)}", f"{len(items)} items: {', '.join(items)}"),
    )
    if service.first_channel == "guarded":
        return  # There is no better channel to assess; the end of the story says what is to be done.
    second = _assess(story, service, "guarded")
    asyncio.run(_attach(client, reference, _dossier(story, service, second)))
    asyncio.run(_answer(client, reference))
    offices.confirm(service, reference)
    asyncio.run(_submit(client, reference))
    offices.close_corrections(service, reference)
    story.note(
        Text(f"{_name(service)}：补正后再次提交", f"{service.id}: corrected and handed in again"),
        Text(f"版本 {_version(client, reference)}", f"version {_version(client, reference)}"),
    )


def _assess(story: Story, service: DemoService, channel: str) -> Path:
    out = story.stage.home / "runs" / service.id / channel
    address = story.stage.bare if channel == "bare" else story.stage.guarded
    label = Text("未加安全策略", "without") if channel == "bare" else Text("加装安全策略", "with")
    error_console.print(
        say(
            Text(
                f"评估 {_name(service)}，{label.zh}的通道 …",
                f"Assessing {service.id} {label.en} the safety strategy …",
            )
        )
    )
    key = story.stage.home / "providers" / f"{service.id}.pem"
    report = assess_channel(address, out=out, key=key, system=service.system)
    error_console.print(report_table(report))
    story.runs.append(out)
    story.note(
        Text(f"{_name(service)}：评估（{label.zh}）", f"{service.id}: assessed {label.en} the strategy"),
        _figures(report),
    )
    return out


def _figures(report: Report) -> Text:
    parts = [
        f"{result.judge}/{result.bank.value} {result.counted}/{result.judged}"
        for result in report.results
        if not result.left_out
    ]
    passed = report.conclusion is Conclusion.CONFORMS
    verdict = (
        Text("符合（演示方案）", "conforms (demo profile)") if passed else Text("不符合", "does not conform")
    )
    return Text(f"{verdict.zh}；{'，'.join(parts)}", f"{verdict.en}; {', '.join(parts)}")


async def _create(client: PortalClient, stage: Stage, service: DemoService) -> str:
    async with client:
        made = await client.create(edition=EDITION, profile=PROFILE, facts=_facts(stage, service))
    return str(made["reference"])


def _dossier(story: Story, service: DemoService, run: Path) -> Sequence[Attached]:
    facts = _facts(story.stage, service)
    with waiting(Text("编制材料", "Writing the documents")):
        return write_dossier(story.stage.home / "dossiers" / service.id, run=run, facts=facts)


def _facts(stage: Stage, service: DemoService) -> Facts:
    return {**service.facts, "channels.bare": stage.bare, "channels.guarded": stage.guarded}


async def _attach(client: PortalClient, reference: str, files: Sequence[Attached]) -> None:
    async with client:
        for one in files:
            await client.attach(reference, one.kind, one.path)


async def _submit(client: PortalClient, reference: str) -> None:
    async with client:
        await client.submit(reference)


async def _answer(client: PortalClient, reference: str) -> None:
    async with client:
        for correction in (await client.status(reference))["corrections"]:
            if correction["status"] == "open":
                await client.reply(reference, correction["id"], f"{_REPLY.zh}（{_REPLY.en}）")


async def _status(client: PortalClient, reference: str) -> Mapping[str, object]:
    async with client:
        return await client.status(reference)


def _version(client: PortalClient, reference: str) -> object:
    return asyncio.run(_status(client, reference))["version"]


def _finish(story: Story, offices: "Offices") -> None:
    """Decide, certify, open the gate, suspend, and see the gate close; or say why it can't be."""
    failing = [service for service in story.cast.services if _still_fails(story, service)]
    for service in failing:
        offices.send_back(service, story.references[service.id])
        story.note(
            Text(f"{_name(service)}：仍不符合，再次退回", f"{service.id}: still does not conform, sent back"),
            Text("改进安全策略后重新评估并再次提交", "improve the strategy, assess and hand in again"),
        )
    if failing:
        return
    first, other = story.cast.services
    gates = {service.id: _gate_before(story, service) for service in (first, other)}
    for service in (first, other):
        names = offices.decide(service, story.references[service.id])
        story.note(
            Text(f"{_name(service)}：四人决定", f"{service.id}: decided by four people"),
            Text("、".join(names), ", ".join(names)),
        )
    filed = offices.certify([story.references[service.id] for service in (first, other)])
    for service in (first, other):
        story.numbers[service.id] = filed[story.references[service.id]].number
        story.note(
            Text(f"{_name(service)}：发证", f"{service.id}: certified"),
            Text(story.numbers[service.id], story.numbers[service.id]),
        )
        _gate_moment(story, service, gates[service.id], "admitted", Text("发证后", "after certification"))
    bulletin = f"{story.stage.portal}{offices.announce(filed[story.references[first.id]])}"
    story.note(Text("公报发布", "bulletin published"), Text(bulletin, bulletin))
    offices.suspend(filed[story.references[first.id]], f"{_CAUSE.zh}（{_CAUSE.en}）")
    _gate_moment(story, first, gates[first.id], "suspended", Text("暂停后", "after suspension"))
    _gate_moment(story, other, gates[other.id], "admitted", Text("另一服务", "the other service"))
    story.is_whole = True


def _still_fails(story: Story, service: DemoService) -> bool:
    runs = [run for run in story.runs if run.parent.name == service.id]
    from openbeian.assessment import load_report  # noqa: PLC0415

    return load_report(runs[-1]).conclusion is not Conclusion.CONFORMS


def _gate_before(story: Story, service: DemoService) -> int:
    from openbeian.portal.applications.models import Application  # noqa: PLC0415  Django has to be set up first

    service_id = Application.objects.get(reference=story.references[service.id]).service_id
    port = story.stage.start_gate(service.id, service_id)
    _gate_moment(story, service, port, "not_filed", Text("备案前", "before filing"))
    return port


def _gate_moment(story: Story, service: DemoService, port: int, code: str, when: Text) -> None:
    what = Text(f"闸口 · {_name(service)} · {when.zh}", f"gate · {service.id} · {when.en}")
    with waiting(what):
        heard, took_s = story.stage.ask_until(port, _QUESTION, code, within_s=POLL_S * 5)
    story.note(what, _heard(heard, took_s))


def _heard(heard: Heard, took_s: float) -> Text:
    if heard.is_admitted:
        shown = " ".join(heard.text.split())[:60]
        return Text(f"放行（{took_s:.1f} 秒）：{shown}", f"admitted ({took_s:.1f} s): {shown}")
    return Text(
        f"拒绝 {heard.status} {heard.code}（{took_s:.1f} 秒）",
        f"refused {heard.status} {heard.code} ({took_s:.1f} s)",
    )


def _verify(story: Story, run: Path) -> None:
    started = time.monotonic()
    what = Text(f"核验证据 {run.parent.name}/{run.name}", f"evidence {run.parent.name}/{run.name} verified")
    with waiting(what):
        findings = verify_run(run, verify_head=head_verifier(run / KEYS_FILE))
    wrong = [finding for finding in findings if finding.severity == "error"]
    story.note(
        what,
        Text(f"{len(wrong)} 处不符", f"{len(wrong)} faults")
        if wrong
        else Text(
            f"数字均可重算（{time.monotonic() - started:.1f} 秒）",
            f"every figure follows from it ({time.monotonic() - started:.1f} s)",
        ),
    )


def _name(service: DemoService) -> str:
    return str(service.facts["service.name"])
