"""`beian-gate` and the LiteLLM plug-in with a repository."""

import asyncio
import json
from datetime import timedelta

import pytest
from tests.unit.trust.repository_made import Register, held

from openbeian.trust.snapshots import Status
from openbeian_gate import cli, clock
from openbeian_gate.choosing import CannotRunError
from openbeian_gate.gate import Gate
from openbeian_gate.litellm_hook import FilingHook, ServiceRefusedError
from openbeian_gate.metrics import DecisionCounts, metrics_text


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    return held(tmp_path_factory.mktemp("ceremony") / "held")


@pytest.fixture
def register(tmp_path, ceremony) -> Register:
    register = Register(tmp_path, ceremony)
    register.publish()
    return register


@pytest.fixture
def options(register, tmp_path) -> list[str]:
    return [
        *("--repository", str(register.folder.path), "--root", str(register.home / "repository/root.json")),
        *("--keep", str(tmp_path / "kept"), "--lang", "en"),
    ]


def test_check_sync_status_and_bulk_follow_a_repository(register, options, tmp_path, capsys):
    assert cli.main(["check", "svc-001", *options]) == 0
    assert "GD-svc-001" in capsys.readouterr().out
    register.publish(svc_001=Status.REVOKED)
    assert cli.main(["check", "svc-001", "--json", *options]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "revoked"
    assert cli.main(["sync", *options]) == 0
    assert "version 2 (2 filings)" in capsys.readouterr().out
    assert cli.main(["status", "--json", *options]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["root_version"], status["clock_skew_s"], status["development_keys"]) == (1, 0.0, False)
    (tmp_path / "in.csv").write_text("service\nsvc-001\nsvc-002\n")
    assert cli.main(["bulk", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"), *options]) == 1
    assert "1 admitted, 1 refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([], "either --repository"),
        (["--repository", "r", "--snapshot", "s"], "either --repository"),
        (["--repository", "r"], "--root"),
        (["--repository", "r", "--root", "/nowhere", "--keep", "k"], "fingerprint"),
        (["--snapshot", "s"], "--keys"),
    ],
)
def test_what_to_follow_is_named_once_and_whole(wrong, said, capsys):
    assert cli.main(["status", "--lang", "en", *wrong]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("minutes", "said"), [(-2, "clock is off by -1"), (2, "publishes late, or this"), (0, None)]
)
def test_status_warns_of_a_clock_that_is_off(  # noqa: PLR0917  fixtures
    register, options, capsys, monkeypatch, minutes, said
):
    monkeypatch.setattr(clock, "now", lambda: register.at + timedelta(minutes=minutes))
    assert cli.main(["status", *options]) == 0
    shown = capsys.readouterr().err
    assert (said in shown) if said else (shown == "")


def test_metrics_tell_of_the_clock(register):
    gate = register.gate()
    gate.refresh(register.at - timedelta(minutes=2))
    text = metrics_text(Gate(gate), DecisionCounts(), register.at)
    line = next(line for line in text.splitlines() if line.startswith("openbeian_gate_clock_skew_seconds"))
    assert -120 <= float(line.split()[1]) < -118


def test_the_litellm_plug_in_follows_a_repository(register, tmp_path):
    root, kept = str(register.home / "repository/root.json"), str(tmp_path / "kept")
    hook = FilingHook(repository=str(register.folder.path), root=root, keep=kept, services={"m": "svc-001"})
    assert asyncio.run(hook.async_pre_call_hook(None, None, {"model": "m"}, "completion")) == {"model": "m"}
    with pytest.raises(ServiceRefusedError, match="not hold"):
        asyncio.run(hook.async_pre_call_hook(None, None, {"model": "other"}, "completion"))
    hook._gate.stop()
    with pytest.raises(CannotRunError):
        FilingHook(repository="r", root="/nowhere", keep=kept)
    asyncio.set_event_loop_policy(None)
