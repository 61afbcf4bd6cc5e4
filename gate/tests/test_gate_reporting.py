"""What a gate tells the register: counted, bounded, kept, sent again, and never in a decision's way."""

import json
import os
import threading
import time
import weakref
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from test_gate_client import wait_until
from test_gate_server import ask, serving

from openbeian_gate import clock
from openbeian_gate.cli import main
from openbeian_gate.cli_gate import build_reporting_gate
from openbeian_gate.client import SnapshotClient
from openbeian_gate.errors import MalformedError
from openbeian_gate.gate import ADMITTED, ADMITTED_BY_PERMIT, Decided, Gate
from openbeian_gate.options import build_parser
from openbeian_gate.policy import Visitor
from openbeian_gate.refusals import NotFiledError, PermitUncountedError
from openbeian_gate.reporting import Reporter, Reporting
from openbeian_gate.reporting.queue import ReportQueue
from openbeian_gate.reporting.reporter import _reset
from openbeian_gate.reporting.sending import Outcome
from openbeian_gate.reporting.tally import Tally
from openbeian_gate.server import check_server
from openbeian_gate.verify.index import service_hash
from openbeian_gate.verify.report import MAX_DECISIONS, MAX_REPORT_BYTES, GateDay, GateReport, parse_report

MINUTE = timedelta(minutes=1)
UNKNOWN = service_hash("svc-999").hex()


