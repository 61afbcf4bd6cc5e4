"""`beian statistics`: the counts are compared with the register, and made anew."""

import json

import pytest
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.portal.log.outbox import append
from openbeian.portal.tallies.models import Tally
from tests.portal.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def statistics(monkeypatch):
    monkeypatch.setenv("BEIAN_LANG", "en")
    return lambda *arguments: CliRunner().invoke(app, ["statistics", *arguments])


def test_a_wrong_count_is_found_and_made_anew(statistics):
    append("test.kind", "s", facts={}, hashes={}, at=AT)
    agreed = statistics("check")
    assert (agreed.exit_code, agreed.output) == (0, "The counts agree with the register.\n")
    Tally.objects.filter(breakdown="log_day").update(entries=3)
    wrong = statistics("check")
    assert wrong.exit_code == 1
    assert "differ from the register: 1;" in wrong.output
    assert "log_day: 2026-11-23: +2" in wrong.output
    listed = json.loads(statistics("check", "--json").stdout)
    assert listed["differences"] == [{"breakdown": "log_day", "parts": ["2026-11-23"], "surplus": 2}]
    assert json.loads(statistics("rebuild", "--json").stdout)["log_day"] == 1
    assert statistics("check").exit_code == 0
    assert "log_day: 1" in statistics("rebuild").output
