"""Joins the commands; knows their names and nothing of what they do."""

import typer

from openbeian import __version__
from openbeian.cli import (
    assess,
    backup,
    bank,
    bulletin,
    corpus,
    demo,
    dossier,
    export_inspect,
    filing,
    judge,
    keys,
    keywords,
    label,
    log,
    register,
    register_classify,
    register_export,
    register_import,
    register_redraw,
    register_site,
    rejudge,
    replay_run,
    report_run,
    restore,
    run_status,
    serve,
    standard,
    statistics,
    worker,
)
from openbeian.cli.console import print_json, say
from openbeian.cli.options import AsJSON, example
from openbeian.core.text import Text

__all__ = ["app", "main"]

app = typer.Typer(
    name="beian",
    help=say(
        Text(
            "生成式人工智能服务备案：评估、申报、审查、发证、公示、把关。",
            "The filing system for generative-AI services: assess, file, review, certify, publish, gate.",
        )
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

for name, module in {
    "standard": standard,
    "assess": assess,
    "judge": judge,
    "bank": bank,
    "keywords": keywords,
    "corpus": corpus,
    "label": label,
    "dossier": dossier,
    "filing": filing,
    "register": register,
    "bulletin": bulletin,
    "statistics": statistics,
    "log": log,
    "keys": keys,
}.items():
    app.add_typer(module.app, name=name)
for name, module, command in (
    ("rejudge", rejudge, rejudge.rejudge),
    ("status", run_status, run_status.status),
    ("report", report_run, report_run.report),
    ("replay", replay_run, replay_run.replay_run),
    ("export-inspect", export_inspect, export_inspect.export_inspect),
):
    assess.app.command(name, help=say(module.HELP), epilog=example(module.EXAMPLE))(command)
app.command("serve", help=say(serve.HELP), epilog=example("beian serve --port 8000"))(serve.serve)
app.command("worker", help=say(worker.HELP), epilog=example(worker.EXAMPLE))(worker.worker)
register.app.command("import", help=say(register_import.HELP), epilog=example(register_import.EXAMPLE))(
    register_import.register_import
)
register.app.command("classify", help=say(register_classify.HELP), epilog=example(register_classify.EXAMPLE))(
    register_classify.classify_entry
)
register.app.command("export", help=say(register_export.HELP), epilog=example(register_export.EXAMPLE))(
    register_export.register_export
)
register.app.command("site", help=say(register_site.HELP), epilog=example(register_site.EXAMPLE))(
    register_site.register_site
)
register.app.command("redraw", help=say(register_redraw.HELP), epilog=example(register_redraw.EXAMPLE))(
    register_redraw.register_redraw
)
app.command("backup", help=say(backup.HELP), epilog=example(backup.EXAMPLE))(backup.backup)
app.command("restore", help=say(restore.HELP), epilog=example(restore.EXAMPLE))(restore.restore)
app.command("demo", help=say(demo.HELP), epilog=example("beian demo --headless"))(demo.demo)


@app.command(
    "version", help=say(Text("显示版本", "Print the version")), epilog=example("beian version --json")
)
def version(as_json: AsJSON = False) -> None:
    """Print the version."""
    if as_json:
        print_json({"version": __version__})
    else:
        typer.echo(__version__)


def main() -> None:
    """Run the command line."""
    app()
