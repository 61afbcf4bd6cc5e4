"""Notices: every step is told in its own transaction, and delivered by e-mail and signed webhook."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import resolve

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import (
    APPLICATION_STEPS,
    FILING_STEPS,
    FOLLOWING_STEPS,
    OWNERS,
    PETITION_STEPS,
    ApplicationStatus,
    FilingStatus,
    PetitionStatus,
    Status,
    steps_from,
)
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.petitions import PetitionKind
from openbeian.core.retrying import MOST_TRIES, WAITS, next_wait
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.models import User
from openbeian.portal.applications import actions as applications
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.correspondence.actions import send_message
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Filing
from openbeian.portal.notices import actions
from openbeian.portal.notices.delivering import claim, deliver_waiting, expand, settle
from openbeian.portal.notices.models import Attempt, Delivery, Endpoint, Notice
from openbeian.portal.notices.recipients import recipients_of
from openbeian.portal.notices.sending import Outcome
from openbeian.portal.notices.signatures import headers_for, secret_of
from openbeian.portal.notices.telling import story_of
from openbeian.portal.notices.wording import is_told
from openbeian.portal.operations.background import Job, Rota
from openbeian.portal.petitions import actions as petitions
from openbeian.portal.petitions.models import Petition
from openbeian.portal.review import actions as review
from openbeian.portal.sandbox import actions as sandbox
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, application_at, filing_at
from tests.portal.permits import ask

_S = ApplicationStatus
_FAILED = Outcome(succeeded=False, status=500, detail="HTTP 500", took_ms=3)
_TAKEN = Outcome(succeeded=True, status=204, detail="HTTP 204", took_ms=3)


class Receiver(ThreadingHTTPServer):
    """A provider's system: keeps what it is sent, answers as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.answer = 204
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(self.server.answer)
        if self.server.answer == 302:
            self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def endpoint(cast: Cast, settings, receiver: Receiver) -> Endpoint:
    settings.BEIAN_OUTBOUND_ALLOWED = ["127.0.0.1"]
    receiver.answer, receiver.got = 204, []
    provider = cast.organisations["gd_provider"]
    return actions.add_endpoint(provider, address=receiver.address, note="CI", by=cast.gd_preparer, at=AT)


def _drop_waiting() -> None:
    Notice.objects.filter(expanded_at=None).update(expanded_at=AT)


def _letters() -> dict[str, str]:
    return {letter.to[0].partition("@")[0]: letter.subject for letter in mail.outbox}


# --- What is told, and to whom -----------------------------------------------------------------------


def test_what_is_nobody_else_s_affair_is_not_told():
    told = ("application.facts_saved", "member.added", "petition.grounds_saved", "filing.certified")
    assert not any(map(is_told, told))


_NAMES = {
    Role.INTAKE_OFFICER: "intake",
    Role.REVIEWER: "reviewer",
    Role.TESTER: "tester",
    Role.DECIDER: "decider",
    Role.COUNTERSIGNER: "countersigner",
    Role.PUBLISHER: "publisher",
}


def _told_of(kind: str, subject: Model, **detail: str) -> set[str]:
    event = AuditEvent(
        kind=kind, at=AT, subject_type=subject._meta.model_name, subject_id=str(subject.pk), detail=detail
    )
    assert is_told(kind), kind
    story = story_of(event)
    assert {resolve(story.path).url_name, resolve(story.office_path).url_name} - {None}
    return {person.name for person in recipients_of(story).people}


def _may_act(owner: OrganisationKind | None, status: Status) -> set[str]:
    """Return the people of the cast who may take a step from a status, at the office that has it."""
    roles = [_NAMES.get(role) for step in steps_from(status) if step.office is owner for role in step.roles]
    if owner is OrganisationKind.PROVINCIAL:
        return {f"gd_{role}" for role in roles}
    nation = {"publisher": "publisher"}
    return (
        {nation.get(role, f"national_{role}") for role in roles}
        if owner is OrganisationKind.NATIONAL
        else set()
    )


