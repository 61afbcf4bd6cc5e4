"""Fixtures of the page tests: a filled portal, and a real Chromium."""

import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client, override_settings
from playwright.sync_api import Browser, sync_playwright

from tests.portal.conftest import TRIED_OUT
from tests.portal.evidence import evidence_file
from tests.portal.factories import Cast, build_cast
from tests.portal.pages.world import World, build_world

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None, django_db_blocker: pytest.Item, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Path]]:
    """Fill the portal once for a module; each of its tests works in a savepoint and leaves it as it was."""
    home = tmp_path_factory.mktemp("filled")
    outer = transaction.atomic()
    with django_db_blocker.unblock():
        outer.__enter__()
        with override_settings(BEIAN_HOME=home, **TRIED_OUT):
            filled = build_world(build_cast())
    yield filled, home
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def world(request: pytest.FixtureRequest, home: Path) -> World:
    """Give a filled portal, as if filled for this test alone."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        return build_world(request.getfixturevalue("cast"))  # other threads read it: it has to be committed
    filled, files = request.getfixturevalue("filled")
    request.getfixturevalue("db")
    shutil.copytree(files, home, dirs_exist_ok=True)
    return deepcopy(filled)


@pytest.fixture
def only_people(cast: Cast) -> SimpleNamespace:
    """Give everybody entered and nothing more: what `world` is to modules that override it with this."""
    evidence_file()  # no other loop can be run once the browser's runs
    return SimpleNamespace(cast=cast)


@pytest.fixture
def open_as(world: World) -> Callable[[str], Client]:
    """Return a client in which a person of the cast has signed in; nobody for an empty name."""

    def make(who: str, language: str = "zh") -> Client:
        client = Client(headers={"accept-language": language})
        if who:
            client.force_login(world.cast.people[who])
        return client

    return make


@pytest.fixture
def page(cast: Cast) -> Callable[[str], Client]:
    """Return an English client in which a person of the cast has signed in; the portal is otherwise empty."""

    def open_as(who: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(cast.people[who])
        return client

    return open_as


@pytest.fixture
def browser(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Start the system's Chromium, after the portal is filled; skip where there is none.

    While Playwright runs, its event loop counts as running in this thread: nothing else can start one, so
    the browser lives for one test only.
    """
    chromium = next(filter(None, map(shutil.which, _NAMES)), None)
    if chromium is None:
        pytest.skip(
            "no Chromium is installed; install the system package `chromium` to run the browser tests"
        )
    # Django takes Playwright's loop for a sign of async code, and would refuse the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(_QUIET))
        yield started
        started.close()
