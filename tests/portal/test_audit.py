"""The audit trail is written once."""

import pytest
from django.db import DatabaseError, connection, transaction

from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.accounts.models import User
from openbeian.portal.audit.actions import record
from openbeian.portal.audit.models import AuditEvent, AuditIsAppendOnlyError
from openbeian.portal.audit.queries import history_of
from tests.portal.factories import AT


def _event() -> AuditEvent:
    person = User.objects.create_user("a@example.com", "甲")
    return record("person.waved", person, by=SYSTEM, at=AT, hand="left")


def test_an_event_names_person_and_subject_by_value(db):
    event = _event()
    assert (event.subject_type, event.subject_name, event.by_name) == ("user", "甲", "OpenBeian")
    assert list(history_of(User.objects.get())) == [event]
    assert "person.waved" in str(event)


def test_code_can_neither_change_nor_remove_an_event(db):
    event = _event()
    with pytest.raises(AuditIsAppendOnlyError):
        event.save()
    with pytest.raises(AuditIsAppendOnlyError):
        event.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET by_name = 'nobody'",
        "DELETE FROM audit_auditevent",
        pytest.param(
            "INSERT OR REPLACE INTO audit_auditevent SELECT id, kind, subject_type, subject_id, "
            "subject_name, by_id, 'nobody', organisation_id, at, detail FROM audit_auditevent",
            marks=pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own way round"),
        ),
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_events(statement: str):
    _event()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditEvent.objects.get().by_name == "OpenBeian"