def test_every_step_of_every_table_is_told_to_the_provider_and_to_whoever_acts_next(cast: Cast):
    application, filing = application_at(_S.REFUSED, cast), filing_at(cast)
    petition = _handed_in(filing, cast)
    subjects = {ApplicationStatus: application, FilingStatus: filing, PetitionStatus: petition}
    owners = {**OWNERS, **PETITION_OWNERS}
    for step in [
        *APPLICATION_STEPS.values(),
        *FILING_STEPS.values(),
        *PETITION_STEPS.values(),
        *FOLLOWING_STEPS.values(),
    ]:
        subject, status = subjects[type(step.target)], step.target
        told = _told_of(f"{subject._meta.model_name}.{step.name}", subject, now=status.value)
        assert told == {"gd_preparer", *_may_act(owners.get(status), status)}, step.name
    assert _told_of("filing.suspension_lifted", filing) == {"gd_preparer"}


def _handed_in(filing: Filing, cast: Cast) -> Petition:
    asked = {"kind": PetitionKind.CANCELLATION, "grounds": "终止服务。", "by": cast.gd_preparer, "at": AT}
    petition = petitions.draw_up(filing.application, **asked)
    petitions.save_grounds(petition, grounds="终止服务。", happened_on=AT.date(), by=cast.gd_preparer, at=AT)
    return petitions.hand_in(petition, by=cast.gd_preparer, at=AT)


def test_a_petition_is_told_to_its_province_and_its_return_to_the_provider(cast: Cast):
    filing = filing_at(cast)
    _drop_waiting()
    petition = _handed_in(filing, cast)
    deliver_waiting(at=AT)
    assert set(_letters()) == {"gd_intake", "gd_reviewer"}
    assert _letters()["gd_intake"] == "[备案] 小舟：申请注销，提交事项"
    assert "现在的状态：核查中" in mail.outbox[0].body
    mail.outbox.clear()
    petitions.give_back(petition, reason="请说明。", reason_code="other", by=cast.gd_reviewer, at=AT)
    deliver_waiting(at=AT)
    assert set(_letters()) == {"gd_preparer"}
    assert f"/petitions/{petition.reference}/" in mail.outbox[0].body
    assert "请说明" not in mail.outbox[0].body


def test_every_step_of_a_permit_is_told_and_a_disagreement_to_the_office_alone(
    cast: Cast, endpoint: Endpoint
):
    heard = {}

    def hear(step: str) -> None:
        mail.outbox.clear()
        deliver_waiting(at=AT)
        heard[step] = set(_letters())

    permit = ask(cast)
    hear("asked")
    for step, agree in (("not_agreed", False), ("granted", True)):
        sandbox.decide_permit(permit, grants=True, reason="可控。", by=cast.gd_decider, at=AT)
        hear("decided")
        sandbox.countersign_permit(permit, agree=agree, reason="r", by=cast.gd_countersigner, at=AT)
        hear(step)
        assert "可控" not in mail.outbox[0].body
    sandbox.end_permit(permit, reason="r", by=cast.gd_decider, at=AT)
    hear("ended")
    assert heard == {
        "asked": {"gd_decider"},
        "decided": {"gd_countersigner"},
        "not_agreed": {"gd_decider"},
        "granted": {"gd_preparer"},
        "ended": {"gd_preparer"},
    }
    sent = Notice.objects.filter(deliveries__endpoint=endpoint).values_list("event__kind", flat=True)
    assert list(sent.order_by("pk")) == ["permit.asked", "permit.granted", "permit.ended"]


def test_nobody_at_an_office_hears_of_a_petition_that_is_only_drawn_up(cast: Cast):
    application = filing_at(cast).application
    _drop_waiting()
    petition = petitions.draw_up(
        application, kind=PetitionKind.CANCELLATION, grounds="终止。", by=cast.gd_preparer, at=AT
    )
    petitions.drop(petition, by=cast.gd_preparer, at=AT)
    assert deliver_waiting(at=AT) == 0


def test_a_step_that_is_rolled_back_leaves_no_notice(cast: Cast):
    application = application_at(_S.SUBMITTED, cast)
    before = Notice.objects.count()
    with transaction.atomic():
        applications.accept(application, by=cast.gd_intake, at=AT)
        assert Notice.objects.count() == before + 1
        transaction.set_rollback(True)
    assert Notice.objects.count() == before


