"""Asking a target over real HTTP: an answer, or one clear error for each thing that goes wrong."""

import asyncio
import socket
from datetime import timedelta

import pytest

from openbeian.assessment import Target
from openbeian.assessment.answers import Answer
from openbeian.assessment.chat import ChatClient
from openbeian.assessment.target_errors import (
    TargetBrokenAnswerError,
    TargetEmptyAnswerError,
    TargetError,
    TargetMalformedError,
    TargetNotJSONError,
    TargetRateLimitedError,
    TargetRefusedRequestError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnauthorisedError,
    TargetUnreachableError,
)
from openbeian.core.errors import BadInputError
from tests.simulators.llm import Reply


def ask(url, question="问题？", key=None, **options):
    target = Target(url, "simulated", timeout_for=timedelta(seconds=0.5), **options)

    async def once():
        async with ChatClient(target, key=key) as client:
            return await client.ask(question)

    return asyncio.run(once())


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_is_the_text_and_why_it_ended(llm, stream):
    service = llm(lambda question, _: Reply(f"关于「{question}」：😀。" * 30))
    assert ask(service.url, "问题？", stream=stream) == Answer("关于「问题？」：😀。" * 30, "stop")


def test_the_request_says_all_that_was_committed_to(llm):
    service = llm()
    ask(service.url, "问", system="你是客服。", temperature=0.5, max_tokens=77)
    (body,) = service.bodies
    assert body == {
        "model": "simulated",
        "messages": [{"role": "system", "content": "你是客服。"}, {"role": "user", "content": "问"}],
        "temperature": 0.5,
        "max_tokens": 77,
    }


def test_the_key_opens_the_target_and_is_in_no_error(llm):
    service = llm(key="s3cret")
    assert ask(service.url, key="s3cret").text
    with pytest.raises(TargetUnauthorisedError, match="a request without a key") as caught:
        ask(service.url)
    assert caught.value.stops_run
    with pytest.raises(TargetUnauthorisedError, match="the environment variable KEY") as caught:
        ask(service.url, key="s3cret2", key_env="KEY")
    assert "s3cret2" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "stream", "error", "retriable"),
    [
        ("429", False, TargetRateLimitedError, True),
        ("500", False, TargetServerError, True),
        ("503", True, TargetServerError, True),
        ("400", False, TargetRefusedRequestError, False),
        ("404", True, TargetRefusedRequestError, False),
        ("403", False, TargetUnauthorisedError, False),
        ("html", False, TargetNotJSONError, False),
        ("html", True, TargetNotJSONError, False),
        ("malformed", False, TargetMalformedError, True),
        ("shapeless", False, TargetMalformedError, True),
        ("empty", False, TargetEmptyAnswerError, True),
        ("empty", True, TargetEmptyAnswerError, True),
        ("drop", False, TargetBrokenAnswerError, True),
        ("drop", True, TargetBrokenAnswerError, True),
        ("half", False, TargetBrokenAnswerError, True),
        ("half", True, TargetBrokenAnswerError, True),
    ],
)
def test_each_thing_that_goes_wrong_is_an_error_of_its_own(llm, fault, stream, error, retriable):
    service = llm(lambda _question, _number: Reply(fault=fault))
    with pytest.raises(error) as caught:
        ask(service.url, stream=stream)
    assert caught.value.retriable is retriable
    assert service.url in caught.value.text.zh
    assert service.url in caught.value.text.en


def test_an_answer_that_does_not_come_in_time_is_a_timeout(llm):
    service = llm(lambda _question, _number: Reply(delay_s=2))
    with pytest.raises(TargetTimeoutError, match=r"did not answer within 0\.5 s"):
        ask(service.url)


def test_a_port_where_nobody_listens_is_unreachable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(TargetUnreachableError, match="check the address, the port and the network"):
            ask(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")


@pytest.mark.parametrize("finish", ["content_filter", "filter"])
def test_an_answer_the_service_withholds_is_an_answer(llm, finish):
    blocked = Reply(fault="filter") if finish == "filter" else Reply("", finish="content_filter")
    answer = ask(llm(lambda _question, _number: blocked).url)
    assert answer.is_withheld


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("", None), ("1e999", None)],
)
def test_the_time_to_wait_is_read_from_the_answer(llm, retry_after, expected):
    service = llm(lambda _question, _number: Reply(fault="429", retry_after=retry_after))
    with pytest.raises(TargetRateLimitedError) as caught:
        ask(service.url)
    waits = caught.value.retry_after
    assert (waits.total_seconds() if waits is not None else None) == expected


