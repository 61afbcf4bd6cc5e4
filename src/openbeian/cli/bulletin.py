"""`beian bulletin`: joins its commands."""

import typer

from openbeian.cli import bulletin_build, bulletin_check
from openbeian.cli.console import say
from openbeian.cli.options import example
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(help=say(Text("公报：生成、核对", "Bulletins: write one, check one")), no_args_is_help=True)
app.command("build", help=say(bulletin_build.HELP), epilog=example(bulletin_build.EXAMPLE))(
    bulletin_build.build
)
app.command("check", help=say(bulletin_check.HELP), epilog=example(bulletin_check.EXAMPLE))(
    bulletin_check.check_bulletin
)