def test_each_step_is_told_to_the_provider_and_to_whoever_acts_next(cast: Cast):
    application = application_at(_S.SUBMITTED, cast)
    assert deliver_waiting(at=AT) == 2  # intake and reviewer may return it; the preparer did it himself
    assert set(_letters()) == {"gd_intake", "gd_reviewer"}
    assert _letters()["gd_intake"] == "[备案] 小舟：提交"
    mail.outbox.clear()
    actions.set_preference(cast.gd_preparer, language="en", by_email=True, by=cast.gd_preparer, at=AT)
    actions.set_preference(cast.gd_reviewer, language="zh", by_email=False, by=cast.gd_reviewer, at=AT)
    applications.accept(application, by=cast.gd_intake, at=AT)
    deliver_waiting(at=AT)
    assert _letters() == {"gd_preparer": "[Filing] 小舟: Accept"}
    text = mail.outbox[0].body
    assert "It now stands at: In review." in text
    assert f"/applications/{application.reference}/" in text
    assert "gd_intake" not in text


def test_a_first_conclusion_is_told_to_countersigners_only_and_without_its_outcome(cast: Cast):
    application = application_at(_S.PROVINCIAL_DECISION, cast)
    _drop_waiting()
    decision = review.decide(
        application, outcome="refuse", reason_code="other", reason="理由。", by=cast.gd_decider, at=AT
    )
    deliver_waiting(at=AT)
    assert set(_letters()) == {"gd_countersigner"}
    assert "refuse" not in mail.outbox[0].body
    assert "不予" not in mail.outbox[0].body
    mail.outbox.clear()
    review.countersign(
        decision, outcome="refuse", reason_code="other", reason="理由。", by=cast.gd_countersigner, at=AT
    )
    deliver_waiting(at=AT)
    assert set(_letters()) == {"gd_preparer"}


def test_nobody_at_an_office_hears_of_a_draft(cast: Cast):
    applications.withdraw(application_at(_S.DRAFT, cast), by=cast.gd_preparer, at=AT)
    assert deliver_waiting(at=AT) == 0


def test_a_message_goes_to_the_other_side(cast: Cast):
    application = application_at(_S.SUBMITTED, cast)
    _drop_waiting()
    send_message(application, text="机密内容", by=cast.gd_preparer, at=AT)
    deliver_waiting(at=AT)
    assert set(_letters()) == {"gd_intake", "gd_reviewer"}
    assert "机密内容" not in mail.outbox[0].body
    mail.outbox.clear()
    send_message(application, text="答复", by=cast.gd_reviewer, at=AT)
    deliver_waiting(at=AT)
    assert set(_letters()) == {"gd_preparer"}
    mail.outbox.clear()
    send_message(application, text="谢谢", by=cast.gd_preparer, at=AT)
    deliver_waiting(at=AT)
    assert set(_letters()) == {"gd_reviewer"}  # who has written before


def test_a_measure_is_told_by_its_name(cast: Cast, endpoint: Endpoint, receiver: Receiver):
    filing = filing_at(cast)
    _drop_waiting()
    measure = filings.propose_measure(
        filing, kind="suspend", cause="事由", reason_code="other", by=cast.national_decider, at=AT
    )
    deliver_waiting(at=AT)
    assert _letters() == {"national_countersigner": "[备案] 小舟：第一人已作出结论，待会签"}
    mail.outbox.clear()
    filings.countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    deliver_waiting(at=AT)
    assert _letters() == {"gd_preparer": "[备案] 小舟：暂停"}
    told = json.loads(receiver.got[0][1])
    assert (told["type"], told["data"]["number"]) == ("filing.measure_taken", filing.number)
    assert told["data"]["status"] == "suspended"


def test_whoever_calls_a_model_hears_that_its_filing_is_suspended_and_reinstated(cast: Cast):
    base = filing_at(cast, place="zj", service__latin_name="Base")
    calls = {"model__origin": "called", "model__base_number": base.number}
    granted = application_at(_S.GRANTED, cast, service__name="甲应用", **calls)
    filings.register(granted, signer=load_signer(), by=cast.gd_publisher, at=AT)
    application_at(_S.IN_REVIEW, cast, service__name="乙应用", **calls)
    application_at(_S.DRAFT, cast, service__name="丙应用", **calls)
    _drop_waiting()
    for kind, status in (("suspend", "暂停"), ("reinstate", "有效")):
        measure = filings.propose_measure(
            base, kind=kind, cause="事由", reason_code="other", by=cast.national_decider, at=AT
        )
        filings.countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
        deliver_waiting(at=AT)
        told = [one for one in mail.outbox if "所调用的模型" in one.subject]
        assert {one.subject.split("] ")[1].partition("：")[0] for one in told} == {"甲应用", "乙应用"}
        assert {one.to[0].partition("@")[0] for one in told} >= {"gd_preparer", "gd_reviewer", "gd_decider"}
        assert all(f"{base.number} 现{status}" in one.subject for one in told)
        mail.outbox.clear()


