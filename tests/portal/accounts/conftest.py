"""Everybody, entered once for a module; each test works in a savepoint and leaves them as they were."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from django.test import override_settings

from tests.portal.conftest import TRIED_OUT
from tests.portal.factories import Cast, build_cast


@pytest.fixture(scope="module")
def entered(django_db_setup: None, django_db_blocker: pytest.Item) -> Iterator[Cast]:
    """Enter everybody in a transaction that ends with the module."""
    outer = transaction.atomic()
    with django_db_blocker.unblock():
        outer.__enter__()
        with override_settings(**TRIED_OUT):
            cast = build_cast()
    yield cast
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def cast(entered: Cast, db: None) -> Cast:
    """Give everybody, as if entered for this test alone."""
    return deepcopy(entered)
