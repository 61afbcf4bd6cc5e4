"""The demo's child processes: started, waited for, and ended again; each writes its own log file."""

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from openbeian.core.errors import CouldNotRunError

__all__ = ["Processes", "free_port"]

_READY_WITHIN_S = 180.0
_END_WITHIN_S = 10.0
_LAST_LINES = 5


def free_port(preferred: int = 0) -> int:
    """Return `preferred` if nothing listens there on 127.0.0.1, else a port that is free now."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CouldNotRunError(
        "本机没有空闲端口：请关闭一些程序。", "No port is free on this machine: close some programs."
    )


class Processes:
    """A group of child processes that end with the `with` block, whatever happens inside it."""

    def __init__(self, logs: Path) -> None:
        """Write each process's output to `logs`/NAME.log."""
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._files = ExitStack()

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        if threading.current_thread() is threading.main_thread():
            # Left alone, this signal ends the process at once and leaves its children running.
            before = signal.signal(signal.SIGTERM, _leave)
            self._files.callback(signal.signal, signal.SIGTERM, before)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._running.values()):
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(timeout=_END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        self._files.close()

    def start(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """Start `python ARGUMENTS…` as `name`."""
        log = self._files.enter_context((self._logs / f"{name}.log").open("wb"))
        self._running[name] = subprocess.Popen(  # noqa: S603  # our own modules, our own arguments
            [sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
        )

    def wait_until_it_answers(self, name: str, url: str) -> None:
        """Wait until `url` answers 200.

        Raises:
            CouldNotRunError: The process ended, or did not answer within a minute.
        """
        give_up_at = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < give_up_at and self._running[name].poll() is None:
            if _answers(url):
                return
            time.sleep(0.1)
        log, tail = self._logs / f"{name}.log", self._tail(name)
        raise CouldNotRunError(
            f"进程「{name}」没有就绪；日志 {log} 的末尾：{tail}",
            f"The process “{name}” did not become ready; its log {log} ends: {tail}",
        )

    def wait(self) -> None:
        """Wait until one of the processes ends, or Ctrl-C."""
        while all(process.poll() is None for process in self._running.values()):
            time.sleep(0.5)

    def _tail(self, name: str) -> str:
        lines = (self._logs / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return " / ".join(lines[-_LAST_LINES:])


def _leave(number: int, _frame: FrameType | None) -> None:
    """Leave through every `with` block on the way."""
    sys.exit(128 + number)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # always http://127.0.0.1
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False