def test_a_name_with_a_line_break_begins_no_header(cast: Cast):
    application = application_at(_S.SUBMITTED, cast, service__name="小\nBcc: x@example.com")
    application.service_name = "小\r\nBcc: x@example.com"
    application.save()
    deliver_waiting(at=AT)
    assert mail.outbox[0].subject == "[备案] 小  Bcc: x@example.com：提交"
    assert mail.outbox[0].recipients() == [mail.outbox[0].to[0]]


def test_a_letter_that_can_not_be_sent_is_tried_again(cast: Cast, settings):
    application_at(_S.SUBMITTED, cast)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    assert deliver_waiting(at=AT) == 2
    assert {one.failures for one in Delivery.objects.all()} == {1}
    assert "refused" in Attempt.objects.first().detail
    assert deliver_waiting(at=AT) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver_waiting(at=AT + WAITS[0]) == 2
    assert {one.state for one in Delivery.objects.all()} == {"delivered"}


# --- Webhooks ----------------------------------------------------------------------------------------


HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "receive-webhooks.md"
SHOWN: dict[str, Any] = {}
exec(HOW_TO.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0], SHOWN)  # noqa: S102
verify = SHOWN["verify"]
"""What the documentation tells receivers to do."""


def test_a_webhook_is_signed_and_a_repeat_is_recognised(cast: Cast, endpoint: Endpoint, receiver: Receiver):
    application = application_at(_S.SUBMITTED, cast)
    deliver_waiting(at=AT)
    (headers, body), secret, seen = receiver.got[0], secret_of(endpoint.salt), set()
    assert secret.startswith("whsec_")
    assert verify(secret, headers, body, AT.timestamp(), seen)
    assert not verify(secret, headers, body, AT.timestamp(), seen), "the same notice once more"
    assert not verify(secret, headers, body, AT.timestamp() + 301, set()), "an old notice"
    assert not verify(secret, headers, body + b" ", AT.timestamp(), set()), "another body"
    assert not verify(secret_of("00"), headers, body, AT.timestamp(), set()), "another secret"
    told = json.loads(body)
    assert told["type"] == "application.submit"
    assert told["data"] == {
        "application": application.reference,
        "service": "小舟",
        "jurisdiction": "GD",
        "route": "filing",
        "status": "submitted",
    }
    delivery = endpoint.deliveries.get()
    actions.deliver_again(delivery, by=cast.gd_preparer, at=AT)
    with pytest.raises(NotNowError, match="on its way"):
        actions.deliver_again(delivery, by=cast.gd_preparer, at=AT)
    deliver_waiting(at=AT)
    assert [one[0]["webhook-id"] for one in receiver.got] == [headers["webhook-id"]] * 2


def test_the_signature_is_that_of_the_published_example():
    # Standard Webhooks 1.0: secret, id, time and body of its own test vector.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert signature == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_for_a_day_after_a_secret_was_replaced_both_sign(cast: Cast, endpoint: Endpoint):
    old = secret_of(endpoint.salt)
    renewed = actions.renew_secret(endpoint, by=cast.gd_preparer, at=AT)
    new = secret_of(renewed.salt)
    headers = headers_for(renewed, "msg_1", b"{}", at=AT)
    assert all(verify(one, headers, b"{}", AT.timestamp(), set()) for one in (old, new))
    later = AT + timedelta(hours=25)
    headers = headers_for(renewed, "msg_1", b"{}", at=later)
    assert [verify(one, headers, b"{}", later.timestamp(), set()) for one in (old, new)] == [False, True]


