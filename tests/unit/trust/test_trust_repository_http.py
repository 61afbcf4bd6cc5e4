"""The repository over HTTP: little is asked for when nothing changes, and a bad server can't hold a gate."""

import threading
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.unit.trust.repository_made import Register, held

from openbeian.trust.snapshots import Status
from openbeian_gate.client import ClientLimits, SnapshotClient
from openbeian_gate.errors import TooBigError, UnreachableError
from openbeian_gate.refusals import RevokedError
from openbeian_gate.repository.source import RepositorySource


class Handler(SimpleHTTPRequestHandler):
    """Serves the folder, with ETags for the timestamp, and as badly as a test asks for."""

    server: "Server"

    def do_GET(self):
        self.server.asked.append(self.path.rpartition("/")[2])
        elsewhere = self.server.redirect_to or (self.server.moved_to and self.server.moved_to + self.path)
        if elsewhere:
            self.send_response(302)
            self.send_header("Location", elsewhere)
            self.end_headers()
            return
        if self.server.status:
            self.send_error(self.server.status)
            return
        if self.path.endswith("timestamp.json"):
            self._timestamp()
            return
        super().do_GET()

    def _timestamp(self):
        data = Path(self.translate_path(self.path)).read_bytes()
        etag = f'"{hash(data)}"'
        if self.headers["If-None-Match"] == etag:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200)
        if self.server.etags:
            self.send_header("ETag", etag)
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            for start in range(0, len(data), 100):
                self.wfile.write(data[start : start + 100])
                self.wfile.flush()
                time.sleep(self.server.pause_s)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    """A web server in a thread."""

    redirect_to = ""
    moved_to = ""
    status = 0
    etags = True
    pause_s = 0.0

    def __init__(self, folder) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    return held(tmp_path_factory.mktemp("ceremony") / "held")


@pytest.fixture
def register(tmp_path, ceremony) -> Register:
    register = Register(tmp_path, ceremony)
    register.publish()
    return register


@pytest.fixture
def server(register):
    with Server(register.folder.path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def gate(server, register, tmp_path) -> SnapshotClient:
    source = RepositorySource(server.url + "/", register.root, keep=tmp_path / "http")
    return SnapshotClient(source, limits=ClientLimits(timeout_for=timedelta(seconds=2)))


@pytest.mark.parametrize("etags", [True, False])
def test_an_unchanged_repository_costs_two_small_questions(server, gate, register, etags):
    server.etags = etags
    assert gate.refresh(register.at), gate.error
    assert len(server.asked) == 9
    server.asked.clear()
    assert gate.refresh(register.at)
    assert server.asked == ["2.root.json", "timestamp.json"]


def test_a_revocation_costs_the_status_list_and_not_the_snapshot(server, gate, register):
    gate.refresh(register.at)
    server.asked.clear()
    register.publish(svc_001=Status.REVOKED)
    assert gate.refresh(register.at)
    asked = [name.partition(".")[2] for name in server.asked]
    assert asked == ["root.json", "json", "snapshot.json", "register.json", "statuses.json"]
    with pytest.raises(RevokedError):
        gate.decide("svc-001", register.at)


@pytest.mark.parametrize("elsewhere", ["ftp://127.0.0.1/x", "file:///etc/passwd", "https://127.0.0.1:1/"])
def test_a_redirect_to_another_scheme_is_not_followed(server, gate, register, elsewhere):
    server.redirect_to = elsewhere
    assert not gate.refresh(register.at)
    assert isinstance(gate.error, UnreachableError)
    assert gate.error.code == "unreachable"


@pytest.mark.parametrize("status", [500, 403])
def test_a_server_that_fails_is_unreachable(server, gate, register, status):
    server.status = status
    assert not gate.refresh(register.at)
    assert gate.error.code == "unreachable"


def test_a_server_that_trickles_is_given_up(server, register, tmp_path):
    server.pause_s = 0.05
    source = RepositorySource(server.url, register.root, keep=tmp_path / "slow")
    gate = SnapshotClient(source, limits=ClientLimits(timeout_for=timedelta(seconds=0.2)))
    assert not gate.refresh(register.at)
    assert gate.error.code == "unreachable"


def test_an_endless_answer_is_cut_off(server, gate, register):
    (register.folder.path / "metadata/timestamp.json").write_bytes(b"x" * 200_000)
    assert not gate.refresh(register.at)
    assert isinstance(gate.error, TooBigError)


def test_a_redirect_within_the_scheme_is_followed(server, gate, register):
    with Server(register.folder.path) as other:
        thread = threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.moved_to = other.url
        assert gate.refresh(register.at), gate.error
        other.shutdown()
        thread.join()


def test_nobody_at_the_address_is_unreachable(register, tmp_path):
    gate = SnapshotClient(RepositorySource("http://127.0.0.1:1", register.root, keep=tmp_path / "gate"))
    assert not gate.refresh(register.at)
    assert gate.error.code == "unreachable"


def test_a_path_that_is_no_file_is_unreachable(register, tmp_path):
    (tmp_path / "odd/metadata/2.root.json").mkdir(parents=True)
    gate = SnapshotClient(RepositorySource(str(tmp_path / "odd"), register.root, keep=tmp_path / "gate"))
    assert not gate.refresh(register.at)
    assert gate.error.code == "unreachable"
