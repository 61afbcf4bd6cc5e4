"""What every part's tests may use, and how they are run."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from tests.migrated import migrated
from tests.shared import share_in
from tests.simulators.llm import LLMSimulator

# Limits on the time of an example would fail on a busy machine; `HYPOTHESIS_PROFILE=thorough` looks further.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=30)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

_LONGEST = ("browser", "postgres", "whole_demo")
"""The marks of modules that take a minute or more."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest modules begin first, so that no worker has one left when the others are done."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in _LONGEST))


def pytest_collection_finish() -> None:
    """Keep what was collected, which stays to the end, out of every later collection of garbage."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _workers_share(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the workers of this run share what is made once."""
    own = tmp_path_factory.getbasetemp()
    share_in((own.parent if hasattr(request.config, "workerinput") else own) / "shared")


@pytest.fixture(scope="session")
def database_file(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path | None]:
    """Set the tests' database up; give the file of an empty one that is up to date, where it is SQLite."""
    with django_db_blocker.unblock(), ExitStack() as stack:
        if connection.vendor == "sqlite":
            yield stack.enter_context(migrated(request.config.cache.mkdir("database")))
            return
        before = setup_databases(verbosity=0, interactive=False)
        stack.callback(teardown_databases, before, verbosity=0)
        yield None


@pytest.fixture(scope="session")
def django_db_setup(database_file: Path | None) -> None:
    """Set the tests' database up once for all that need one."""


@pytest.fixture(scope="session")
def up_to_date(database_file: Path | None) -> Callable[[Path], Path]:
    """Return what puts an empty database that is up to date into a home, for processes that prepare one."""

    def put(home: Path) -> Path:
        home.mkdir(parents=True, exist_ok=True)
        if database_file is not None:
            shutil.copyfile(database_file, home / "db.sqlite3")
        return home

    return put


@pytest.fixture
def llm() -> Iterator[Callable[..., LLMSimulator]]:
    """Start simulated chat endpoints; they end with the test."""
    with ExitStack() as stack:
        yield lambda *arguments, kind=LLMSimulator, **options: stack.enter_context(
            kind(*arguments, **options)
        )