def test_a_failing_address_is_tried_with_growing_waits_and_then_switched_off(cast: Cast, endpoint: Endpoint):
    actions.test_endpoint(endpoint, by=cast.gd_preparer, at=AT)
    expand(at=AT)
    at = AT
    for failures in range(1, MOST_TRIES + 1):
        (delivery,) = claim(at=at)
        assert claim(at=at) == [], "taken by nobody else meanwhile"
        settle(delivery, _FAILED, at=at)
        wait = next_wait(failures)
        assert claim(at=at) == [], "not before its time"
        at += wait or timedelta(0)
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert (delivery.state, delivery.failures, delivery.attempts.count()) == (
        "given_up",
        MOST_TRIES,
        MOST_TRIES,
    )
    assert endpoint.off_at == at
    assert list(WAITS) == sorted(WAITS)
    with pytest.raises(NotNowError, match="switch it on first"):
        actions.test_endpoint(endpoint, by=cast.gd_preparer, at=at)
    deliver_waiting(at=at)
    assert _letters() == {"gd_preparer": "[备案] 回调地址长期失败，已停用"}
    actions.switch_on(endpoint, by=cast.gd_preparer, at=at)
    assert Endpoint.objects.get().off_at is None


def test_an_address_that_took_something_meanwhile_stays_on(cast: Cast, endpoint: Endpoint):
    for _ in range(2):
        actions.test_endpoint(endpoint, by=cast.gd_preparer, at=AT)
    expand(at=AT)
    first, second = claim(at=AT)
    settle(second, _TAKEN, at=AT)
    Delivery.objects.filter(pk=first.pk).update(failures=MOST_TRIES - 1)
    first.refresh_from_db()
    settle(first, _FAILED, at=AT + timedelta(days=4))
    assert Endpoint.objects.get().off_at is None


def test_a_claim_of_a_process_that_died_runs_out(cast: Cast, endpoint: Endpoint):
    actions.test_endpoint(endpoint, by=cast.gd_preparer, at=AT)
    expand(at=AT)
    assert len(claim(at=AT)) == 1
    assert len(claim(at=AT + timedelta(minutes=3))) == 1


@pytest.mark.parametrize(("answer", "state"), [(410, "given_up"), (302, "waiting"), (500, "waiting")])
def test_answers_are_kept_by_their_status_and_no_redirect_is_followed(
    cast: Cast, endpoint: Endpoint, receiver: Receiver, answer: int, state: str
):
    receiver.answer = answer
    actions.test_endpoint(endpoint, by=cast.gd_preparer, at=AT)
    deliver_waiting(at=AT)
    delivery = endpoint.deliveries.get()
    assert (delivery.state, delivery.attempts.get().status) == (state, answer)
    assert str(delivery.attempts.get()).startswith("delivery")
    assert (Endpoint.objects.get().off_at is not None) is (answer == 410)


def test_an_address_that_may_no_longer_be_called_is_not(cast: Cast, endpoint: Endpoint, receiver, settings):
    settings.BEIAN_OUTBOUND_ALLOWED = []
    actions.test_endpoint(endpoint, by=cast.gd_preparer, at=AT)
    deliver_waiting(at=AT)
    assert receiver.got == []
    assert "not public" in Attempt.objects.get().detail
    Endpoint.objects.update(address="http://127.0.0.1:1/")
    settings.BEIAN_OUTBOUND_ALLOWED = ["127.0.0.1"]
    deliver_waiting(at=AT + WAITS[0])
    assert "127.0.0.1" in Attempt.objects.first().detail


