"""Passwords of people's keys: asked for, never shown, never an argument of a command.

For rehearsals and tests, BEIAN_KEY_PASSWORDS names a file with a line `NAME: PASSWORD` for each key.
"""

import os
from pathlib import Path
from typing import Final

import typer

from openbeian.cli.carried_files import read_carried
from openbeian.cli.console import say
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["existing_password", "new_password"]

_VARIABLE: Final = "BEIAN_KEY_PASSWORDS"
_LEAST: Final = 12


def new_password(name: str) -> bytes:
    """Return the password that the holder of the key `name` chooses, typed twice.

    Raises:
        BadInputError: It is too short.
    """
    asked = Text(
        f"密钥 {name} 的新口令（至少 {_LEAST} 个字符）",
        f"New password of key {name} (at least {_LEAST} characters)",
    )
    password = _written(name) or typer.prompt(say(asked), hide_input=True, confirmation_prompt=True)
    if len(password) < _LEAST:
        raise BadInputError(
            f"密钥 {name} 的口令不足 {_LEAST} 个字符；请另选较长的口令。",
            f"The password of key {name} has fewer than {_LEAST} characters; choose a longer one.",
        )
    return str(password).encode()


def existing_password(name: str) -> bytes | None:
    """Return the password of the key `name`; None where its holder leaves it empty, as the file has none."""
    asked = Text(f"密钥 {name} 的口令（没有则留空）", f"Password of key {name} (empty if it has none)")
    password = _written(name)
    if password is None:
        password = typer.prompt(say(asked), hide_input=True, default="", show_default=False)
    return password.encode() if password else None


def _written(name: str) -> str | None:
    file = os.environ.get(_VARIABLE)
    if not file:
        return None
    lines = (line.partition(": ") for line in read_carried(Path(file)).decode().splitlines())
    return {key: value for key, _, value in lines}.get(name, "")
