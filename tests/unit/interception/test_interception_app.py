"""The proxy before a model, over real connections."""

import asyncio
import http.client
import json
import logging
import urllib.error
import urllib.request
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from openbeian.classifiers.harm import HarmScore
from openbeian.core.errors import BadInputError
from openbeian.interception import InterceptionApp, Policy
from openbeian.interception.chat import REFUSAL, read_answer
from openbeian.matching.keywords import KeywordMatcher
from tests.unit.interception.services import EVENTS, chat, free_port, run_app, run_model

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MATCHER = KeywordMatcher([("forbidden fruit", "A.1.g"), ("禁果", "A.1.g")])
HARMFUL = "please do the bad thing"


class BadThing:
    """A classifier that knows one harmful phrase."""

    threshold = 0.5

    def scores(self, texts):
        return [HarmScore(0.9 if "bad thing" in text else 0.1, "A.1.h") for text in texts]


@pytest.fixture(scope="module")
def model():
    with run_model() as running:
        yield running


@pytest.fixture(scope="module")
def app(model):
    return InterceptionApp(model.url, MATCHER, BadThing(), now=lambda: AT)


@pytest.fixture(scope="module")
def address(app):
    with run_app(app) as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh(model):
    model.asked.clear()
    model.headers.clear()
    model.answer = "Hello."
    model.gone.clear()


def post(address, body, path="/v1/chat/completions", **headers):
    request = urllib.request.Request(  # noqa: S310  always 127.0.0.1
        address + path, body, {"content-type": "application/json", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310  always 127.0.0.1
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


def content(body):
    [choice] = json.loads(body)["choices"]
    return choice["message"]["content"], choice.get("finish_reason")


def test_a_harmless_request_reaches_the_model_unchanged(address, model):
    status, headers, body = post(address, chat("good day", temperature=0.5), authorization="Bearer key")
    assert (status, headers["x-model"], content(body)[0]) == (200, "fake", "Hello.")
    assert model.asked[0]["temperature"] == 0.5
    assert model.headers[0]["Authorization"] == "Bearer key"


def test_a_harmful_request_is_answered_in_the_models_place(address, model):
    status, _, body = post(address, chat(HARMFUL))
    assert status == 200
    assert content(body) == (REFUSAL.en, "content_filter")
    answer = json.loads(body)
    assert (answer["object"], answer["model"], answer["created"]) == (
        "chat.completion",
        "fake",
        int(AT.timestamp()),
    )
    assert model.asked == []


def test_a_refusal_is_in_the_language_of_the_request(address):
    assert content(post(address, chat("请给我禁果"))[2])[0] == REFUSAL.zh


def test_a_refusal_to_a_stream_is_a_stream(address, model):
    status, headers, body = post(address, chat(HARMFUL, stream=True))
    assert (status, headers["content-type"]) == (200, "text/event-stream")
    events = [line.removeprefix(b"data: ") for line in body.split(b"\n\n") if line]
    first, last = (json.loads(event)["choices"][0] for event in events[:2])
    assert first == {
        "index": 0,
        "delta": {"role": "assistant", "content": REFUSAL.en},
        "finish_reason": None,
    }
    assert last == {"index": 0, "delta": {}, "finish_reason": "content_filter"}
    assert events[2] == b"[DONE]"
    assert model.asked == []


def test_a_stream_passes_as_it_comes(address):
    status, headers, body = post(address, chat("good day", stream=True))
    assert (status, headers["content-type"], body) == (200, "text/event-stream", b"".join(EVENTS))


def test_the_older_completions_are_guarded_too(address, model):
    path = "/v1/completions"
    body = post(address, json.dumps({"prompt": ["hello", HARMFUL]}).encode(), path)[2]
    assert json.loads(body)["choices"][0]["text"] == REFUSAL.en
    streamed = post(address, json.dumps({"prompt": HARMFUL, "stream": True}).encode(), path)[2]
    assert json.loads(streamed.split(b"\n\n")[0].removeprefix(b"data: "))["object"] == "text_completion"
    assert model.asked == []
    assert post(address, b'{"prompt":"good day"}', path)[0] == 200
    assert model.asked == [{"prompt": "good day"}]


@pytest.mark.parametrize(
    "messages",
    [
        [user("please do the"), user("bad thing")],
        [user(HARMFUL), assistant("No."), user("Go on.")],
        [user("Hi"), assistant("Sure, the bad thing goes like this:")],
        [user([{"type": "text", "text": HARMFUL}, {"type": "image_url", "image_url": {}}])],
        [user(HARMFUL), assistant(None)],
        [{"role": "system", "content": HARMFUL}],
    ],
    ids=["split in two", "earlier", "as the assistant", "in parts", "before an empty one", "alone"],
)
def test_a_harmful_request_is_found_wherever_the_conversation_hides_it(address, model, messages):
    body = post(address, json.dumps({"messages": messages}).encode())[2]
    assert content(body)[0] == REFUSAL.en
    assert model.asked == []


def test_a_services_own_instructions_are_not_taken_for_a_request(address, model):
    messages = [{"role": "system", "content": f"Refuse when asked: {HARMFUL}"}, user("Hi")]
    assert content(post(address, json.dumps({"messages": messages}).encode())[2])[0] == "Hello."


def test_other_addresses_pass_through(address):
    body = post(address, None, "/v1/models?a=%20b")[2]
    assert json.loads(body) == {"data": [{"id": "fake"}], "query": "a= b"}
    status, _, body = post(address, None, "/v1/missing")
    assert (status, json.loads(body)["error"]["message"]) == (404, "no such model")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[1]",
        b"{}",
        b'{"messages": []}',
        b'{"messages": "hi"}',
        b'{"messages": ["hi"]}',
        b'{"messages": [{"content": "hi"}]}',
        b'{"messages": [{"role": "user", "content": 1}]}',
        b'{"messages": [{"role": "user", "content": ["hi"]}]}',
        b'{"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]}',
        b"[" * 100_000,
    ],
)
def test_a_malformed_request_is_refused_with_one_clear_sentence(address, model, body):
    status, headers, answer = post(address, body)
    error = json.loads(answer)["error"]
    assert (status, error["type"], error["code"]) == (400, "invalid_request_error", "bad_input")
    assert headers["content-type"].startswith("application/json")
    assert error["message"].endswith(".")
    assert error["message_zh"].endswith("。")
    assert model.asked == []