class Receiver:
    """Takes reports as a register does, or answers what a test says."""

    def __init__(self) -> None:
        self.status = 201
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.keys.append(self.headers["Authorization"])
                if receiver.status == 201:
                    receiver.bodies.append(body)
                self.send_response(receiver.status)
                self.send_header("Location", receiver.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1/sightings"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def reports(self) -> list[GateReport]:
        return [parse_report(body) for body in self.bodies]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def client(vectors, keys, at_issue):
    client = SnapshotClient(vectors / "snapshot-permits.json", keys)
    client.refresh(at_issue)
    yield client
    client.stop()


def decided(answer: str = "not_filed", subject: str = "svc-999", **more) -> Decided:
    return Decided(subject, answer, 9, more.pop("at", clock.now()), **more)


# --- counting -------------------------------------------------------------------------------------


def test_decisions_are_counted_by_day_in_china_and_unknown_services_by_their_hash(at):
    tally = Tally(sample_every=2)
    late = at.replace(hour=16)  # midnight in China
    for one in (
        decided(at=at),
        decided(at=at),
        decided(at=late),
        decided("revoked", "svc-003", at=at),
        decided(ADMITTED, "svc-001", at=at),
        decided(ADMITTED_BY_PERMIT, "svc-900", at=at, permit="P-1"),
    ):
        tally.count(one)
    tallied = tally.take()
    first, second = tallied.days
    assert (first.day, second.day) == (date(2026, 11, 23), date(2026, 11, 24))
    assert first.answers == {"not_filed": 2, "revoked": 1, ADMITTED: 1, ADMITTED_BY_PERMIT: 1}
    assert (first.sightings, second.sightings) == ({UNKNOWN: 2}, {UNKNOWN: 1})
    assert [one.answer for one in tallied.decisions] == [*["not_filed"] * 3, "revoked", ADMITTED_BY_PERMIT]
    assert tallied.decisions[-1].permit == "P-1"
    assert tally.take().days == ()


def test_what_is_counted_is_bounded(at):
    tally = Tally(sample_every=0, most_sightings=2)
    for n in range(MAX_DECISIONS + 5):
        tally.count(decided(subject=f"svc-{n % 4}", at=at))
    tally.count(decided(subject="", at=at))
    tally.count(decided(subject="x" * 300, at=at))
    tally.count(decided(ADMITTED, "svc-001", at=at))
    (day,), decisions, left_out = tally.take()
    assert len(day.sightings) == 2
    assert sum(day.sightings.values()) + day.others == day.answers["not_filed"] == MAX_DECISIONS + 7
    assert (len(decisions), left_out) == (MAX_DECISIONS, 7)


# --- telling --------------------------------------------------------------------------------------


def test_a_report_says_what_was_answered_and_names_nobody(client, receiver, at):
    gate = Gate(client)
    reporter = Reporter(
        Reporting(to=receiver.url, key="beian_k", gate="store-1", with_decisions=True),
        trial_users=gate.trials.counts,
    )
    watched = Gate(client, trials=gate.trials, watchers=[reporter])
    watched.admit("svc-001", at)
    watched.admit("svc-900", at, Visitor("zhang.san", "trial"))
    for _ in range(2):
        with pytest.raises(NotFiledError):
            watched.admit("svc-999", at)
    reporter.flush(at)
    reporter.flush(at)  # nothing was decided since, so nothing is said
    (report,) = receiver.reports
    assert receiver.keys == ["Bearer beian_k"]
    assert b"zhang" not in receiver.bodies[0]
    assert b"svc-" not in receiver.bodies[0]
    assert (report.gate, report.made_at) == ("store-1", at)
    assert report.days[0].answers == {"admitted": 1, "admitted_by_permit": 1, "not_filed": 2}
    assert report.permits == {"Guangdong-SP202611230001": 1}
    assert [one.service for one in report.decisions] == [UNKNOWN, UNKNOWN]
    assert report.decisions[0].version == 9


def test_without_decisions_only_counts_are_sent(receiver, at):
    reporter = Reporter(Reporting(to=receiver.url))
    reporter.saw(decided(at=at))
    reporter.flush(at)
    assert receiver.reports[0].decisions == []
    assert receiver.reports[0].permits == {}


def test_a_register_out_of_reach_is_asked_ever_more_seldom_and_gets_everything_once(receiver, at, tmp_path):
    reporter = Reporter(Reporting(to=receiver.url, folder=tmp_path))
    receiver.status = 503
    reporter.saw(decided(at=at))
    reporter.flush(at)
    asked = len(receiver.keys)
    reporter.saw(decided(at=at))
    reporter.flush(at + MINUTE / 2)  # too soon
    assert len(receiver.keys) == asked == 1
    reporter.flush(at + MINUTE)
    reporter.flush(at + 2 * MINUTE)
    assert len(receiver.keys) == 2  # now it waits two minutes
    for hours in range(1, 20):
        reporter.flush(at + timedelta(hours=2 * hours))
    assert reporter._not_before - at < timedelta(hours=40)
    receiver.status = 201
    reporter.flush(at + timedelta(days=3))
    assert len(receiver.reports) == len({report.id for report in receiver.reports}) == 2
    assert list((tmp_path / "reports").iterdir()) == []
    measured = {one.name: one.values for one in reporter.measures()}
    assert measured["reports_total"]['{outcome="stored"}'] == 2
    assert measured["reports_total"]['{outcome="later"}'] == 21


def test_reports_wait_over_a_restart_under_the_same_name(receiver, at, tmp_path):
    receiver.status = 500
    before = Reporter(Reporting(to=receiver.url, folder=tmp_path))
    before.saw(decided(at=at))
    before.flush(at)
    (tmp_path / "reports" / "broken.json").write_text("{}")
    receiver.status = 201
    after = Reporter(Reporting(to=receiver.url, folder=tmp_path))
    after.saw(decided(at=at))
    after.flush(at)
    one, other = receiver.reports
    assert one.gate == other.gate
    assert one.id != other.id


@pytest.mark.parametrize(
    ("status", "outcome", "waiting"),
    [
        (422, Outcome.REFUSED, 0),
        (413, Outcome.REFUSED, 0),
        (409, Outcome.REFUSED, 0),
        (401, Outcome.LATER, 1),
        (429, Outcome.LATER, 1),
        (307, Outcome.LATER, 1),
    ],
)
def test_what_the_register_will_never_take_is_not_sent_again(
    receiver, at, caplog, *, status, outcome, waiting
):
    reporter = Reporter(Reporting(to=receiver.url))
    receiver.status = status
    reporter.saw(decided(at=at))
    reporter.flush(at)
    assert reporter._outcomes[outcome] == 1
    assert len(reporter._queue) == waiting
    assert str(status) in caplog.text
    assert len(receiver.keys) == 1  # a redirect is not followed: it could carry the key away


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://[bad/"])
def test_an_address_nobody_answers_at_is_no_failure_of_the_gate(address, at, caplog):
    reporter = Reporter(Reporting(to=address))
    reporter.saw(decided(at=at))
    reporter.flush(at)
    assert "can't be reached" in caplog.text


def test_an_address_that_is_none_is_refused_at_once():
    with pytest.raises(ValueError, match="http"):
        Reporter(Reporting(to="ftp://register.example"))


def test_the_queue_is_bounded_and_gives_up_the_oldest(at, tmp_path, caplog):
    day = GateDay(date(2026, 11, 23), {"admitted": 1}, {}, 0)
    queue = ReportQueue(tmp_path, most=2)
    for n in range(4):
        queue.put(GateReport(f"{n:032x}", "g", at + n * MINUTE, [day], {}, [], 0, 0))
    assert (len(queue), queue.dropped) == (2, 2)
    assert len(list(tmp_path.iterdir())) == 2
    name, data = queue.first()
    assert parse_report(data).id == f"{2:032x}"
    queue.remove(name)
    queue.remove(name)
    assert len(ReportQueue(tmp_path, most_bytes=10)) == 0
    assert "too many wait" in caplog.text


def test_a_full_disk_keeps_reports_in_memory(at, tmp_path, caplog, receiver):
    reporter = Reporter(Reporting(to=receiver.url, folder=tmp_path, log=tmp_path))
    for path in (tmp_path / "reports").iterdir():
        path.unlink()
    (tmp_path / "reports").rmdir()
    reporter.saw(decided(at=at))
    reporter.flush(at)
    assert len(receiver.reports) == 1
    assert "is not kept" in caplog.text
    assert "are not logged" in caplog.text
    assert {one.name: one.values for one in reporter.measures()}["decisions_unlogged_total"] == {"": 1}


def test_places_that_cannot_be_counted_leave_the_report_without_them(receiver, at):
    def broken() -> dict[str, int]:
        raise PermitUncountedError

    reporter = Reporter(Reporting(to=receiver.url), trial_users=broken)
    reporter.saw(decided(at=at))
    reporter.flush(at)
    assert receiver.reports[0].permits == {}


def test_the_decision_log_lists_every_refusal_and_a_part_of_the_admissions(client, at, tmp_path):
    log = tmp_path / "decisions.jsonl"
    reporter = Reporter(Reporting(log=log, sample_every=3))
    gate = Gate(client, watchers=[reporter])
    for _ in range(7):
        gate.admit("svc-001", at)
    with pytest.raises(NotFiledError):
        gate.admit("svc-999", at)
    reporter.flush(at)
    reporter.flush(at)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["answer"] for line in lines] == ["admitted", "admitted", "not_filed"]
    assert lines[-1] == {
        "at": "2026-11-23T02:00:00Z",
        "service": UNKNOWN,
        "answer": "not_filed",
        "version": 9,
        "permit": None,
    }


