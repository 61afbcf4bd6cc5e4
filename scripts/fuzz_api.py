"""Throw requests at every operation of the API as its own OpenAPI document describes them, and wrong ones.

Run: python scripts/fuzz_api.py --schemathesis PROGRAM [--examples 20]

A portal with one of everything is made in a temporary folder and served on loopback; schemathesis asks it as
nobody and as a provider with a key of every scope. It ends with 1 at any answer of 5xx, any that the document
doesn't name, and any whose type or content isn't the one named. `make fuzz-api` installs schemathesis in an
environment of its own. The pieces of an upload (PATCH) are left out: schemathesis can't send their type.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_schema_conformance", "response_headers_conformance"),
)


def main() -> None:
    """Fill a portal, serve it, ask it twice; end with what schemathesis says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schemathesis", required=True, help="the program, in its own environment")
    parser.add_argument("--examples", type=int, default=20, help="how many requests of each kind")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="beian-fuzz-api-") as home:
        os.environ |= {
            "BEIAN_HOME": home,
            "BEIAN_HOSTS": "127.0.0.1",
            "BEIAN_LOG_LEVEL": "ERROR",
            "BEIAN_REQUESTS_A_MINUTE": "1000000",
        }
        key = _fill()
        port = _free_port()
        web = f"from openbeian.portal.server import prepare, run_web; prepare(); run_web('127.0.0.1', {port})"
        served = subprocess.Popen([sys.executable, "-c", web])  # noqa: S603  our own server
        document = f"http://127.0.0.1:{port}/api/v1/openapi.json"
        try:
            _wait_for(document)
            callers = ((), ("--header", f"Authorization: Bearer {key}"))
            results = [_ask(chosen, document, *caller) for caller in callers]
        finally:
            served.terminate()
            served.wait()
    raise SystemExit(max(results))


def _fill() -> str:
    """Fill the portal; return a provider's key."""
    sys.path.insert(0, str(ROOT))
    from openbeian.portal import server  # noqa: PLC0415  the settings read the environment once

    server.prepare()
    from django.db import connection  # noqa: PLC0415
    from django.test import override_settings  # noqa: PLC0415
    from tests.portal.conftest import TRIED_OUT  # noqa: PLC0415
    from tests.portal.factories import AT, build_cast  # noqa: PLC0415
    from tests.portal.pages.world import build_world  # noqa: PLC0415
    from tests.shared import share_in  # noqa: PLC0415

    from openbeian.core.account_rights import SCOPES_OF  # noqa: PLC0415
    from openbeian.core.roles import OrganisationKind  # noqa: PLC0415
    from openbeian.portal.accounts.actions import issue_api_key  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="beian-shared-") as shared, override_settings(**TRIED_OUT):
        share_in(Path(shared))  # what the factories make once
        world = build_world(build_cast())
        _, key = issue_api_key(
            world.cast.organisations["gd_provider"],
            name="fuzz",
            scopes=SCOPES_OF[OrganisationKind.PROVIDER],
            valid_for=timedelta(days=300),
            by=world.cast.gd_preparer,
            at=AT,
        )
    connection.close()
    return key


def _ask(chosen: argparse.Namespace, document: str, *who: str) -> int:
    command = [chosen.schemathesis, "run", document, *who, "--checks", ",".join(CHECKS)]
    command += ["--max-examples", str(chosen.examples), "--exclude-method", "PATCH", "--no-color"]
    return subprocess.run(command, check=False).returncode  # noqa: S603  what the caller named


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(address: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  our own, on loopback
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the portal didn't start within two minutes")


if __name__ == "__main__":
    main()