def test_an_address_that_does_not_answer_in_time_is_given_another_try(
    cast: Cast, endpoint: Endpoint, monkeypatch
):
    async def late(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("aiohttp.connector.TCPConnector.connect", late)
    actions.test_endpoint(endpoint, by=cast.gd_preparer, at=AT)
    deliver_waiting(at=AT)
    assert Attempt.objects.get().detail == "no answer in time"


def test_only_who_may_enters_addresses_and_only_such_as_may_be_called(
    cast: Cast, endpoint: Endpoint, settings
):
    provider, office = (cast.organisations[name] for name in ("gd_provider", "gd_office"))
    for organisation, who in ((provider, "zj_preparer"), (office, "gd_reviewer"), (office, "auditor")):
        with pytest.raises(NotAllowedError):
            actions.add_endpoint(organisation, address="https://x.cn/", by=cast.people[who], at=AT)
    actions.add_endpoint(office, address="https://x.cn/", by=cast.gd_intake, at=AT)
    settings.BEIAN_PRODUCTION = True
    for address in ("http://10.0.0.1/", "ftp://x.cn/", "http://x.cn/", endpoint.address):
        with pytest.raises(BadInputError):
            actions.add_endpoint(provider, address=address, by=cast.gd_preparer, at=AT)
    settings.BEIAN_PRODUCTION = False
    with pytest.raises(BadInputError, match="entered already"):
        actions.add_endpoint(provider, address=endpoint.address, by=cast.gd_preparer, at=AT)
    actions.remove_endpoint(endpoint, by=cast.gd_preparer, at=AT)
    assert [str(one) for one in Endpoint.objects.filter(removed_at=None)] == ["https://x.cn/"]
    with pytest.raises(BadInputError, match="no language"):
        actions.set_preference(cast.gd_intake, language="fr", by_email=True, by=cast.gd_intake, at=AT)


def _client(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_an_address_is_entered_through_the_pages(cast: Cast, receiver: Receiver, settings):
    settings.BEIAN_OUTBOUND_ALLOWED = ["127.0.0.1"]
    client, stranger = _client(cast.gd_preparer), _client(cast.auditor)
    assert "No webhooks yet" in client.get("/notices/").content.decode()
    assert "Managed by" in stranger.get("/notices/").content.decode()
    assert stranger.get("/notices/webhooks/new/").status_code == 404
    saved = client.post("/notices/", {"language": "en", "by_email": "on"}, follow=True)
    assert "Saved." in saved.content.decode()
    fields = {"organisation": cast.organisations["gd_provider"].pk, "address": "http://10.0.0.1/"}
    assert client.get("/notices/webhooks/new/").status_code == 200
    assert "is not public" in client.post("/notices/webhooks/new/", fields).content.decode()
    fields["address"] = receiver.address
    added = client.post("/notices/webhooks/new/", fields, follow=True).content.decode()
    assert secret_of(Endpoint.objects.get().salt) in added


def test_an_address_is_managed_through_the_pages(cast: Cast, endpoint: Endpoint):
    client, stranger = _client(cast.gd_preparer), _client(cast.auditor)
    at = f"/notices/webhooks/{endpoint.pk}/"
    assert stranger.get(at).status_code == 404
    assert stranger.post(f"{at}test/").status_code in {403, 404}  # who only reads posts nothing at all
    assert "A test is on its way" in client.post(f"{at}test/", follow=True).content.decode()
    deliver_waiting(at=AT)
    assert "HTTP 204" in client.get(at).content.decode()
    assert "Working" in client.get("/notices/").content.decode()
    client.post(f"{at}deliveries/{endpoint.deliveries.get().pk}/again/")
    assert endpoint.deliveries.get().state == "waiting"
    assert "signature of the old one" in client.post(f"{at}renew/", follow=True).content.decode()
    Endpoint.objects.update(off_at=AT)
    assert "Switched off" in client.get(at).content.decode()
    client.post(f"{at}on/")
    assert client.post(f"{at}nothing/").status_code == 404
    assert "Removed" in client.post(f"{at}remove/", follow=True).content.decode()
    assert client.get(at).status_code == 404
    kinds = set(AuditEvent.objects.filter(kind__startswith="webhook.").values_list("kind", flat=True))
    assert len(kinds) == 6


def test_the_background_process_delivers_and_survives_what_fails(cast: Cast, caplog, capsys):
    application_at(_S.SUBMITTED, cast)
    call_command("background", once=True)
    assert "deliver: 2" in capsys.readouterr().out
    tried: list[str] = []

    def fail(*, at: datetime) -> int:
        tried.append("fail")
        raise OSError("the disk is full")

    def succeed(*, at: datetime) -> int:
        tried.append("succeed")
        return 1

    rota = Rota((Job("fail", fail, timedelta(0)), Job("succeed", succeed, timedelta(hours=1))))
    assert [rota.look(at=AT), rota.look(at=AT)] == [{"succeed": 1}, {}]
    assert tried == ["fail", "succeed", "fail"]
    assert "it is tried again" in caplog.text
