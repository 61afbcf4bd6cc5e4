"""Sandbox permits at the gate: who, for what, until when; never more trial users than there are places."""

import asyncio
import base64
import json
import os
import sqlite3
import threading
import weakref
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_gate_middleware import ask, get, page, stream
from test_gate_server import ask as request
from test_gate_server import serving

from openbeian_gate import asgi, wsgi
from openbeian_gate.cli import main
from openbeian_gate.client import SnapshotClient
from openbeian_gate.errors import MalformedError
from openbeian_gate.gate import Gate
from openbeian_gate.litellm_hook import FilingHook, ServiceRefusedError
from openbeian_gate.policy import NOBODY, Admission, Freshness, Visitor, decide
from openbeian_gate.proxy import guarded_proxy
from openbeian_gate.refusals import (
    NotATesterError,
    NotFiledError,
    PermitEndedError,
    PermitFullError,
    PermitNotBegunError,
    PermitUncountedError,
    RegistryUnavailableError,
    SuspendedError,
    UseNotPermittedError,
)
from openbeian_gate.server import check_server
from openbeian_gate.trial_users import TrialUsers, _renew_lock
from openbeian_gate.verify.fields import Fields
from openbeian_gate.verify.permits import MAX_TESTERS, NO_PERMITS, Permit, PermitTable
from openbeian_gate.verify.snapshot import parse_snapshot, verify_snapshot

DAY = timedelta(days=1)
TESTER = Visitor("tester-1", "evaluation")
TRIAL = "Guangdong-SP202611230001"
QUOTA = 3  # 7 trial users among 2 gates


@pytest.fixture(scope="module")
def snapshot(vectors, keys):
    data = (vectors / "snapshot-permits.json").read_bytes()
    return verify_snapshot(parse_snapshot(data), keys)


@pytest.fixture
def client(vectors, keys, at_issue):
    client = SnapshotClient(vectors / "snapshot-permits.json", keys)
    client.refresh(at_issue)
    yield client
    client.stop()


@pytest.fixture
def gate(client) -> Gate:
    return Gate(client)


def trial(name: str, use: str = "trial") -> Visitor:
    return Visitor(name, use)


# --- the rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "visitor", "answer"),
    [
        ("svc-901", TESTER, "Guangdong-SP202611230002"),
        ("svc-901", Visitor("office-1", "trial"), "Guangdong-SP202611230002"),
        ("Guangdong-SP202611230002", TESTER, "Guangdong-SP202611230002"),
        ("svc-901", Visitor("tester-2", "trial"), NotATesterError),
        ("svc-901", Visitor("", "trial"), NotATesterError),
        ("svc-901", NOBODY, UseNotPermittedError),
        ("svc-901", Visitor("tester-1", "research"), UseNotPermittedError),
        ("svc-901", Visitor("t" * 257, "trial"), NotATesterError),
        ("svc-901", Visitor("tester-\udcff", "trial"), NotATesterError),
        ("svc-902", TESTER, PermitEndedError),
        ("svc-903", TESTER, PermitNotBegunError),
        ("svc-904", TESTER, PermitEndedError),
        ("svc-905", TESTER, "Guangdong-SP202611230007"),
        ("svc-002", TESTER, SuspendedError),
        ("svc-999", TESTER, NotFiledError),
        ("svc-901" * 100, TESTER, NotFiledError),
    ],
)
def test_who_may_use_what_is_not_on_file_and_for_what(snapshot, at, subject, visitor, answer):
    if isinstance(answer, str):
        assert decide(snapshot, subject, at, visitor) == Admission(subject, "", 9, Freshness.FRESH, answer)
    else:
        with pytest.raises(answer):
            decide(snapshot, subject, at, visitor)


@pytest.mark.parametrize(
    ("after", "answer"),
    [
        (timedelta(0), None),
        (timedelta(minutes=59, seconds=59), None),
        (timedelta(hours=1), PermitEndedError),
        (2 * DAY, RegistryUnavailableError),
    ],
)
def test_a_permit_holds_to_the_second_and_no_longer_than_the_snapshot(snapshot, at, after, answer):
    if answer is None:
        assert decide(snapshot, "svc-905", at + after, TESTER).permit
    else:
        with pytest.raises(answer):
            decide(snapshot, "svc-905", at + after, TESTER)


