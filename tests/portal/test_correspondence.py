"""Messages on an application: who writes, who reads, what is unread, what comes with them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.message_rights import may_write_message
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.correspondence.actions import (
    LONGEST_MESSAGE,
    MOST_FILES,
    Upload,
    mark_read,
    send_message,
)
from openbeian.portal.correspondence.models import Message
from openbeian.portal.correspondence.queries import (
    conversations_of,
    messages_shown_to,
    unread_by,
    with_counts,
)
from tests.portal.factories import AT, Cast, application_at

_S = ApplicationStatus


@pytest.fixture
def application(cast: Cast):
    return application_at(_S.SUBMITTED, cast)


def _client(cast: Cast, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.people[who])
    return client


def test_both_sides_write_and_each_knows_what_is_new(cast: Cast, application):
    asked = send_message(application, text=" 请问复测何时？ ", by=cast.gd_preparer, at=AT)
    assert (asked.side, asked.text, str(asked)) == (
        "provider",
        "请问复测何时？",
        f"{application} · {asked.pk}",
    )
    assert [unread_by(cast.people[who]) for who in ("gd_intake", "zj_intake", "gd_preparer")] == [1, 0, 0]
    assert mark_read(application, by=cast.gd_intake, at=AT) == 1
    assert mark_read(application, by=cast.gd_reviewer, at=AT) == 0
    send_message(application, text="下周。", by=cast.gd_intake, at=AT)
    assert (unread_by(cast.gd_preparer), unread_by(cast.gd_intake)) == (1, 0)
    (listed,) = with_counts(conversations_of(cast.gd_preparer), cast.gd_preparer)
    assert (listed.application, listed.messages, listed.unread) == (application, 2, 1)
    kinds = AuditEvent.objects.filter(kind__startswith="message.").values_list("kind", flat=True)
    assert list(kinds) == ["message.sent", "message.read", "message.sent"]


def test_a_provider_reads_no_names_of_officers_and_the_nation_leaves_messages_unread(cast: Cast, application):
    send_message(application, text="国家网信办的问题。", by=cast.national_decider, at=AT)
    send_message(application, text="答复。", by=cast.gd_preparer, at=AT)
    assert [one.person for one in messages_shown_to(cast.gd_preparer, application)] == ["", "gd_preparer"]
    shown = messages_shown_to(cast.national_decider, application)
    assert [(one.person, one.is_own) for one in shown] == [("national_decider", True), ("gd_preparer", False)]
    assert mark_read(application, by=cast.national_decider, at=AT) == 0
    assert unread_by(cast.national_decider) == 0
    assert unread_by(cast.gd_intake) == 1


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("zj_preparer", NotAllowedError),
        ("zj_reviewer", NotAllowedError),
        ("auditor", NotAllowedError),
        ("platform", NotAllowedError),
        ("administrator", NotAllowedError),
    ],
)
def test_nobody_else_writes(cast: Cast, application, who: str, error: type[Exception]):
    with pytest.raises(error):
        send_message(application, text="?", by=cast.people[who], at=AT)
    assert not may_write_message(actor_of(cast.people[who]), application.rule_facts())
    assert mark_read(application, by=cast.people[who], at=AT) == 0
    assert not Message.objects.exists()


def test_there_is_no_conversation_about_a_draft(cast: Cast):
    draft = application_at(_S.DRAFT, cast)
    with pytest.raises(NotNowError, match="hand the application in first"):
        send_message(draft, text="?", by=cast.gd_preparer, at=AT)


def test_messages_have_words_and_not_too_many(cast: Cast, application):
    for text, files in (
        (" ", []),
        ("a\0b", []),
        ("长" * (LONGEST_MESSAGE + 1), []),
        ("x", [Upload("a.txt", [b"a"])] * (MOST_FILES + 1)),
        ("x", [Upload("a.txt", [])]),
        ("x", [Upload("..", [b"a"])]),
    ):
        with pytest.raises(BadInputError):
            send_message(application, text=text, files=files, by=cast.gd_preparer, at=AT)
    assert not Message.objects.exists()


def test_messages_are_written_read_and_fetched_through_the_pages(cast: Cast, application):
    at = f"/messages/{application.reference}/"
    provider, officer = _client(cast, "gd_preparer"), _client(cast, "gd_intake")
    assert "No messages about this application" in officer.get(at).content.decode()
    assert "Please mend the following" in provider.post(at, {"text": ""}).content.decode()
    empty = {"text": "x", "attachments": SimpleUploadedFile(" .", b"abc")}
    assert "mend" in provider.post(at, empty).content.decode()
    files = [SimpleUploadedFile("说明.txt", b"abc"), SimpleUploadedFile("b.txt", b"def")]
    sent = provider.post(at, {"text": "<b>附上说明</b>", "attachments": files}, follow=True).content.decode()
    assert "&lt;b&gt;附上说明" in sent
    assert "Not read yet" in sent
    assert '<b class="unread">1' in officer.get("/work/").content.decode()
    assert "1</span> unread" in officer.get("/messages/").content.decode()
    page = officer.get(at).content.decode()
    assert "gd_preparer" in page
    assert "说明.txt" in page
    assert 'class="unread"' not in officer.get("/work/").content.decode()
    assert "Read by the other side" in provider.get(at).content.decode()
    file = Message.objects.get().files.first()
    assert str(file) == "说明.txt"
    fetched = officer.get(f"{at}files/{file.pk}/")
    assert (b"".join(fetched.streaming_content), fetched["Content-Type"]) == (
        b"abc",
        "application/octet-stream",
    )
    for who in ("zj_preparer", "zj_reviewer", "administrator"):
        assert _client(cast, who).get(at).status_code == 404
        assert _client(cast, who).get(f"{at}files/{file.pk}/").status_code == 404
    reader = _client(cast, "auditor")
    assert "Write</h2>" not in reader.get(at).content.decode()
    assert reader.post(at, {"text": "?"}).status_code == 403


def test_a_list_of_conversations_takes_the_same_queries_however_long_it_is(
    cast: Cast, application, django_assert_max_num_queries
):
    client = _client(cast, "gd_intake")
    for n in range(5):
        send_message(application, text=f"{n}", by=cast.gd_preparer, at=AT)
    client.get("/messages/")
    with django_assert_max_num_queries(16):
        client.get("/messages/")