def test_a_watcher_that_fails_changes_no_decision(client, at, caplog):
    class Failing(Reporter):
        def saw(self, decided: Decided) -> None:
            raise RuntimeError(decided.answer)

    gate = Gate(client, watchers=[Failing(Reporting())])
    assert gate.admit("svc-001", at).number
    assert "not noted" in caplog.text


def test_in_the_background_reports_go_out_by_themselves_and_at_the_end(client, receiver):
    reporter = Reporter(Reporting(to=receiver.url, every_for=timedelta(milliseconds=20)))
    gate = Gate(client, watchers=[reporter])
    with serving(check_server(gate)) as port:
        assert ask(port, "/check?service=svc-999")[0] == 403
        wait_until(lambda: receiver.reports)
        assert "openbeian_gate_reports_total" in ask(port, "/metrics")[2].decode()
        reporter._told = Reporting(to=receiver.url, every_for=timedelta(hours=1))
        assert ask(port, "/check?service=svc-998")[0] == 403
    assert sum(day.answers["not_filed"] for report in receiver.reports for day in report.days) == 2


def test_two_threads_that_start_at_once_start_one(receiver):
    reporter = Reporter(Reporting(to=receiver.url))
    reporter.stop()
    with reporter._lock:
        starters = [threading.Thread(target=reporter.start) for _ in range(2)]
        for starter in starters:
            starter.start()
        time.sleep(0.05)  # both now wait for the lock, having seen no thread
    for starter in starters:
        starter.join()
    reporter.start()
    try:
        assert [t.name for t in threading.enumerate()].count("openbeian-report") == 1
    finally:
        reporter.stop()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_tells_nothing_of_what_its_parent_counted(at):
    reporter = Reporter(Reporting())
    reporter.saw(decided(at=at))
    child = os.fork()
    if child == 0:
        os._exit(0 if reporter._tally.take().days == () else 1)
    assert os.waitpid(child, 0)[1] == 0
    _reset(weakref.ref(Reporter(Reporting())))  # gone by now
    assert reporter._tally.take().days
    reporter.saw(decided(at=at))
    _reset(weakref.ref(reporter))
    assert reporter._tally.take().days == ()