def test_an_unnamed_user_and_one_who_is_not_counted_get_nowhere(snapshot, at):
    for visitor in (Visitor("", "trial"), trial("somebody")):
        with pytest.raises(NotATesterError):
            decide(snapshot, "svc-900", at, visitor)


def test_refusals_under_a_permit_explain_themselves_in_both_languages(gate, at):
    with pytest.raises(PermitEndedError) as refused:
        gate.admit("svc-902", at, TESTER)
    problem = refused.value.problem()
    assert (problem["status"], problem["type"]) == (403, "urn:openbeian:refusal:permit_ended")
    assert "沙盒许可" in problem["detail_zh"]
    assert "svc-902" in problem["detail"]


# --- the places -----------------------------------------------------------------------------------


def test_as_many_trial_users_as_the_quota_have_a_place_for_good(gate, at):
    for name in ("a", "b", "c", "a"):
        assert gate.admit("svc-900", at, trial(name)).permit == TRIAL
    with pytest.raises(PermitFullError):
        gate.admit("svc-900", at, trial("d"))
    assert gate.admit("svc-900", at, trial("b", "evaluation")).permit == TRIAL
    assert gate.admit("svc-900", at, TESTER).permit == TRIAL
    assert gate.trials.counts() == {TRIAL: QUOTA}


def test_asking_takes_no_place(gate, at):
    for name in "abcdef":
        assert gate.ask("svc-900", at, trial(name)).permit == TRIAL
    assert gate.trials.counts() == {}


def test_places_last_over_restarts_and_are_shared_by_the_processes_of_a_machine(client, at, tmp_path):
    folder = tmp_path / "gate"
    first, second = (Gate(client, trials=TrialUsers(folder)) for _ in range(2))
    first.admit("svc-900", at, trial("a"))
    second.admit("svc-900", at, trial("b"))
    second.admit("svc-900", at, trial("a"))
    third = Gate(client, trials=TrialUsers(folder))
    third.admit("svc-900", at, trial("c"))
    for gate in (first, second, third):
        with pytest.raises(PermitFullError):
            gate.admit("svc-900", at, trial("d"))
        assert gate.ask("svc-900", at, trial("b"))
        assert gate.trials.counts() == {TRIAL: QUOTA}


def test_the_file_holds_nobodys_name_and_is_its_owners_alone(client, at, tmp_path):
    Gate(client, trials=TrialUsers(tmp_path)).admit("svc-900", at, trial("zhang.san@example.com"))
    (file,) = tmp_path.iterdir()
    assert b"zhang" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_when_a_permit_has_ended_its_places_are_erased_once(client, at, tmp_path):
    for trials in (TrialUsers(tmp_path), TrialUsers()):
        gate = Gate(client, trials=trials)
        gate.admit("svc-900", at, trial("a"))
        held = client.snapshot.permits.find("svc-900", at)
        trials.forget(held.number)
        assert trials.counts() == {}
        trials.forget(held.number)
    with pytest.raises(PermitEndedError):
        gate.admit("svc-902", at, TESTER)
    gate._forget("svc-999", at)  # a new snapshot may have come in between, without the permit


def test_a_quota_made_smaller_holds_for_those_who_came_last(snapshot, at):
    trials = TrialUsers()
    held = snapshot.permits.find("svc-900", at)
    for name in "abc":
        assert trials.admits(held, name)
    smaller = Permit(**{name: getattr(held, name) for name in held.__slots__} | {"trial_users": 4})
    assert [trials.admits(smaller, name) for name in "abc"] == [True, True, False]


def test_what_cannot_be_counted_is_refused(client, at, tmp_path, monkeypatch):
    gate = Gate(client, trials=TrialUsers(tmp_path))
    gate.admit("svc-900", at, trial("a"))
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(PermitUncountedError) as refused:
        gate.admit("svc-900", at, trial("b"))
    assert refused.value.status == 503
    assert gate.admit("svc-900", at, trial("a"))
    with pytest.raises(PermitEndedError):  # though its places can't be erased now
        gate.admit("svc-902", at, TESTER)
    assert list(gate.measures()) == []
    with pytest.raises(OSError, match="trial users"):
        TrialUsers(tmp_path)


