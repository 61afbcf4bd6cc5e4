"""Fixtures of re-tests: what is needed is made once for a module; each test leaves it as it was."""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client, override_settings

from tests.portal.conftest import TRIED_OUT
from tests.portal.factories import build_cast
from tests.portal.retests.world import Ordered, ordered
from tests.simulators.llm import LLMSimulator, plain

OPEN = {**TRIED_OUT, "BEIAN_OUTBOUND_ALLOWED": ["127.0.0.1"]}


@pytest.fixture(scope="module")
def _listening() -> Iterator[LLMSimulator]:
    with LLMSimulator(key="channel-secret") as service:
        yield service


@pytest.fixture(scope="module")
def _made(
    django_db_setup: None,
    django_db_blocker: pytest.Item,
    tmp_path_factory: pytest.TempPathFactory,
    _listening: LLMSimulator,
) -> Iterator[tuple[Ordered, Path]]:
    home = tmp_path_factory.mktemp("retests")
    outer = transaction.atomic()
    with django_db_blocker.unblock():
        outer.__enter__()
        with override_settings(BEIAN_HOME=home, **OPEN):
            made = ordered(build_cast(), _listening.url)
    yield made, home
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def retest(_made: tuple[Ordered, Path], home: Path, db: None) -> Ordered:
    """Give an application whose re-test was ordered, as if made for this test alone."""
    made, files = _made
    shutil.copytree(files, home, dirs_exist_ok=True)
    return deepcopy(made)


@pytest.fixture
def channel(_listening: LLMSimulator) -> LLMSimulator:
    """Give the channel that the provider declared, as if nobody had asked it yet."""
    _listening.rule, _listening.requests = plain(), 0
    _listening.asked.clear()
    return _listening


@pytest.fixture
def cast(retest: Ordered):
    """Give everybody."""
    return retest.cast


@pytest.fixture(autouse=True)
def _loopback(settings, tmp_path) -> None:
    settings.BEIAN_OUTBOUND_ALLOWED = ["127.0.0.1"]
    settings.BEIAN_PRIVATE_WORK = str(tmp_path / "work")


@pytest.fixture
def page(cast):
    """Return an English client in which a person of the cast has signed in."""

    def open_as(who: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(cast.people[who])
        return client

    return open_as