# --- the command ----------------------------------------------------------------------------------


def options(vectors, *more: str):
    snapshot, keys = str(vectors / "snapshot-permits.json"), str(vectors / "keys.json")
    return build_parser("en").parse_args(["serve", "--snapshot", snapshot, "--keys", keys, *more])


def test_the_command_reports_only_where_it_is_told_to(vectors, receiver, at_issue, tmp_path):
    assert build_reporting_gate(options(vectors))._watchers == ()
    key = tmp_path / "key"
    key.write_text("beian_key\n")
    told = ["--report-to", receiver.url, "--report-key", str(key), "--gate-name", "store-1"]
    gate = build_reporting_gate(options(vectors, *told, "--report-every", "3600"))
    gate.client.refresh(at_issue)
    gate.start()
    with pytest.raises(NotFiledError):
        gate.admit("svc-999", at_issue)
    gate.stop()
    assert receiver.reports[0].gate == "store-1"
    assert receiver.keys == ["Bearer beian_key"]


@pytest.mark.parametrize(
    ("more", "exit_code"),
    [
        (["--report-to", "ftp://register.example"], 2),
        (["--report-to", "http://127.0.0.1:1", "--report-key", "/nowhere/key"], 3),
    ],
)
def test_the_command_says_what_is_wrong_before_it_serves(vectors, more, exit_code, capsys):
    common = ["--snapshot", str(vectors / "snapshot-7.json"), "--keys", str(vectors / "keys.json")]
    assert main(["serve", *common, *more]) == exit_code
    assert "Traceback" not in capsys.readouterr().err


def test_the_command_needs_a_folder_it_can_write_to(vectors, tmp_path):
    (tmp_path / "reports").write_text("")
    common = ["--snapshot", str(vectors / "snapshot-7.json"), "--keys", str(vectors / "keys.json")]
    told = ["--decision-log", str(tmp_path / "log"), "--data", str(tmp_path)]
    assert main(["serve", *common, *told]) == 3


# --- the form -------------------------------------------------------------------------------------


def report(**changes: object) -> bytes:
    day = {"day": "2026-11-23", "answers": {"not_filed": 2}, "sightings": [], "others": 0}
    decision = {
        "at": "2026-11-23T02:00:00Z",
        "service": UNKNOWN,
        "answer": "revoked",
        "version": None,
        "permit": "P",
    }
    whole = {
        "schema": "openbeian.gate-report/1",
        "id": "ab" * 16,
        "gate": "store-1",
        "made_at": "2026-11-23T02:00:00Z",
        "days": [day | {"sightings": [{"service": UNKNOWN, "count": 2}]}],
        "permits": [{"number": "P", "trial_users": 1}],
        "decisions": [decision],
        "left_out": 0,
        "sampled": 100,
    }
    return json.dumps(whole | changes).encode()


def test_a_report_is_read_as_it_was_written():
    parsed = parse_report(report())
    assert parse_report(parsed.to_bytes()) == parsed
    assert parsed.decisions[0].permit == "P"
    assert parsed.decisions[0].version is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{" * 1000,
        b" " * (MAX_REPORT_BYTES + 1),
        report(schema="openbeian.gate-report/2"),
        report(id="../../etc/passwd"),
        report(gate="a b"),
        report(gate="\u0661"),
        report(made_at="now"),
        report(days=[{"day": "2026-11-23", "answers": {}, "sightings": [], "others": 0}] * 2),
        report(days=[{"day": "2026-02-30", "answers": {}, "sightings": [], "others": 0}]),
        report(days=[{"day": "2026-11-23", "answers": {"A": 1}, "sightings": [], "others": 0}]),
        report(days=[{"day": "2026-11-23", "answers": {"a": -1}, "sightings": [], "others": 0}]),
        report(days=[{"day": "2026-11-23", "answers": {f"a{'b' * n}": 1 for n in range(41)}}]),
        report(days=[{"day": "2026-11-23", "answers": {}, "sightings": [{"service": "x", "count": 1}]}]),
        report(permits=[{"number": "P" * 65, "trial_users": 1}]),
        report(decisions=[{"at": "2026-11-23T02:00:00Z"}]),
        report(left_out="many"),
    ],
)
def test_what_is_no_report_is_refused(data):
    with pytest.raises(MalformedError):
        parse_report(data)