def test_two_processes_that_see_the_same_user_at_once_give_one_place(client, at, tmp_path):
    one, other = TrialUsers(tmp_path), TrialUsers(tmp_path)
    held = client.snapshot.permits.find("svc-900", at)
    threads = [
        threading.Thread(target=trials.admits, args=(held, name))
        for name in "abab"
        for trials in (one, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one.counts() == other.counts() == {TRIAL: 2}


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_of_a_server_that_forks_goes_on_from_the_same_file(client, at, tmp_path):
    trials = TrialUsers(tmp_path)
    held = client.snapshot.permits.find("svc-900", at)
    with trials._lock:  # held by another thread at the moment of the fork
        child = os.fork()
        if child == 0:
            os._exit(0 if trials.admits(held, "a") else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert trials.counts() == {TRIAL: 1}
    before = trials._lock
    _renew_lock(weakref.ref(trials))
    _renew_lock(weakref.ref(TrialUsers()))  # gone by now
    assert trials._lock is not before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    visits=st.lists(st.tuples(st.sampled_from(["", *"abcdefgh", "tester-1"]), st.booleans()), max_size=40),
    quotas=st.lists(st.integers(0, 5), min_size=2, max_size=2),
    kept=st.booleans(),
)
def test_never_more_users_than_places_are_admitted_and_nobody_unnamed(
    snapshot, at, tmp_path_factory, *, visits, quotas, kept
):
    held = snapshot.permits.find("svc-900", at)
    trials = TrialUsers(tmp_path_factory.mktemp("places") if kept else None)
    for quota in sorted(quotas, reverse=True):
        values = {name: getattr(held, name) for name in held.__slots__}
        permits = PermitTable([Permit(**values | {"trial_users": quota, "gates": 1})])
        told = type(snapshot)(
            **{name: getattr(snapshot, name) for name in snapshot.__slots__} | {"permits": permits}
        )
        admitted: set[str] = set()
        for user, right in visits:
            visitor = Visitor(user, "trial" if right else "other")
            try:
                decide(told, "svc-900", at, visitor, trials.admits)
            except (NotATesterError, PermitFullError, UseNotPermittedError):
                continue
            assert right
            admitted.add(user)
        assert "" not in admitted
        assert len(admitted - {"tester-1"}) <= quota


# --- on the wire ----------------------------------------------------------------------------------


def test_the_middleware_passes_the_user_on(gate):
    user = asgi.from_header("X-User")
    guarded = asgi.FilingGate(stream, gate, subject="svc-900", user=user, use="trial")
    named = [(b"x-user", b"a")]
    start = ask(guarded, headers=named)[0]
    assert start["status"] == 200
    assert (b"openbeian-sandbox-permit", TRIAL.encode()) in start["headers"]
    assert not [pair for pair in start["headers"] if pair[0] == b"openbeian-filing-number"]
    refused = ask(guarded)
    assert (refused[0]["status"], json.loads(refused[1]["body"])["code"]) == (403, "not_a_tester")

    by_wsgi = wsgi.FilingGate(page, gate, subject="svc-900", user=wsgi.from_header("X-User"), use="trial")
    status, headers, _ = get(by_wsgi, HTTP_X_USER="a")
    assert (status, headers["Openbeian-Sandbox-Permit"]) == ("200 OK", TRIAL)
    assert "Openbeian-Filing-Number" not in headers
    assert json.loads(get(by_wsgi)[2][0])["code"] == "not_a_tester"


def test_the_check_server_takes_user_and_use_from_the_address_or_from_headers(gate):
    with serving(check_server(gate)) as port:
        status, headers, _ = request(port, "/check?service=svc-900&user=a&use=trial")
        assert (status, headers["openbeian-sandbox-permit"]) == (204, TRIAL)
        named = {"X-Openbeian-User": "b", "X-Openbeian-Use": "trial"}
        assert request(port, "/check?service=svc-900", headers=named)[0] == 204
        assert request(port, "/envoy/svc-900/v1?user=c", headers=named)[0] == 200
        assert request(port, "/check?service=svc-900&user=&use=trial", headers=named)[0] == 403
        assert request(port, "/check?service=svc-900&user=c&use=trial")[0] == 204
        _, _, body = request(port, "/check?service=svc-900&user=d&use=trial")
        assert json.loads(body)["code"] == "permit_full"
        _, _, body = request(port, "/explain?service=svc-900&user=d&use=trial")
        assert json.loads(body)["code"] == "permit_full"
        text = request(port, "/metrics")[2].decode()
        assert 'openbeian_gate_decisions_total{answer="admitted_by_permit"} 4' in text
        assert f'openbeian_gate_trial_users{{permit="{TRIAL}"}} 3' in text
        assert "openbeian_gate_snapshot_permits 8" in text


def test_the_proxy_passes_the_user_on(gate):
    app = guarded_proxy("http://127.0.0.1:1", gate, service="svc-900", user_header="X-User", use="trial")
    with serving(app) as port:
        assert request(port, "/", headers={"X-User": "a"})[0] == 502  # let through, and nobody behind
        assert json.loads(request(port, "/")[2])["code"] == "not_a_tester"


def test_litellm_passes_on_whom_it_knows_and_not_who_a_caller_says_they_are(vectors, at_issue, tmp_path):
    class Key:
        user_id = "a"

    hook = FilingHook(
        snapshot=str(vectors / "snapshot-permits.json"),
        keys=str(vectors / "keys.json"),
        folder=str(tmp_path),
        use="trial",
    )
    call = {"model": "svc-900", "user": "tester-1"}
    try:
        assert asyncio.run(hook.async_pre_call_hook(Key(), object(), call, "completion")) is call
        with pytest.raises(ServiceRefusedError) as refused:
            asyncio.run(hook.async_pre_call_hook(object(), object(), call, "completion"))
        assert refused.value.code == "not_a_tester"
    finally:
        hook._gate.stop()


def test_the_command_says_whether_a_user_would_be_let_in(vectors, at_issue, tmp_path, capsys):
    common = ["--snapshot", str(vectors / "snapshot-permits.json"), "--keys", str(vectors / "keys.json")]
    allowed = ["check", "svc-900", "--user", "a", "--use", "trial", "--data", str(tmp_path), *common]
    for _ in range(QUOTA + 1):
        assert main([*allowed, "--lang", "zh"]) == 0
    assert "沙盒许可" in capsys.readouterr().out
    assert main([*allowed, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["permit"] == TRIAL
    assert main(["check", "svc-900", *common, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "use_not_permitted"
    (tmp_path / "file").write_text("")
    assert main(["check", "svc-900", "--data", str(tmp_path / "file"), *common]) == 3


# --- the form -------------------------------------------------------------------------------------


def test_a_snapshot_made_before_there_were_permits_has_none(vectors, keys):
    data = (vectors / "snapshot-7.json").read_bytes()
    assert b"permits" not in data
    assert verify_snapshot(parse_snapshot(data), keys).permits is NO_PERMITS


@pytest.mark.parametrize(
    "change",
    [
        {"number": ""},
        {"number": "x" * 65},
        {"service": base64.b64encode(b"short").decode()},
        {"begins_at": "2027-01-01T00:00:00Z"},
        {"ended": 1},
        {"uses": []},
        {"uses": [""]},
        {"uses": "trial"},
        {"salt": ""},
        {"testers": base64.b64encode(b"b" * 16 + b"a" * 16).decode()},
        {"testers": base64.b64encode(b"b" * 17).decode()},
        {"testers": base64.b64encode(bytes(16 * (MAX_TESTERS + 1))).decode()},
        {"trial_users": -1},
        {"gates": 0},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_no_permit_is_refused(vectors, change):
    listed = json.loads((vectors / "snapshot-permits.json").read_bytes())["snapshot"]["permits"]
    assert PermitTable.parse(Fields({"permits": listed}, "snapshot")).to_json() == listed
    with pytest.raises(MalformedError):
        PermitTable.parse(Fields({"permits": [listed[0] | change]}, "snapshot"))


def test_two_permits_of_one_number_are_refused(vectors):
    listed = json.loads((vectors / "snapshot-permits.json").read_bytes())["snapshot"]["permits"]
    with pytest.raises(MalformedError):
        PermitTable.parse(Fields({"permits": [listed[0], listed[0]]}, "snapshot"))


def test_of_each_user_the_file_keeps_sixteen_bytes(client, at, tmp_path):
    gate = Gate(client, trials=TrialUsers(tmp_path))
    gate.admit("svc-900", at, trial("a"))
    places = sqlite3.connect(tmp_path / "trial-users.sqlite3")
    ((permit, rank, person),) = places.execute("SELECT permit, rank, person FROM place")
    places.close()
    assert (permit, rank, len(person)) == (TRIAL, 0, 16)
