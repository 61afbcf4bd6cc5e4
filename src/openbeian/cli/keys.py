"""`beian keys`: joins its commands."""

import typer

from openbeian.cli import (
    keys_amend,
    keys_ceremony,
    keys_install,
    keys_new,
    keys_publish,
    keys_rotate,
    keys_show,
    keys_sign,
)
from openbeian.cli.console import say
from openbeian.cli.options import example
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(
    help=say(
        Text(
            "登记册仓库的密钥：仪式、轮换、分头签名、发布",
            "Keys of the register's repository: ceremony, rotation, signing apart, publishing",
        )
    ),
    no_args_is_help=True,
)
for name, module, command in (
    ("ceremony", keys_ceremony, keys_ceremony.ceremony),
    ("install", keys_install, keys_install.install_ceremony),
    ("show", keys_show, keys_show.show),
    ("new", keys_new, keys_new.new),
    ("rotate", keys_rotate, keys_rotate.rotate),
    ("amend", keys_amend, keys_amend.amend),
    ("sign", keys_sign, keys_sign.sign),
    ("publish", keys_publish, keys_publish.publish),
):
    app.command(name, help=say(module.HELP), epilog=example(module.EXAMPLE))(command)
