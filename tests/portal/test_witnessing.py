"""The portal asks real witnesses, started as anybody starts them, and says loudly what they have seen."""

import contextlib
import http.client
import json
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from openbeian.core.errors import BadInputError
from openbeian.portal.filings.publishing import enter_witnesses, open_for_publishing, publish_everything
from openbeian.portal.log.models import WitnessState
from openbeian.portal.log.outbox import append
from openbeian.portal.log.witnessing import configured_witnesses, cosign
from openbeian.portal.signing import load_signer, publish_keys
from openbeian.portal.statistics.log_state import log_state
from openbeian.trust.log import TileLog
from openbeian.trust.notes import verifier_key
from openbeian_gate.verify.checkpoint import parse_checkpoint
from openbeian_gate.verify.cosignatures import check_witnessed
from openbeian_gate.verify.keys import load_keys
from openbeian_gate.witness.key import WitnessKey
from tests.portal.factories import AT

pytestmark = pytest.mark.django_db
NAME = "witness.example/notary"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def witness_running(home: Path, port: int) -> Iterator[None]:
    """Run `beian-gate witness` until the end of the block."""
    command = [sys.executable, "-m", "openbeian_gate", "witness", "--name", NAME, "--port", str(port)]
    command += ["--key", str(home / "witness.pem"), "--state", str(home / "witness")]
    command += ["--log", "beian.local/log", "--keys", str(home / "public" / "keys.json")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while not answers(port):
            assert process.poll() is None
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()


@pytest.fixture
def port(home, settings) -> int:
    """Configure one witness, which does not run yet; return its port."""
    publish_keys()
    key, chosen = WitnessKey.load_or_create(NAME, home / "witness.pem"), free_port()
    settings.BEIAN_WITNESSES = [f"http://127.0.0.1:{chosen} {key.verifier_key}"]
    return chosen


def state() -> WitnessState:
    return WitnessState.objects.get()


def page(client) -> str:
    return client.get("/log/", headers={"accept-language": "en"}).content.decode()


def test_each_checkpoint_is_cosigned_and_a_witness_that_is_away_is_asked_again(home, port, client, caplog):
    log, witnesses = open_for_publishing(), enter_witnesses()
    assert "About to be asked" in page(client)
    append("test.happened", "s-1", facts={}, hashes={}, at=AT)
    with witness_running(home, port):
        _, snapshot = publish_everything(log, at=AT, witnesses=witnesses)
        served = b"".join(client.get("/log/checkpoint"))
        keys = load_keys(home / "public" / "witnesses.json")
        (seen,) = check_witnessed(parse_checkpoint(served), keys, at_least=1)
        assert (seen.name, state().outcome, state().cosigned_size) == (NAME, "cosigned", 1)
        carried = json.loads((home / "public" / "snapshot.json").read_bytes())["snapshot"]["checkpoint"]
        assert (carried.encode(), snapshot.version) == (served, 1)
        assert cosign(log, witnesses, at=AT) == 0
    assert "Up to date" in page(client)
    assert "1 <small>/ 1</small>" in page(client)
    assert (log_state().witnesses, log_state().witnesses_asked) == (1, 1)

    append("test.happened", "s-2", facts={}, hashes={}, at=AT)
    assert publish_everything(log, at=AT, witnesses=witnesses)[0] == 1
    assert (state().outcome, state().failures, log_state().witnesses) == ("unreachable", 1, 0)
    assert "no cosignature for size 2" in caplog.text
    shown = page(client)
    assert "Behind, asked again" in shown
    assert "1 of 2" in shown
    # It is left alone until its pause is over, and the pause grows.
    assert cosign(log, witnesses, at=AT + timedelta(seconds=1)) == 0
    assert state().failures == 1
    cosign(log, witnesses, at=AT + timedelta(seconds=2))
    assert (state().failures, state().ask_at) == (2, AT + timedelta(seconds=6))
    with witness_running(home, port):
        assert cosign(log, witnesses, at=AT + timedelta(seconds=6)) == 1
    assert (state().cosigned_size, state().failures, state().ask_at) == (2, 0, None)
    assert "cosigns again" in caplog.text


def test_a_witness_that_saw_another_history_is_reported_and_never_forgotten(home, port, client, caplog):
    log, witnesses = open_for_publishing(), enter_witnesses()
    other = TileLog(home / "other", load_signer(), origin="beian.local/log")
    with witness_running(home, port):
        other.append([b"another", b"history"], at=AT)
        assert cosign(other, witnesses, at=AT) == 1
        append("test.happened", "s-1", facts={}, hashes={}, at=AT)
        assert publish_everything(log, at=AT, witnesses=witnesses)[0] == 1
    assert (state().outcome, state().contradicted_at, state().contradicted_size) == ("contradicted", AT, 1)
    assert [one.levelno for one in caplog.records if "EQUIVOCATION" in one.message] == [logging.ERROR]
    shown = page(client)
    assert f"Witness {NAME} has seen another history of this log" in shown
    assert "Saw another history" in shown
    assert log_state().contradicted == 1


def test_a_witness_no_longer_configured_is_not_asked_but_what_it_saw_stays(port, settings, client):
    enter_witnesses()
    WitnessState.objects.update(contradicted_at=AT, contradicted_size=3)
    settings.BEIAN_WITNESSES = []
    assert enter_witnesses() == ()
    assert "has seen another history" in page(client)
    WitnessState.objects.update(contradicted_at=None)
    assert "No witness is asked yet" in page(client)
    assert str(state()) == NAME


def test_the_sequencer_asks_the_witnesses_and_goes_on_without_them(home, port, capsys):
    append("test.happened", "s-1", facts={}, hashes={}, at=AT)
    call_command("sequencer", once=True)
    assert "log: 1 entries, size 1" in capsys.readouterr().out
    assert state().outcome == "unreachable"
    assert load_keys(home / "public" / "witnesses.json").for_use("witness")


def test_a_witness_that_goes_on_failing_is_reported_now_and_then(port, caplog):
    log, witnesses = open_for_publishing(), enter_witnesses()
    log.append([], at=AT)
    for hour in range(20):
        cosign(log, witnesses, at=AT + timedelta(hours=hour))
    assert [one.args[1] for one in caplog.records if "no cosignature" in one.message] == [1, 10, 20]
    assert state().ask_at == AT + timedelta(hours=19, seconds=300)


def test_miswritten_witnesses_stop_the_sequencer_with_a_sentence(port, settings):
    (right,) = settings.BEIAN_WITNESSES
    settings.BEIAN_WITNESSES = [right, right]
    with pytest.raises(BadInputError, match="twice"):
        configured_witnesses()
    log_key = verifier_key(load_signer(), "beian.local/log")
    for wrong in ("", "https://witness.example", f"ftp{right[4:]}", f"https://witness.example {log_key}"):
        settings.BEIAN_WITNESSES = [wrong]
        with pytest.raises(BadInputError, match="should be an address and a verifier key"):
            enter_witnesses()
