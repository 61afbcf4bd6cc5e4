"""`beian register classify`: the industry and service type of a register entry, with the reasons."""

from typing import Annotated

import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.clock import now
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.industries import Classification, Industry, Reason, ServiceType, classify, load_rules

__all__ = ["EXAMPLE", "HELP", "classification_as_json", "classify_entry"]

HELP = Text(
    "判断名录条目的行业与服务类型，并逐条说明理由；--all 按现行规则重新判断门户全部条目，网信办已确定的除外",
    "Say which industry and service type a register entry belongs to, with every reason; --all classifies "
    "every entry of the portal anew by the present rules, except what an office has decided",
)
EXAMPLE = "beian register classify --name 妙想金融大模型 --provider 东方财富信息股份有限公司"


@guarded
def classify_entry(
    name: Annotated[str, typer.Option("--name", help=say(Text("服务名称", "The service's name")))] = "",
    provider: Annotated[
        str, typer.Option("--provider", help=say(Text("提供者名称", "The provider's name")))
    ] = "",
    scope: Annotated[str, typer.Option("--scope", help=say(Text("所述用途", "The stated scope")))] = "",
    every: Annotated[
        bool,
        typer.Option(
            "--all", help=say(Text("重新判断门户中的全部条目", "Classify every entry of the portal anew"))
        ),
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Print what the rules conclude and each piece of evidence."""
    if every:
        _classify_every_entry(as_json=as_json)
        return
    if not name.strip():
        raise BadInputError(
            "--name 为空；请写出服务名称，或用 --all。",
            "--name is empty; give the name of the service, or --all.",
        )
    found = classify(name, provider, scope)
    if as_json:
        print_json(classification_as_json(found))
        return
    for title, label, confidence in (
        (Text("行业", "Industry"), found.industry, found.confidence),
        (Text("服务类型", "Service type"), found.service_type, found.type_confidence),
    ):
        sure = say(Text("把握", "confidence"))
        out.print(f"{say(title)}: {say(load_rules().name(label))}  ({sure} {confidence:.2f})", markup=False)
    for reason in found.reasons:
        out.print(f"  {say(reason.text)}", markup=False)
    if not found.reasons:
        nothing = Text("名称与用途中没有可依据的词", "nothing in the names or the scope to go by")
        out.print("  " + say(nothing))


def _classify_every_entry(*, as_json: bool) -> None:
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this

    server.prepare()
    from openbeian.portal.accounts.actions import SYSTEM  # noqa: PLC0415
    from openbeian.portal.register.class_actions import classify_again  # noqa: PLC0415

    changed = classify_again(by=SYSTEM, at=now())
    if as_json:
        print_json({"changed": changed})
    else:
        done = Text(
            "{n} 个条目的分类有变；网信办确定的未动。",
            "{n} entries changed; what an office has decided stands.",
        )
        out.print(say(done.fill(n=changed)), markup=False)


def classification_as_json(found: Classification) -> dict[str, object]:
    """Return a classification for other programs; classes by id and by name."""
    return {
        "industry": _label(found.industry),
        "confidence": round(found.confidence, 4),
        "service_type": _label(found.service_type),
        "type_confidence": round(found.type_confidence, 4),
        "reasons": [_reason(reason) for reason in found.reasons],
    }


def _label(label: Industry | ServiceType) -> dict[str, str]:
    return {"id": label.value, **load_rules().name(label)._asdict()}


def _reason(reason: Reason) -> dict[str, object]:
    return {
        "kind": "industry" if isinstance(reason.speaks_for, Industry) else "service_type",
        "speaks_for": reason.speaks_for.value,
        "word": reason.word,
        "place": reason.place.value,
        "weight": reason.weight,
        **reason.text._asdict(),
    }
