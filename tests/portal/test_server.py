"""The servers as processes: prepared, started, asked over a socket, stopped by a signal."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WITHIN_S = 60


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "BEIAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "openbeian.portal.settings"}


def _call(home: Path, statement: str) -> list[str]:
    return [sys.executable, "-c", f"from openbeian.portal import server; server.{statement}"]


@contextmanager
def _running(home: Path, statement: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        _call(home, statement),
        env=_environment(home),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=WITHIN_S)
        assert "Traceback" not in output, output
    assert process.returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _get(address: str) -> bytes:
    until = time.monotonic() + WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310  our own address
                return response.read()
        except OSError:
            assert time.monotonic() < until, f"{address} did not answer"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, up_to_date) -> Path:
    home = up_to_date(tmp_path_factory.mktemp("home"))
    subprocess.run(_call(home, "prepare()"), env=_environment(home), check=True, timeout=WITHIN_S)
    return home


def test_preparing_makes_database_and_keys(prepared: Path):
    assert (prepared / "db.sqlite3").exists()
    assert (prepared / "keys" / "register.pem").stat().st_mode & 0o777 == 0o600
    assert json.loads((prepared / "public" / "keys.json").read_bytes())["keys"]


def test_the_web_server_and_the_sequencer_run_and_stop_when_told(prepared: Path):
    port = _free_port()
    with (
        _running(prepared, f"run_web('127.0.0.1', {port}, workers=1, threads=2)"),
        _running(prepared, "run_sequencer(0.05)"),
    ):
        origin = f"http://127.0.0.1:{port}"
        assert json.loads(_get(f"{origin}/snapshot.json"))["snapshot"]["version"] >= 1
        assert json.loads(_get(f"{origin}/api/v1/register/totals"))["filings"] == 0
        assert b"\n0\n" in _get(f"{origin}/log/checkpoint")


def test_a_production_portal_passes_djangos_own_deployment_check(tmp_path: Path):
    environment = _environment(tmp_path) | {
        "BEIAN_PRODUCTION": "1",
        "BEIAN_SECRET_KEY": "k" * 20 + "a-long-secret-made-of-many-different-letters-0123456789",
        "BEIAN_HOSTS": "beian.example",
        "BEIAN_ORIGIN": "https://beian.example",
    }
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    checked = subprocess.run(
        command, env=environment, check=False, capture_output=True, text=True, timeout=WITHIN_S
    )
    assert checked.returncode == 0, checked.stderr
