"""`beian dossier check`: every check an office runs, on a folder; what was found and what to do."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from openbeian.assessment import load_target_spec
from openbeian.assessment.shapes import OPENAI
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.dossier_findings import print_findings
from openbeian.cli.options import AsJSON, OnDay, chosen_day
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.dossier.checks import CHECKS, run_checks
from openbeian.dossier.checks.requirements import AUTOMATION_LABELS, load_requirements
from openbeian.dossier.examining import dossier_in
from openbeian.dossier.folder import read_folder
from openbeian.dossier.probing import probe
from openbeian.dossier.register_rows import read_register
from openbeian.terminal.console import waiting

__all__ = ["EXAMPLE", "HELP", "check_dossier"]

HELP = Text(
    "按网信办的要求逐项检查材料目录。退出码：0 没有问题，1 有错误或警告",
    "Run every check an office runs on a dossier's folder. Exit code: 0 nothing wrong, 1 errors or warnings",
)
EXAMPLE = "beian dossier check dossier/ --register 备案名单.xlsx"


@guarded
def check_dossier(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help=say(Text("材料目录", "The dossier's folder")), show_default=False),
    ] = None,
    only_list: Annotated[
        bool,
        typer.Option(
            "--list",
            help=say(
                Text("列出全部检查与 A01–A39 的对应", "List the checks and which of A01–A39 they are for")
            ),
        ),
    ] = False,
    live: Annotated[
        bool,
        typer.Option(
            "--live",
            help=say(Text("访问两个测试通道与公开页面", "Ask both test channels and the public page")),
        ),
    ] = False,
    key_env: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=say(Text("存有通道密钥的环境变量", "Environment variable with the channels' key")),
        ),
    ] = "",
    test_account_env: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=say(
                Text(
                    "存有测试账号密钥的环境变量：连续三次违规输入，看账号是否被暂停（与 --live 同用）",
                    "Environment variable with a test account's key: misuse the service three times in a row "
                    "and see whether the account is suspended (with --live)",
                )
            ),
        ),
    ] = "",
    target_spec: Annotated[
        Path | None, typer.Option(help=say(Text("接口说明文件", "File that describes the interface")))
    ] = None,
    register: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help=say(Text("公开的备案名单，可多次给出", "A public list of filings; repeat"))
        ),
    ] = None,
    on: OnDay = "",
    as_json: AsJSON = False,
) -> None:
    """Print what was found, errors first; exit 1 where there are errors or warnings."""
    if only_list:
        _list_checks(as_json=as_json)
        return
    if folder is None:
        raise BadInputError(
            "请给出材料目录，如 beian dossier check dossier/；用 --list 列出检查。",
            "Name the dossier's folder, as in beian dossier check dossier/; --list lists the checks.",
        )
    held = read_folder(folder)
    probed = None
    if live:
        with waiting(Text("正在访问测试通道", "Asking the test channels")):
            shape = load_target_spec(target_spec) if target_spec else OPENAI
            asking = probe(
                held.facts,
                key_env=key_env or None,
                test_account_env=test_account_env or None,
                shape=shape,
            )
            probed = asyncio.run(asking)
    rows = [row for path in register or () for row in read_register(path)]
    findings = run_checks(dossier_in(held, on=chosen_day(on), register=rows, probed=probed))
    is_wrong = any(finding.severity != "note" for finding in findings)
    if as_json:
        print_json(
            {"folder": str(folder), "conforms": not is_wrong, "findings": [one.as_json() for one in findings]}
        )
    else:
        print_findings(findings, of=str(held.path))
    if is_wrong:
        raise typer.Exit(1)


def _list_checks(*, as_json: bool) -> None:
    requirements = load_requirements()
    if as_json:
        print_json(
            {
                "checks": [
                    {
                        "id": one.id,
                        "clause": one.clause,
                        "severity": one.severity,
                        "title": one.title._asdict(),
                    }
                    for one in CHECKS.values()
                ],
                "requirements": [one.as_json() for one in requirements],
            }
        )
        return
    table = Table(box=SIMPLE_HEAD)
    for heading in (
        Text("要求", "Requirement"),
        Text("怎样检查", "How"),
        Text("检查", "Checks"),
        Text("由人判断", "For a person"),
    ):
        table.add_column(say(heading), overflow="fold")
    for one in requirements:
        person = say(one.person) if one.person else ""
        table.add_row(
            f"{one.id} {say(one.text)}", say(AUTOMATION_LABELS[one.automation]), " ".join(one.checks), person
        )
    out.print(table)
    checks = Table(box=SIMPLE_HEAD)
    for heading in (
        Text("检查", "Check"),
        Text("级别", "Severity"),
        Text("条款", "Clause"),
        Text("内容", "What"),
    ):
        checks.add_column(say(heading), overflow="fold")
    for check in CHECKS.values():
        checks.add_row(check.id, check.severity, check.clause, say(check.title))
    out.print(checks)
