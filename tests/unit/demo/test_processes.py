"""The demo's child processes start, answer, and never outlive it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.demo.model import physical_cores
from openbeian.demo.processes import Processes, free_port
from openbeian.demo.stage import prepare_home

SERVER = (
    "import http.server, sys; "
    "http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
)
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up', flush=True); time.sleep(60)"
)


def test_a_preferred_port_is_taken_only_if_it_is_free():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port() > 0


def test_a_process_is_waited_for_and_ends_with_the_block(tmp_path):
    port = free_port()
    with Processes(tmp_path) as processes:
        processes.start("web", ["-c", SERVER, str(port)], {**os.environ})
        processes.wait_until_it_answers("web", f"http://127.0.0.1:{port}/")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def test_a_process_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path):
    with Processes(tmp_path) as processes:
        processes.start("broken", ["-c", "raise SystemExit('no such thing')"])
        with pytest.raises(CouldNotRunError) as caught:
            processes.wait_until_it_answers("broken", "http://127.0.0.1:9/")
        assert "no such thing" in caught.value.text.en
        assert "no such thing" in caught.value.text.zh
        processes.wait()


def test_a_process_that_will_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("openbeian.demo.processes._END_WITHIN_S", 0.3)
    started = time.monotonic()
    with Processes(tmp_path) as processes:
        processes.start("stubborn", ["-c", STUBBORN])
        while not (tmp_path / "stubborn.log").read_bytes():
            time.sleep(0.02)
    assert time.monotonic() - started < 10


PARENT = """
import sys, time
from pathlib import Path
from openbeian.demo.processes import Processes
with Processes(Path(sys.argv[1])) as processes:
    processes.start("child", ["-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"])
    time.sleep(60)
"""


def test_whoever_ends_the_demonstration_ends_its_processes(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    log = tmp_path / "child.log"
    until = time.monotonic() + 30
    while not (log.exists() and log.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    child = Path(f"/proc/{log.read_text().strip()}")
    if not child.exists():
        pytest.skip("this system has no /proc to look for processes in")
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(timeout=30) == 128 + signal.SIGTERM
    assert not child.exists()


def test_a_former_demonstration_gives_way_but_nothing_else_does(tmp_path):
    home = prepare_home(tmp_path / "demo")
    (home / "db.sqlite3").touch()
    assert list(prepare_home(home).glob("*.sqlite3")) == []
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").touch()
    with pytest.raises(BadInputError, match="--home"):
        prepare_home(other)
    assert (other / "chapter.txt").exists()


def test_threads_that_share_a_core_count_once(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(
        "\n\n".join(f"processor : {n}\nphysical id : 0\ncore id : {n // 2}" for n in range(2)) + "\n\n"
    )
    assert physical_cores(cpuinfo) == 1


def test_without_a_list_of_processors_half_of_them_are_taken_for_real(tmp_path):
    assert physical_cores(tmp_path / "missing") == max(1, (os.cpu_count() or 2) // 2)
