"""The files in deploy/portal name commands and settings that there are."""

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from openbeian.cli.app import app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy" / "portal"
SETTINGS = (ROOT / "src/openbeian/portal/settings.py").read_text(encoding="utf-8")
FILES = [
    *DEPLOY.rglob("*.service"),
    *(DEPLOY / name for name in ("compose.yaml", "Containerfile", "portal.env.example", "gunicorn.conf.py")),
    ROOT / "docs/how-to/run-in-production.md",
]
OUTSIDE = {"BEIAN_BIND", "BEIAN_WEB_PROCESSES"}
"""What gunicorn.conf.py reads itself."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_setting_that_is_named_is_one(file: Path):
    named = set(re.findall(r"\b(?:BEIAN|DATABASE)_[A-Z_]+[A-Z]\b", file.read_text(encoding="utf-8")))
    unknown = {name for name in named - OUTSIDE if f'"{name.removesuffix("_FILE")}"' not in SETTINGS}
    assert unknown - {"BEIAN_EMAIL"} == set()


def _commands(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r"\b(django-admin|beian)\]?,? (\w+)", text))


def test_every_command_that_is_run_is_one():
    texts = [file.read_text(encoding="utf-8") for file in DEPLOY.rglob("*.service")]
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    texts += [" ".join(one["command"]) for one in services.values() if "command" in one]
    run = {found for text in texts for found in _commands(text)}
    ours = {command.name for command in app.registered_commands}
    assert {name for tool, name in run if tool == "django-admin"} <= set(get_commands())
    assert {name for tool, name in run if tool == "beian"} <= ours
    assert {name for _, name in run} == {"sequencer", "background", "opendata", "worker", "backup", "restore"}


def test_exactly_one_sequencer_runs():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert [one for one in services.values() if "sequencer" in one.get("command", [])] == [
        services["sequencer"]
    ]
    assert all("deploy" not in one and "scale" not in one for one in services.values())


def test_no_secret_is_written_down():
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(?:SECRET_KEY|PASSWORD|TOKEN)\s*[:=]\s*[\"']?[A-Za-z0-9+/]{8,}", text), file