@pytest.mark.parametrize("prompt", [b"[]", b"[1, 2]", b"7", b"null"])
def test_a_prompt_that_cannot_be_read_is_refused(address, prompt):
    assert post(address, b'{"prompt": %s}' % prompt, "/v1/completions")[0] == 400


def test_a_request_that_is_too_long_is_refused(address, model):
    status, _, body = post(address, chat("x" * 300_000))
    assert (status, json.loads(body)["error"]["code"]) == (413, "request_too_large")
    assert model.asked == []


def test_half_a_character_does_no_harm(address):
    body = b'{"messages": [{"role": "user", "content": "\\ud800 good day"}]}'
    assert content(post(address, body)[2])[0] == "Hello."
    assert content(post(address, body.replace(b"good day", HARMFUL.encode()))[2])[0] == REFUSAL.en


def test_a_long_request_is_read_to_its_end(address):
    assert content(post(address, chat("good day " * 1000 + HARMFUL))[2])[0] == REFUSAL.en


def test_a_model_that_is_down_is_reported_as_such(app):
    with run_app(InterceptionApp(f"http://127.0.0.1:{free_port()}/v1/", MATCHER, BadThing())) as address:
        status, _, body = post(address, chat("good day"))
    error = json.loads(body)["error"]
    assert (status, error["type"], error["code"]) == (502, "upstream_error", "could_not_run")


def test_a_model_that_breaks_off_leaves_a_broken_answer(address):
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", "/v1/broken")
    with pytest.raises(http.client.IncompleteRead):
        connection.getresponse().read()
    connection.close()


def test_the_model_is_told_when_the_client_goes_away(address, model):
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("POST", "/v1/chat/completions", chat("good day", stream=True, slow=True))
    reply = connection.getresponse()
    assert reply.read(8) == EVENTS[0][:8]
    reply.close()
    connection.close()
    assert model.gone.wait(5)


def test_an_answer_may_be_checked_before_it_is_sent(model):
    app = InterceptionApp(model.url, MATCHER, BadThing(), policy=Policy(check_answers=True))
    with run_app(app) as address:
        model.answer = "Eat the forbidden fruit."
        assert content(post(address, chat("good day"))[2]) == (REFUSAL.en, "content_filter")
        refused = post(address, b'{"prompt":"good day"}', "/v1/completions")[2]
        assert json.loads(refused)["choices"][0]["text"] == REFUSAL.en
        assert post(address, chat("good day", stream=True))[2] == b"".join(EVENTS)
        model.answer = "Eat bread."
        assert content(post(address, chat("good day"))[2])[0] == "Eat bread."
    assert (app.counts["answer.keyword"], app.counts["answer.none"]) == (2, 1)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"choices": [{}]}', b'{"choices": 1}'])
def test_an_answer_of_another_shape_has_no_text(body):
    assert read_answer(body) == ""


def test_answers_are_not_checked_unless_asked_for(address, model):
    model.answer = "Eat the forbidden fruit."
    assert content(post(address, chat("good day"))[2])[0] == "Eat the forbidden fruit."


def test_decisions_are_counted_and_logged_without_the_text(model, caplog):
    app = InterceptionApp(model.url, MATCHER, BadThing())
    with run_app(app) as address, caplog.at_level(logging.INFO, "openbeian.interception"):
        post(address, chat(HARMFUL))
        post(address, chat(HARMFUL))
        post(address, chat("good day"))
    assert (app.counts["request.classifier"], app.counts["request.none"]) == (2, 1)
    records = [record for record in caplog.records if record.name == "openbeian.interception"]
    lines = [json.loads(record.getMessage().removeprefix("intercepted ")) for record in records]
    assert [(line["reason"], line["risk"], line["score"]) for line in lines] == [
        ("classifier", "A.1.h", 0.9)
    ] * 2
    assert len({line["text"] for line in lines}) == 1
    assert HARMFUL not in caplog.text


def test_the_threshold_can_be_given_with_the_application(model):
    app = InterceptionApp(model.url, MATCHER, BadThing(), threshold=0.95)
    assert not app.strategy.decide(HARMFUL).intercept
    assert app.strategy.policy.threshold == 0.95


def test_an_address_that_is_none_is_refused():
    with pytest.raises(BadInputError):
        InterceptionApp("localhost:80", MATCHER, BadThing())


def call(app, scope, parts):
    """Call an ASGI application with the messages given and return what it sent."""
    sent = []

    async def receive():
        return parts.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def test_websockets_are_turned_away():
    app = InterceptionApp("http://127.0.0.1:9", MATCHER, BadThing())
    sent = call(app, {"type": "websocket"}, [{"type": "websocket.connect"}])
    assert sent == [{"type": "websocket.close", "code": 1003}]


def test_a_client_that_leaves_before_its_request_is_complete_costs_the_model_nothing(model):
    parts = [{"type": "http.request", "body": b'{"mess', "more_body": True}, {"type": "http.disconnect"}]
    app = InterceptionApp(model.url, MATCHER, BadThing())
    call(app, {"type": "http", "method": "POST", "path": "/v1/chat/completions", "headers": []}, parts)
    assert model.asked == []
