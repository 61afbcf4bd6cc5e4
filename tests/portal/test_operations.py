"""Running the portal: probes, figures and log lines."""

import json
import logging
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from openbeian import clock
from openbeian.portal import server
from openbeian.portal.log.outbox import append
from openbeian.portal.operations.health import look, unpublished_for
from openbeian.portal.operations.log_format import JSONFormatter
from openbeian.portal.operations.request_ids import current_request_id, request_id_for
from tests.portal.factories import AT


def _line(record: logging.LogRecord) -> dict[str, object]:
    written = JSONFormatter().format(record)
    assert "\n" not in written
    return json.loads(written)


def test_a_live_portal_says_so_to_anybody_without_a_database_or_a_known_host(settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/healthz", headers={"host": "10.1.2.3"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store"


def test_a_portal_is_ready_when_it_has_all_it_needs(db, settings):
    settings.BEIAN_DISK_LEFT_MIB = 0
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json()["checks"]) == {"database", "migrations", "log", "disk"}
    append("tried", "x", facts={}, hashes={}, at=clock.now() - timedelta(minutes=2))
    unready = Client().get("/readyz")
    assert unready.status_code == 503
    assert [name for name, one in unready.json()["checks"].items() if not one["ok"]] == ["log"]


def test_what_can_not_be_looked_at_is_not_well(db, settings, monkeypatch):
    settings.BEIAN_HOME = settings.BEIAN_HOME / "gone"
    monkeypatch.setattr("openbeian.portal.operations.health.unpublished_for", _refuse)
    findings = look(at=AT)
    assert (findings["disk"], findings["log"]) == ((False, "FileNotFoundError"), (False, "DatabaseError"))
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1))
    assert look(at=AT)["disk"] == (False, "0 MiB left")


def _refuse(*, at: datetime) -> timedelta:
    raise DatabaseError("connection to 10.0.0.1 refused for user beian")


def test_nothing_waits_for_the_log_where_nothing_was_written(db):
    assert unpublished_for(at=AT) == timedelta(0)


def test_figures_are_for_this_machine_or_for_who_has_the_token(db, settings):
    assert Client().get("/metrics").status_code == 404
    settings.BEIAN_METRICS = True
    assert Client().get("/metrics").status_code == 200
    assert Client(headers={"x-forwarded-for": "198.51.100.7"}).get("/metrics").status_code == 404
    assert Client(REMOTE_ADDR="198.51.100.7").get("/metrics").status_code == 404
    settings.BEIAN_METRICS_TOKEN = "s3cret"
    assert Client().get("/metrics").status_code == 404
    assert Client(headers={"authorization": "Bearer s3crét"}).get("/metrics").status_code == 404
    assert Client(headers={"authorization": "Bearer s3cret"}).get("/metrics").status_code == 200


def test_requests_are_counted_by_route_and_never_by_address(db, settings, cast):
    settings.BEIAN_METRICS = True
    client = Client()
    client.get("/register/Guangdong-Nobody-202601010001/")
    client.get("/no/such/page/")
    client.generic("BREW", "/check/")
    append("tried", "x", facts={}, hashes={}, at=clock.now() - timedelta(minutes=2))
    text = client.get("/metrics").content.decode()
    assert "Nobody" not in text
    assert 'beian_requests_total{method="GET",route="(none)",status="404"}' in text
    assert 'method="OTHER",route="check/"' in text
    assert "beian_log_unpublished_entries 1.0" in text
    lag = next(line for line in text.splitlines() if line.startswith("beian_log_lag_seconds"))
    assert float(lag.split()[1]) >= 120
    assert "beian_outbox_age_seconds 0.0" in text


def test_web_processes_count_together_and_one_that_ends_is_forgotten(tmp_path, monkeypatch):
    """In a process of its own, because what counts is told where as it is loaded."""
    code = (
        "import os; from openbeian.portal import server; server._share_metrics(); server.set_up()\n"
        "from openbeian.portal.operations.metrics import note_request\n"
        "note_request(route='a/', method='GET', status=200, took_s=0.1)\n"
        "from prometheus_client import generate_latest, CollectorRegistry\n"
        "from prometheus_client.multiprocess import MultiProcessCollector\n"
        "r = CollectorRegistry(); MultiProcessCollector(r)\n"
        "print(generate_latest(r).decode())\n"
        "server._forget_metrics_of(None, type('W', (), {'pid': os.getpid()}))\n"
    )
    environment = {**os.environ, "BEIAN_METRICS": "1", "BEIAN_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert 'beian_requests_total{method="GET",route="a/",status="200"} 1.0' in done.stdout, done.stderr
    monkeypatch.delenv("BEIAN_METRICS", raising=False)
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    server._share_metrics()
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ


def test_an_answer_carries_an_id_that_only_a_proxy_may_choose(db, settings, caplog):
    caplog.set_level(logging.INFO, "openbeian.access")
    ids = [Client(headers={"x-request-id": "proxy-chosen-1"}).get("/check/")["X-Request-ID"]]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ids.append(Client(headers={"x-request-id": "proxy-chosen-1"}).get("/check/?q=秘密")["X-Request-ID"])
    assert ids[0] != "proxy-chosen-1" == ids[1]
    assert request_id_for("x\ny", trusted=True) != "x\ny"
    assert "秘密" not in caplog.text
    line = _line(caplog.records[-1])
    assert (line["route"], line["status"], line["method"]) == ("check/", 200, "GET")
    assert current_request_id.get() == ""


def test_a_line_is_one_object_whatever_was_typed():
    typed = 'x\n{"level": "INFO", "message": "forged"}\r\u2028\x1b[31m'
    record = logging.LogRecord("openbeian", logging.WARNING, "f.py", 1, "typed: %s", (typed,), None)
    token = current_request_id.set("0123456789abcdef")
    told = _line(record)
    current_request_id.reset(token)
    assert told["message"] == f"typed: {typed}"
    assert told["request_id"] == "0123456789abcdef"
    assert datetime.fromisoformat(str(told["time"])).tzinfo == UTC
    with pytest.raises(ZeroDivisionError) as raised:
        _ = 1 / 0
    record.exc_info = (raised.type, raised.value, raised.tb)
    assert "ZeroDivisionError" in str(_line(record)["exception"])
