"""The command: what it says, in which language, and with which exit code."""

import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from datetime import UTC, datetime

import pytest

from openbeian_gate import clock
from openbeian_gate.cli import main
from openbeian_gate.messages import COMMANDS


@pytest.fixture
def run(capsys, vectors, at_issue):
    """Run a command with the golden keys; return exit code, what it said, what it complained of."""

    def run(*arguments: object, keys="keys.json", lang="en") -> tuple[int, str, str]:
        code = main([*map(str, arguments), "--keys", str(vectors / keys), "--lang", lang])
        return code, *capsys.readouterr()

    return run


def test_check_admits_by_id_and_by_number(run, vectors):
    for subject in ("svc-001", "GD-20261123-0001"):
        code, said, _ = run("check", subject, "--snapshot", vectors / "snapshot-7.json")
        assert code == 0
        assert "GD-20261123-0001" in said
        assert "not an endorsement" in said


def test_check_refuses_with_the_reason_in_the_language_asked_for(run, vectors):
    snapshot = vectors / "snapshot-7.json"
    assert run("check", "svc-003", "--snapshot", snapshot)[:2] == (
        1,
        'The filing of "svc-003" was revoked, and it may no longer be offered; to offer it, file anew.\n',
    )
    assert "已被撤销" in run("check", "svc-003", "--snapshot", snapshot, lang="zh")[1]


def test_check_answers_in_json_for_machines(run, vectors):
    snapshot = vectors / "snapshot-7.json"
    code, said, _ = run("check", "svc-001", "--snapshot", snapshot, "--json")
    assert (code, json.loads(said)["admitted"], json.loads(said)["freshness"]) == (0, True, "fresh")
    code, said, _ = run("check", "svc-999", "--snapshot", snapshot, "--json")
    assert (code, json.loads(said)["admitted"], json.loads(said)["code"]) == (1, False, "not_filed")


def test_check_without_a_register_could_not_run(run, tmp_path):
    code, said, complained = run("check", "svc-001", "--snapshot", tmp_path / "none")
    assert code == 3
    assert "No register snapshot" in said
    assert "cannot be read" in complained


def test_check_with_the_wrong_keys_says_so(run, vectors):
    code, _, complained = run(
        "check", "svc-001", "--snapshot", vectors / "snapshot-7.json", keys="stranger.json"
    )
    assert code == 3
    assert "No trusted key has signed" in complained


def test_check_from_an_address_keeps_the_snapshot(run, register, tmp_path):
    keep = tmp_path / "last.json"
    assert run("check", "svc-001", "--snapshot", register.url, "--keep", keep)[0] == 0
    register.status = 500
    assert run("check", "svc-001", "--snapshot", register.url, "--keep", keep)[0] == 0


def test_status_shows_the_snapshot_or_why_there_is_none(run, vectors, tmp_path):
    code, said, _ = run("status", "--snapshot", vectors / "snapshot-7.json")
    assert code == 0
    assert "fresh" in said
    code, said, _ = run("status", "--snapshot", tmp_path / "none", "--json")
    assert (code, json.loads(said)["error"]) == (3, "unreachable")


def test_verify_confirms_a_genuine_certificate(run, vectors):
    code, said, _ = run("verify", vectors / "certificate.json")
    assert code == 0
    assert "问山" in said
    assert "证书成立" in run("verify", vectors / "certificate.json", lang="zh")[1]


def test_verify_confirms_that_it_was_logged(run, vectors, facts):
    proved = ("verify", vectors / "certificate.json", "--proof", vectors / "certificate.tlog-proof")
    code, said, _ = run(*proved, "--origin", facts["origin"])
    assert code == 0
    assert "Logged as entry 260 of 300" in said
    answer = json.loads(run(*proved, "--json")[1])
    assert (answer["logged"], answer["log_index"], answer["certificate"]["number"]) == (
        True,
        260,
        "GD-20261123-0001",
    )


def test_verify_refuses_what_does_not_hold(run, vectors, tmp_path, monkeypatch):
    certificate = vectors / "certificate.json"
    forged = tmp_path / "forged.json"
    forged.write_bytes(certificate.read_bytes().replace(b"svc-001", b"svc-002"))
    for arguments, complaint in (
        ((forged,), "altered"),
        ((vectors / "keys.json",), "get the file again"),
        ((certificate, "--proof", vectors / "other-entry.tlog-proof"), "another certificate"),
        ((certificate, "--proof", vectors / "certificate.tlog-proof", "--origin", "other"), "not of"),
    ):
        code, _, complained = run("verify", *arguments)
        assert code == 1
        assert complaint in complained
    assert run("verify", certificate, keys="stranger.json")[0] == 1
    code, said, _ = run("verify", forged, "--json")
    assert (code, json.loads(said)["error"]) == (1, "bad_signature")


def test_verify_says_when_the_term_has_ended_by_the_day_in_china(run, vectors, monkeypatch):
    ended = vectors / "certificate-ended.json"  # its last day is 2026-11-23
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    assert run("verify", ended)[0] == 0
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    code, said, _ = run("verify", ended)
    assert code == 1
    assert "expired" in said


