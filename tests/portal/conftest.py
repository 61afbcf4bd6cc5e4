"""What every test of the portal gets: a home of its own, and the append-only tables' guards put back."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

from tests.portal.factories import Cast, build_cast

_GUARDS = import_module("openbeian.portal.audit.migrations.0002_append_only")


TRIED_OUT = {
    "BEIAN_PRODUCTION": False,
    "BEIAN_SECOND_FACTOR": False,  # what needs one is tested with it on
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}
"""The settings of every test's portal."""


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    """Keep uploads, keys and public files of a test apart."""
    settings.BEIAN_HOME = tmp_path
    for name, value in TRIED_OUT.items():
        setattr(settings, name, value)
    return tmp_path


@pytest.fixture(autouse=True)
def _guards_lifted_for_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the database be emptied after tests with real transactions, which the guards would refuse."""
    marker = request.node.get_closest_marker("django_db")
    is_flushed = bool(marker and marker.kwargs.get("transaction")) or bool(
        {"transactional_db", "live_server"} & set(request.fixturenames)
    )
    if not is_flushed:
        yield
        return
    request.getfixturevalue("transactional_db")
    _set_guards("unguard", "guard")
    yield
    _set_guards("unguard")


def _set_guards(*names: str) -> None:
    with connection.schema_editor() as editor:
        for name in names:
            getattr(_GUARDS, name)(None, editor)


@pytest.fixture
def cast(db) -> Cast:
    """Enter everybody."""
    return build_cast()
