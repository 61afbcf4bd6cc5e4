"""What holds for every command: help with an example, JSON, both languages, exit codes."""

import json
import os
import subprocess
import sys

import pytest
import typer

from openbeian import __version__
from openbeian.cli.app import app
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.terminal.console import guarded, language


def commands(group, path=()):
    """Yield every command below `group` with the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_says_what_the_command_does_and_shows_it_in_use(beian, path):
    command = COMMANDS[path]
    assert command.help
    assert f"beian {' '.join(path)}" in command.epilog
    shown = beian(*path, "--help")
    assert shown.exit_code == 0
    assert f"beian {' '.join(path)}" in shown.output


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_speaks_json(path):
    assert "--json" in {option for parameter in COMMANDS[path].params for option in parameter.opts}


def test_the_version_is_printed_either_way(beian):
    assert beian("version").stdout.strip() == __version__
    assert json.loads(beian("version", "--json").stdout) == {"version": __version__}


@pytest.mark.parametrize(
    ("arguments", "said"), [((), "Usage"), (("assess", "fly"), "fly"), (("--no",), "--no")]
)
def test_wrong_use_exits_with_2(beian, arguments, said):
    done = beian(*arguments)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(("error", "code"), [(BadInputError, 2), (CouldNotRunError, 3)])
def test_an_error_of_ours_is_one_sentence_and_an_exit_code(error, code, capsys):
    @guarded
    def fails():
        raise error("文件 [a] 有误。", "The file [a] is wrong.")

    with pytest.raises(typer.Exit) as ended:
        fails()
    assert ended.value.exit_code == code
    assert capsys.readouterr().err == "Error The file [a] is wrong.\n"


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"BEIAN_LANG": "zh"}, "zh"),
        ({"BEIAN_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US"}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({}, "zh"),
    ],
)
def test_the_language_is_the_readers_and_chinese_where_none_is_named(monkeypatch, environment, spoken):
    for name in ("BEIAN_LANG", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == spoken


def test_the_command_runs_as_a_module_and_speaks_chinese():
    done = subprocess.run(
        [sys.executable, "-m", "openbeian.cli", "--help"],
        env={**os.environ, "BEIAN_LANG": "zh"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "备案" in done.stdout
