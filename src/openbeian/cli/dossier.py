"""`beian dossier`: the documents an office asks for, made, checked and compared."""

import typer

from openbeian.cli import dossier_build, dossier_check, dossier_diff, dossier_new, dossier_pack
from openbeian.cli.console import say
from openbeian.cli.options import example
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(help=say(Text("备案材料", "Dossiers")), no_args_is_help=True)

for _name, _module, _command in (
    ("new", dossier_new, dossier_new.new),
    ("build", dossier_build, dossier_build.build),
    ("check", dossier_check, dossier_check.check_dossier),
    ("pack", dossier_pack, dossier_pack.pack_dossier),
    ("diff", dossier_diff, dossier_diff.diff_dossiers),
):
    app.command(_name, help=say(_module.HELP), epilog=example(_module.EXAMPLE))(_command)
