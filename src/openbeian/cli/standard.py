"""`beian standard`: an edition of the security standard as data, with how well each number is known."""

from dataclasses import fields, is_dataclass
from enum import Enum

import typer
from rich.table import Table

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, EditionId, ProfileName, chosen_edition, example
from openbeian.core.standard import Counts, Edition, Threshold
from openbeian.core.text import Text

__all__ = ["app", "edition_as_json"]

app = typer.Typer(
    help=say(Text("安全标准：条款、指标、风险与出处", "The standard: clauses, thresholds, risks, sources")),
    no_args_is_help=True,
)


def edition_as_json(edition: Edition) -> dict[str, object]:
    """Return everything the data says about `edition`, with `unverified` beside what was not read."""
    plain = _plain(edition)
    assert isinstance(plain, dict)
    return plain


def _plain(value: object) -> object:
    match value:
        case Text():
            plain: object = value._asdict()
        case Counts():
            plain = dict(value.items)
        case Enum():
            plain = value.value
        case tuple() | frozenset():
            plain = [_plain(item) for item in value]
        case bool() | int() | float() | None:
            plain = value
        case _ if is_dataclass(value):
            plain = _record(value)
        case _:
            plain = str(value)
    return plain


def _record(value: object) -> dict[str, object]:
    assert is_dataclass(value)
    entry = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "is_unverified"):
        entry["unverified"] = bool(value.is_unverified)
    return entry


@app.callback()
def _group() -> None:
    """Keep `show` a command of its own while it is the only one."""


@app.command(
    "show",
    help=say(Text("显示一个版本的标准", "Show one edition")),
    epilog=example("beian standard show --edition gbt-45654-2025 --json"),
)
@guarded
def show(edition_id: EditionId, profile: ProfileName = "", as_json: AsJSON = False) -> None:
    """Print an edition as tables, or whole as JSON."""
    edition = chosen_edition(edition_id, profile)
    if as_json:
        print_json(edition_as_json(edition))
        return
    out.print(f"[bold]{edition.name}[/bold]  {say(edition.title)}")
    out.print(say(edition.status), style="dim")
    if edition.profile:
        out.print(say(edition.profile.notice), style="bold yellow")
    out.print(_threshold_table(edition))
    out.print(_risk_table(edition))


def _threshold_table(edition: Edition) -> Table:
    table = Table(title=say(Text("指标", "Thresholds")), title_justify="left", show_lines=False)
    for heading in (
        Text("编号", "Id"),
        Text("要求", "What"),
        Text("数值", "Value"),
        Text("条款", "Clause"),
        Text("出处", "Source"),
    ):
        table.add_column(say(heading), overflow="fold")
    for threshold in edition.thresholds:
        source = say(Text("未核实", "unverified")) if threshold.is_unverified else str(threshold.provenance)
        value = f"{_value(threshold)} {say(threshold.unit)}".strip()
        table.add_row(threshold.id, say(threshold.text), value, threshold.clause, source)
    return table


def _value(threshold: Threshold) -> str:
    value = threshold.value
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, Counts):
        return ", ".join(f"{name} {count}" for name, count in value.items)
    return f"{value:.0%}" if isinstance(value, float) else str(value)


def _risk_table(edition: Edition) -> Table:
    table = Table(title=say(Text("31 种安全风险", "The 31 risks")), title_justify="left")
    table.add_column("Id")
    table.add_column(say(Text("风险", "Risk")))
    for risk in edition.taxonomy.risks:
        table.add_row(risk.id, say(risk.text))
    return table
