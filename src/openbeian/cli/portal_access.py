"""Which portal a command talks to, and with which key: the key comes from the environment only."""

import os
from typing import Annotated, Final

import typer

from openbeian.cli.console import say
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.dossier.submission import PortalClient

__all__ = ["KeyEnv", "Portal", "client_of"]

_DEFAULT: Final = "BEIAN_API_KEY"
Portal = Annotated[
    str,
    typer.Option("--portal", metavar="URL", help=say(Text("门户地址", "The portal's address"))),
]
KeyEnv = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help=say(
            Text(
                "存有接口密钥的环境变量；密钥在门户的账户页上创建",
                "Environment variable with the API key, which the portal's account page makes",
            )
        ),
    ),
]


def client_of(portal: str, key_env: str) -> PortalClient:
    """Return a client of the portal.

    Raises:
        BadInputError: The key is not in the environment, or the address is none.
    """
    name = key_env or _DEFAULT
    key = os.environ.get(name, "")
    if not key:
        raise BadInputError(
            f"环境变量 {name} 中没有接口密钥；请在门户的账户页创建后设置。",
            f"There is no API key in the environment variable {name}; make one on the portal's account page.",
        )
    if not portal.startswith(("https://", "http://")):
        raise BadInputError(
            f"--portal「{portal}」不是网址；应形如 https://beian.example.org。",
            f"--portal “{portal}” is no address; it looks like https://beian.example.org.",
        )
    return PortalClient(portal, key)
