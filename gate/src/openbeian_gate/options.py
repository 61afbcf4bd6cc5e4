"""The command's options, and the language its help speaks."""

import argparse
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from openbeian_gate.messages import COMMANDS, EXAMPLES, OPTIONS, PROGRAM

__all__ = ["build_parser", "language_of"]

_FOLLOWING: Final = ("check", "bulk", "sync", "serve", "proxy", "status")
"""The commands that go by the snapshot."""
_VISITED: Final = ("check", "serve", "proxy")
"""Those that are told who uses a service."""
_REPORTING: Final = ("serve", "proxy")
"""Those that may report to the register."""
_PORTS: Final = {"serve": 8095, "proxy": 8096, "witness": 8097}


def language_of(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the language asked for, looked up before parsing so that the help speaks it too."""
    for argument, following in pairwise([*arguments, ""]):
        if argument == "--lang" and following in ("zh", "en"):
            return following
        if argument in ("--lang=zh", "--lang=en"):
            return argument[-2:]
    return "zh" if environ.get("LANG", "").lower().startswith("zh") else "en"


def build_parser(language: str) -> argparse.ArgumentParser:
    """Return the parser, its help in `language`."""
    parser = argparse.ArgumentParser(prog="beian-gate", description=PROGRAM.in_(language))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=help_text.in_(language),
            description=help_text.in_(language),
            epilog=f"{OPTIONS['example'].in_(language)}:\n  {EXAMPLES[name]}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _add_options(command, name, language)
    return parser


def _add_options(command: argparse.ArgumentParser, name: str, language: str) -> None:
    def add(*flags: str, **settings: object) -> None:
        key = flags[0].removeprefix("--")
        command.add_argument(*flags, help=OPTIONS[key].in_(language), **settings)  # type: ignore[arg-type]

    for flags, settings in _OWN.get(name, ()):
        add(*flags, **settings)
    if name in _FOLLOWING:
        add("--repository")
        add("--root", type=Path)
        add("--snapshot")
        add("--keep", type=Path, required=name == "sync")
        add("--poll", type=float)
    if name in _VISITED:
        add("--data", type=Path)
    if name in _REPORTING:
        add("--report-to", default="")
        add("--report-key", type=Path)
        add("--report-decisions", action="store_true")
        add("--gate-name", default="")
        add("--decision-log", type=Path)
        add("--report-every", type=float, default=60.0)
        add("--sample-every", type=int, default=100)
    if name in _PORTS:
        add("--host", default="127.0.0.1")
        add("--port", type=int, default=_PORTS[name])
    add("--keys", type=Path, required=name not in _FOLLOWING)
    add("--json", action="store_true")
    add("--lang", choices=("zh", "en"), default=language)


_OWN: Final[Mapping[str, tuple[tuple[tuple[str, ...], Mapping[str, object]], ...]]] = {
    "check": (
        (("subject",), {}),
        (("--user",), {"default": ""}),
        (("--use",), {"default": ""}),
    ),
    "verify": (
        (("file",), {"type": Path}),
        (("--proof",), {"type": Path}),
        (("--origin",), {}),
        (("--witnesses",), {"type": int, "default": 0}),
    ),
    "bulk": (
        (("table",), {"type": Path}),
        (("out",), {"type": Path}),
        (("--column",), {}),
    ),
    "proxy": (
        (("--upstream",), {"required": True}),
        (("--service",), {"required": True}),
        (("--user-header",), {"default": ""}),
        (("--use",), {"default": ""}),
    ),
    "witness": (
        (("--name",), {"required": True}),
        (("--key",), {"type": Path, "required": True}),
        (("--log",), {"action": "append", "required": True}),
        (("--state",), {"type": Path, "required": True}),
    ),
}
"""What each command takes of its own."""