def test_a_date_to_wait_for_counts_from_the_targets_own_clock(llm):
    service = llm(lambda _question, _number: Reply(fault="429", retry_after="Wed, 01 Jan 2200 00:00:00 GMT"))
    with pytest.raises(TargetRateLimitedError) as caught:
        ask(service.url)
    assert caught.value.retry_after > timedelta(days=365)


def test_an_endless_answer_is_cut_off(llm):
    for stream in (False, True):
        service = llm(lambda _question, _number: Reply("x" * 5_000_000))
        with pytest.raises(TargetMalformedError, match="longer than 4 MiB"):
            ask(service.url, stream=stream)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"choices": [{"message": {"content": null, "refusal": "No."}}]}', None),
        (b'{"choices": [{"message": {"content": 5}}]}', TargetMalformedError),
        (b'{"choices": [{"message": {"content": "a\\ud800"}}]}', TargetMalformedError),
        (b'{"choices": []}', TargetMalformedError),
        (b"[]", TargetMalformedError),
        (b"", TargetMalformedError),
    ],
)
def test_whatever_json_comes_back_is_an_answer_or_one_kind_of_error(body, error):
    from openbeian.assessment.answers import parse_answer

    if error is None:
        assert parse_answer(body, "u") == Answer("No.")
    else:
        with pytest.raises(error):
            parse_answer(body, "u")


@pytest.mark.parametrize(
    "line", [b"data: {oops", b"data: [1]", b'data: {"choices": [{"delta": {"content": 5}}]}']
)
def test_a_stream_of_something_else_is_malformed(line):
    from openbeian.assessment.answers import StreamedAnswer

    with pytest.raises(TargetMalformedError):
        StreamedAnswer("u").take(line)


def test_comments_and_what_follows_the_end_of_a_stream_are_left_out():
    from openbeian.assessment.answers import StreamedAnswer

    answer = StreamedAnswer("u")
    for line in (
        b": ping",
        b"",
        b'data: {"choices": [{"delta": {"content": "a"}}]}',
        b"data: [DONE]",
        b"data: x",
    ):
        answer.take(line)
    assert answer.finish() == Answer("a")


@pytest.mark.parametrize("body", [b"no json", b'{"error": "text"}', b'{"error": {"code": "other"}}'])
def test_an_error_that_is_no_filter_is_no_answer(body):
    from openbeian.assessment.answers import withheld_answer

    assert withheld_answer(body) is None


@pytest.mark.parametrize("url", ["", "ftp://host/v1", "localhost:8000", "http://"])
def test_a_target_that_is_no_address_is_refused(url):
    with pytest.raises(BadInputError, match="is no address; write http"):
        Target(url, "m")


@pytest.mark.parametrize("url", ["http://user:pw@host/v1", "http://host/v1?key=abc"])
def test_a_target_whose_address_holds_a_secret_is_refused_without_saying_it(url):
    with pytest.raises(BadInputError, match="--key-env") as caught:
        Target(url, "m")
    assert "pw" not in caught.value.text.en
    assert "abc" not in caught.value.text.en


def test_the_path_of_the_chat_call_may_be_left_out():
    for url in ("http://h/v1", "http://h/v1/", "http://h/v1/chat/completions"):
        assert Target(url, "m").chat_url == "http://h/v1/chat/completions"


def test_a_key_that_is_not_in_the_environment_is_named():
    target = Target("http://h/v1", "m", key_env="BEIAN_KEY")
    assert target.key({"BEIAN_KEY": " k "}) == "k"
    with pytest.raises(BadInputError, match="BEIAN_KEY is not set"):
        target.key({"BEIAN_KEY": " "})


def test_every_error_is_one_sentence_in_each_language():
    classes = [one for one in TargetError.__subclasses__() if one.__module__ == TargetError.__module__]
    assert len(classes) == len({one.code for one in classes}) == 10
