"""The factories themselves: every status can be reached by the actions people use."""

import pytest

from openbeian.core.lifecycle import ApplicationStatus
from tests.portal.factories import Cast, application_at


@pytest.mark.parametrize("status", ApplicationStatus)
def test_every_status_is_reached_by_real_actions(cast: Cast, status: ApplicationStatus):
    assert application_at(status, cast).state is status
