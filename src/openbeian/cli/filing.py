"""`beian filing`: hand a dossier in at a portal and follow it, from one's own machine."""

import typer

from openbeian.cli import filing_status, filing_submit, filing_withdraw
from openbeian.cli.console import say
from openbeian.cli.options import example
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(help=say(Text("向门户申报", "Applying at a portal")), no_args_is_help=True)

for _name, _module, _command in (
    ("submit", filing_submit, filing_submit.submit),
    ("status", filing_status, filing_status.status),
    ("withdraw", filing_withdraw, filing_withdraw.withdraw),
):
    app.command(_name, help=say(_module.HELP), epilog=example(_module.EXAMPLE))(_command)