def test_verify_reads_a_credential_whole_or_with_facts_left_out(run, vectors, tmp_path, monkeypatch):
    whole = vectors / "certificate.sd-jwt"
    code, said, _ = run("verify", whole)
    assert (code, "The credential holds: GD-20261123-0001" in said, "left out" in said) == (0, True, False)
    jwt, *disclosures = whole.read_bytes().rstrip(b"~").split(b"~")
    partly = tmp_path / "partly.sd-jwt"
    partly.write_bytes(b"~".join([jwt, disclosures[0], b""]))
    assert "left out 5 facts" in run("verify", partly)[1]
    assert "隐去了 5 项" in run("verify", partly, lang="zh")[1]
    shown = json.loads(run("verify", partly, "--json")[1])
    assert (shown["withheld"], shown["credential"]["service"]) == (5, {"id": "svc-001", "name": "问山"})
    assert run("verify", whole, keys="stranger.json")[0] == 1
    code, _, complained = run("verify", whole, "--witnesses", 1)
    assert (code, "give --proof" in complained) == (2, True)
    monkeypatch.setattr(clock, "now", lambda: datetime(2029, 11, 22, 16, tzinfo=UTC))
    assert run("verify", whole)[0] == 1


def test_verify_reads_a_log_proof_alone(run, vectors, facts, tmp_path):
    code, said, _ = run("verify", vectors / "other-entry.tlog-proof")
    assert code == 0
    assert "holds it as entry 7 of 300, witnesses: 0: application.submitted, application-7" in said
    shown = json.loads(run("verify", vectors / "certificate.tlog-proof", "--json")[1])
    assert (shown["origin"], shown["entry"]["kind"]) == (facts["origin"], "certificate.issued")
    assert run("verify", vectors / "other-entry.tlog-proof", "--witnesses", 1)[0] == 1
    assert run("verify", vectors / "other-entry.tlog-proof", keys="stranger.json")[0] == 1
    head, _, rest = (vectors / "other-entry.tlog-proof").read_bytes().partition(b"extra ")
    bare = tmp_path / "bare.tlog-proof"
    bare.write_bytes(head + rest.partition(b"\n")[2])
    code, _, complained = run("verify", bare)
    assert (code, "carries no entry" in complained) == (1, True)


def test_verify_of_a_missing_file_could_not_run(run, tmp_path):
    code, _, complained = run("verify", tmp_path / "none.json")
    assert code == 3
    assert "check the path" in complained


def test_keys_that_cannot_be_used_are_wrong_use(run, vectors, tmp_path):
    for keys in ("none.json", "certificate.json"):
        code, _, complained = run("verify", vectors / "certificate.json", keys=keys)
        assert code == 2
        assert "key file" in complained


@pytest.mark.parametrize(
    "arguments", [[], ["check"], ["fly"], ["verify", "x"], ["check", "x", "--lang", "fr"]]
)
def test_wrong_use_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("asked", "word"), [(["--lang", "zh"], "示例"), (["--lang=en"], "example")])
def test_every_command_explains_itself_with_an_example(command, asked, word, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, *asked, "--help"])
    help_text = capsys.readouterr().out
    assert end.value.code == 0
    assert f"{word}:\n  beian-gate {command} " in help_text


@pytest.mark.parametrize(("lang", "word"), [("zh_CN.UTF-8", "退出码"), ("C", "Exit codes")])
def test_without_being_asked_it_speaks_the_language_of_the_machine(lang, word, capsys, monkeypatch):
    monkeypatch.setenv("LANG", lang)
    monkeypatch.setattr(sys, "argv", ["beian-gate", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert word in capsys.readouterr().out


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def ask_then_interrupt(address: str, answers: list[int]) -> None:
    for _ in range(500):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  our own server
                answers.append(answer.status)
            break
        except OSError:
            time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("command", ["serve", "proxy"])
def test_the_servers_serve_until_interrupted(run, register, vectors, command):
    port, answers = free_port(), []
    path = "check?service=svc-001" if command == "serve" else "snapshot.json"
    asking = threading.Thread(target=ask_then_interrupt, args=(f"http://127.0.0.1:{port}/{path}", answers))
    asking.start()
    behind = ["--upstream", register.url.rpartition("/")[0], "--service", "svc-001"]
    code, _, _ = run(
        command,
        "--snapshot",
        vectors / "snapshot-7.json",
        "--port",
        port,
        "--poll",
        "0.05",
        *(behind if command == "proxy" else []),
    )
    asking.join()
    assert code == 0
    assert answers == [204 if command == "serve" else 200]


@pytest.mark.parametrize(("command", "missing"), [("serve", "uvicorn"), ("proxy", "aiohttp")])
def test_serving_without_its_extra_says_what_to_install(run, vectors, monkeypatch, command, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "openbeian_gate.proxy", raising=False)
    behind = ["--upstream", "http://127.0.0.1:1", "--service", "svc-001"] if command == "proxy" else []
    code, _, complained = run(command, "--snapshot", vectors / "snapshot-7.json", *behind)
    assert code == 3
    assert "openbeian-gate[serve]" in complained
