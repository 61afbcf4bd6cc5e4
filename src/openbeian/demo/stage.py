"""Where the demonstration takes place: its folder, its ports, its processes, its portal."""

import asyncio
import json
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openbeian.core.errors import BadInputError
from openbeian.demo.model import ENVIRONMENT, MODEL_NAME
from openbeian.demo.processes import Processes, free_port

__all__ = ["POLL_S", "Heard", "Stage", "prepare_home"]

POLL_S = 2.0
"""How often the demo's gate looks for a new snapshot."""

_MARK = ".openbeian-demo"
_ANSWER_TOKENS = 24


def prepare_home(home: Path) -> Path:
    """Return an empty folder for a fresh demonstration; only a former demonstration is removed for it.

    Raises:
        BadInputError: The folder holds something else.
    """
    home = home.resolve()
    if home.exists() and any(home.iterdir()):
        if not (home / _MARK).is_file():
            raise BadInputError(
                f"{home} 中有并非演示留下的文件；请用 --home 另指一个目录。",
                f"{home} holds files that no demonstration left there; name another folder with --home.",
            )
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / _MARK).touch()
    return home


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back for a question asked at a gate."""

    status: int
    code: str
    text: str

    @property
    def is_admitted(self) -> bool:
        """Whether the gate let the question through."""
        return self.status == 200  # noqa: PLR2004


@dataclass(frozen=True)
class Stage:
    """The addresses of everything that runs."""

    home: Path
    processes: Processes
    model_port: int = field(default_factory=free_port)
    guarded_port: int = field(default_factory=free_port)
    portal_port: int = field(default_factory=lambda: free_port(8000))

    @property
    def bare(self) -> str:
        """The channel without the safety strategy."""
        return f"http://127.0.0.1:{self.model_port}/v1"

    @property
    def guarded(self) -> str:
        """The channel with the safety strategy."""
        return f"http://127.0.0.1:{self.guarded_port}/v1"

    @property
    def portal(self) -> str:
        """The portal."""
        return f"http://127.0.0.1:{self.portal_port}"

    def environment(self) -> Mapping[str, str]:
        """Return the environment of the portal's processes."""
        return {
            **os.environ,
            "BEIAN_HOME": str(self.home),
            "BEIAN_ORIGIN": self.portal,
            "BEIAN_WITHOUT_SECOND_FACTOR": "1",
            # The services of the demonstration are on this machine.
            "BEIAN_OUTBOUND_ALLOWED": "127.0.0.0/8",
        }

    def start_model(self) -> None:
        """Start the model and the safety strategy before it."""
        arguments = ["-m", "openbeian.demo.model", str(self.model_port), str(self.home)]
        self.processes.start("model", arguments, {**os.environ, **ENVIRONMENT})
        self.processes.wait_until_it_answers("model", f"{self.bare}/models")
        upstream = f"http://127.0.0.1:{self.model_port}"
        self.processes.start(
            "safety-strategy",
            ["-m", "openbeian.interception.serve", "--upstream", upstream, "--port", str(self.guarded_port)],
        )
        self.processes.wait_until_it_answers("safety-strategy", f"{self.guarded}/models")

    def start_portal(self) -> None:
        """Start the portal with its sequencer."""
        self.processes.start(
            "portal",
            ["-m", "openbeian.cli", "serve", "--port", str(self.portal_port)],
            self.environment(),
        )
        self.processes.wait_until_it_answers("portal", f"{self.portal}/snapshot.json")

    def start_gate(self, name: str, service_id: str) -> int:
        """Start a gate before the guarded channel for one service and return its port."""
        port = free_port()
        self.processes.start(
            f"gate-{name}",
            [
                *("-m", "openbeian_gate", "proxy", "--repository", f"{self.portal}/repository/"),
                *("--root", str(self.home / "public" / "repository" / "root.json")),
                *("--keep", str(self.home / "gates" / name), "--poll", str(POLL_S)),
                *("--upstream", self.guarded.removesuffix("/v1"), "--service", service_id),
                *("--port", str(port)),
            ],
        )
        _wait_for_port(port)
        return port

    def ask(self, port: int, question: str) -> Heard:
        """Ask a question at the gate on `port`."""
        payload = {
            "model": MODEL_NAME,
            "messages": [{"role": "user", "content": question}],
            "max_tokens": _ANSWER_TOKENS,
            "temperature": 0,
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/chat/completions",
            json.dumps(payload).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                body = json.load(answer)
        except urllib.error.HTTPError as refusal:
            return Heard(refusal.code, str(json.load(refusal).get("code", "")), "")
        return Heard(200, "admitted", str(body["choices"][0]["message"]["content"]).strip())

    def ask_until(self, port: int, question: str, code: str, within_s: float) -> tuple[Heard, float]:
        """Ask until the gate answers with `code` or the time is over; return what came and after how long."""
        started = time.monotonic()
        heard = self.ask(port, question)
        while heard.code != code and time.monotonic() - started < within_s:
            time.sleep(0.2)
            heard = self.ask(port, question)
        return heard, time.monotonic() - started


def _wait_for_port(port: int, within_s: float = 30) -> None:
    async def knock() -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return

    asyncio.run(asyncio.wait_for(knock(), within_s))
