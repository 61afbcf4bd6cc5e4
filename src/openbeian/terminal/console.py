"""The language, JSON output, error sentences and progress bars."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from openbeian.core.errors import DomainError
from openbeian.core.text import Text

__all__ = ["error_console", "guarded", "language", "out", "print_json", "progress_bars", "say", "waiting"]

out = Console(highlight=False)
error_console = Console(stderr=True, highlight=False)

P = ParamSpec("P")
R = TypeVar("R")


def language() -> str:
    """Return `en` or `zh`: BEIAN_LANG if set, else the system's language; Chinese where it names none."""
    chosen = os.environ.get("BEIAN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "C"
    return "zh" if chosen.startswith(("zh", "C", "POSIX")) else "en"


def say(text: Text) -> str:
    """Return `text` in the reader's language."""
    return text.in_(language())


def print_json(value: Mapping[str, object] | list[object]) -> None:
    """Print `value` as one JSON document, for other programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the project's own errors into one sentence and an exit code; let bugs be tracebacks."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except DomainError as error:
            error_console.print(f"[red]{say(Text('错误', 'Error'))}[/red] ", end="")
            error_console.print(say(error.text), markup=False)
            raise typer.Exit(error.exit_code) from None

    return run


def progress_bars(*, quiet: bool = False) -> Progress:
    """Return progress bars for work longer than a second; on standard error, silent when `quiet`."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", style="dim"),
        console=error_console,
        disable=quiet,
    )


@contextmanager
def waiting(what: Text) -> Iterator[None]:
    """Show what is waited for, and for how long already, where nobody can know how much is left."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=error_console, transient=True) as bars:
        bars.add_task(say(what), total=None)
        yield
