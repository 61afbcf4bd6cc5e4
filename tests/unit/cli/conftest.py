"""What the tests of the commands share: the whole command line, spoken to in English."""

import asyncio

import pytest
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.terminal.console import error_console, out


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("BEIAN_LANG", "en")
    # Wide enough for the longest sentence, so that no test depends on how long its folder's name is.
    for console in (out, error_console):
        monkeypatch.setattr(console, "_width", 1000)


@pytest.fixture
def beian():
    """Call the command line as a person does and return how it ended."""
    yield lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])
    # `asyncio.run` in a command leaves the thread without a loop, which other tests may look for.
    asyncio.set_event_loop_policy(None)
