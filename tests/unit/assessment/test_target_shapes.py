"""Targets of other shapes than OpenAI's, over real HTTP: Azure's, and whatever a file describes."""

import asyncio
import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.assessment import (
    BankKind,
    Conclusion,
    Question,
    QuestionBank,
    Target,
    TargetSpec,
    load_target_spec,
)
from openbeian.assessment.answers import Answer
from openbeian.assessment.chat import ChatClient
from openbeian.assessment.json_paths import JSONPath
from openbeian.assessment.shapes import AZURE
from openbeian.assessment.target_errors import (
    TargetBrokenAnswerError,
    TargetEmptyAnswerError,
    TargetMalformedError,
    TargetRefusedRequestError,
    TargetServerError,
    TargetUnauthorisedError,
)
from openbeian.assessment.templates import fill
from openbeian.assessment.wire import Turn
from openbeian.core.errors import BadInputError
from tests.simulators.llm import Reply
from tests.simulators.shapes import AzureSimulator, OwnShapeSimulator

from .support import BANKS, good_service, plan, run
from .test_run import carry_on

SPEC = """
url: http://127.0.0.1:9/api/talk
model: our-model
headers:
  X-Service-Key: Key {{ env:OUR_KEY }}
  X-Mode: test
body:
  input: {text: "{{question}}", prompt: "{{system}}"}
  said: "{{history}}"
  options: {heat: "{{temperature}}", most: "{{max_tokens}}"}
  stream: "{{stream}}"
answer: $.data.replies[0].text
finish: data.state
withheld: [blocked]
stream_answer: piece
stream_finish: state
"""


def described(url="http://127.0.0.1:9/api/talk", **changes):
    import yaml

    about = {**yaml.safe_load(SPEC), "url": url, **changes}
    return TargetSpec.parse({name: value for name, value in about.items() if value is not None})


def own_shape(url, spec=None, **options):
    spec = spec or described(url)
    return Target(spec.url, "our-model", shape=spec, timeout_for=timedelta(seconds=2), **options)


def ask(target, question="问题？", history=(), environ=None):
    async def once():
        async with ChatClient.with_keys(target, {"OUR_KEY": "s3cret-key", **(environ or {})}) as client:
            return await client.ask(question, history)

    return asyncio.run(once())


def test_azure_is_asked_under_its_deployment_with_version_and_key(llm):
    service = llm(kind=AzureSimulator, key="s3cret-key")
    target = Target(service.url, "m", key_env="OUR_KEY", shape=AZURE)
    assert target.chat_url.endswith("/my-model/chat/completions?api-version=2024-10-21")
    assert ask(target).text == "好的，这是回答。"
    whole = Target(target.chat_url, "m", key_env="OUR_KEY", shape=AZURE)
    assert whole.chat_url == target.chat_url
    with pytest.raises(TargetUnauthorisedError, match="OUR_KEY"):
        ask(target, environ={"OUR_KEY": "another"})


@pytest.mark.parametrize(
    "query",
    ["", "?api-version=", "?api-version=1&subscription-key=abc", "?code=abc", "?api-version=1&api-version=2"],
)
def test_an_azure_address_has_its_version_and_nothing_else(query):
    with pytest.raises(BadInputError, match="one parameter api-version") as caught:
        Target("https://host/openai/deployments/m" + query, "m", shape=AZURE)
    assert "abc" not in caught.value.text.en


@pytest.mark.parametrize("stream", [False, True])
def test_a_described_target_is_asked_as_its_file_says(llm, stream):
    service = llm(lambda question, _: Reply(f"关于{question}"), kind=OwnShapeSimulator, key="s3cret-key")
    target = own_shape(service.url, system="你是客服。", temperature=0.5, max_tokens=9, stream=stream)
    answer = ask(target, "{{system}} “引号”", history=(Turn("先", "后"),))
    assert answer == Answer("关于{{system}} “引号”", "stop")
    assert service.bodies == [
        {
            "input": {"text": "{{system}} “引号”", "prompt": "你是客服。"},
            "said": [{"role": "user", "content": "先"}, {"role": "assistant", "content": "后"}],
            "options": {"heat": 0.5, "most": 9},
            "stream": stream,
        }
    ]


def test_what_was_said_can_be_put_in_another_form(llm):
    service = llm(kind=OwnShapeSimulator)
    spec = described(service.url, headers=None, turn=[["{{user}}", "{{answer}}"]])
    ask(own_shape(service.url, spec), history=(Turn("一", "二"), Turn("三", "四")))
    assert service.bodies[0]["said"] == [["一", "二"], ["三", "四"]]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("不能说", finish="blocked"), Answer("不能说", "content_filter")),
        (Reply("", finish="blocked"), Answer("", "content_filter")),
        (Reply("", finish="length"), TargetEmptyAnswerError),
        (Reply(fault="shapeless"), TargetMalformedError),
        (Reply(fault="malformed"), TargetMalformedError),
        (Reply(fault="408"), TargetServerError),
        (Reply(fault="422"), TargetRefusedRequestError),
        (Reply(fault="401"), TargetUnauthorisedError),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_described_target_fails_as_any_other(llm, reply, expected, stream):
    service = llm(lambda *_: reply, kind=OwnShapeSimulator)
    target = own_shape(service.url, stream=stream)
    if isinstance(expected, Answer):
        assert ask(target) == expected
        return
    with pytest.raises(expected) as caught:
        ask(target)
    if expected is TargetMalformedError:
        assert "--target-spec" in caught.value.text.en
    if expected is TargetUnauthorisedError:
        assert "the environment variable OUR_KEY" in caught.value.text.en


def test_a_stream_that_is_not_described_or_holds_something_else_is_malformed(llm):
    spec = described(stream_answer=None, stream_finish=None)
    with pytest.raises(TargetMalformedError, match="no stream_answer is described"):
        spec.stream("u")
    with pytest.raises(BadInputError, match="has no stream_answer"):
        Target(spec.url, "m", shape=spec, stream=True)
    stream = described().stream("u")
    with pytest.raises(TargetMalformedError):
        stream.take(b'data: {"piece": 5}')
    stream.take(b'data: {"piece": "a"}')
    with pytest.raises(TargetBrokenAnswerError):
        stream.finish()


def test_finish_may_be_a_number_or_truth_and_is_nothing_where_it_is_a_list():
    spec = described(finish="$['ok']", withheld=[False, 7])
    found = [spec.read(b'{"data": {"replies": [{"text": "a"}]}, "ok": %s}' % one, "u").finish for one in (
        b"false", b"7", b"true", b"[1]", b"null")]  # fmt: skip
    assert found == ["content_filter", "content_filter", "true", "", ""]


def test_a_secret_the_service_repeats_is_not_passed_on(llm):
    service = llm(lambda *_: Reply("您的密钥是 s3cret-key。"), kind=OwnShapeSimulator)
    assert ask(own_shape(service.url)).text == "您的密钥是 [key]。"


def test_a_target_that_points_elsewhere_is_not_followed(llm):
    from aiohttp import web

    class Moved(OwnShapeSimulator):
        async def _fail(self, *_, **__):
            return web.Response(status=307, headers={"Location": elsewhere.url + "?a=b"} if self.key else {})

    elsewhere = llm(kind=OwnShapeSimulator)
    for key, said in (("s3cret-key", f"moved to {elsewhere.url}\\)"), (None, "HTTP 307: Temporary Redirect")):
        service = llm(lambda *_: Reply(fault="307"), kind=Moved, key=key)
        with pytest.raises(TargetRefusedRequestError, match=said):
            ask(own_shape(service.url))
    assert elsewhere.requests == 0


def test_a_run_on_a_described_target_conforms_is_resumed_and_holds_no_secret(llm, tmp_path):
    service = llm(good_service, kind=OwnShapeSimulator, key="s3cret-key")
    target = own_shape(service.url)
    environ = {"OUR_KEY": "s3cret-key"}
    report = run(plan(service.url, target=target), tmp_path / "run", environ=environ)
    assert report.conclusion is Conclusion.CONFORMS
    assert report.target["spec"]["headers"]["X-Service-Key"] == "Key {{ env:OUR_KEY }}"
    everything = b"".join(path.read_bytes() for path in (tmp_path / "run").iterdir())
    assert b"s3cret-key" not in everything
    assert carry_on(tmp_path / "run", environ=environ) == report
    with pytest.raises(BadInputError, match="OUR_KEY is not set"):
        carry_on(tmp_path / "run")


def test_an_azure_run_is_resumed_on_its_shape(llm, tmp_path):
    service = llm(good_service, kind=AzureSimulator, key="s3cret-key")
    target = Target(service.url, "m", key_env="OUR_KEY", shape=AZURE)
    report = run(plan("http://h", target=target), tmp_path / "run", environ={"OUR_KEY": "s3cret-key"})
    lines = (tmp_path / "run" / "evidence.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "run" / "evidence.jsonl").write_bytes(b"".join(lines[:100]))
    assert carry_on(tmp_path / "run", environ={"OUR_KEY": "s3cret-key"}).conclusion is report.conclusion


def test_the_usual_target_is_described_as_it_always_was():
    assert Target("http://h/v1", "m").describe() == {
        "max_tokens": 1024,
        "model": "m",
        "stream": False,
        "system": "",
        "temperature": 0.0,
        "url": "http://h/v1",
    }


@pytest.mark.parametrize(
    "target", [Target("http://h/v1?api-version=1", "m", shape=AZURE), own_shape(None, described())]
)
def test_what_is_described_gives_the_same_target_again(target):
    about = json.loads(json.dumps(target.describe()))
    again = Target.described(about, key_env=target.key_env, timeout_for=target.timeout_for)
    assert again == target
    assert hash(again) == hash(target)
    with pytest.raises(KeyError):
        Target.described({**about, "shape": "round"}, key_env=None, timeout_for=target.timeout_for)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": None}, "“url” is missing"),
        ({"body": None}, "“body” is missing"),
        ({"answer": None}, "“answer” is missing"),
        ({"reply": "x"}, "“reply” is unknown; there are url, method"),
        ({"url": 5}, "“url” must be a text"),
        ({"url": "ftp://host"}, "is no address"),
        ({"url": "http://[host"}, "is no address"),
        ({"url": "http://host:99999/"}, "is no address"),
        ({"url": "http://me:pw@host/"}, "no user, password or query"),
        ({"url": "http://host/?access_token=abc"}, "“access_token” of the address looks like a secret"),
        ({"method": "GET"}, "“method” must be POST or PUT"),
        ({"headers": ["a"]}, "“headers” must be a mapping"),
        ({"headers": {"a b": "c"}}, "no proper name or text"),
        ({"headers": {"a": "c\nd"}}, "no proper name or text"),
        ({"headers": {"a": 5}}, "no proper name or text"),
        ({"headers": {"Host": "x"}}, "is set by the program"),
        ({"headers": {"a": "{{question}}"}}, "may hold {{env:NAME}} only, not {{question}}"),
        ({"headers": {"a": "{{env:a b}}"}}, "may hold {{env:NAME}} only"),
        ({"headers": {"Authorization": "Bearer abc"}}, "“Authorization” looks like a secret"),
        ({"headers": {"X-Api-Key": "abc-123-{{env:K}}"}}, "“X-Api-Key” looks like a secret"),
        ({"body": "{{question}}"}, "“body” must be a JSON object or list"),
        ({"body": {"a": "x"}}, "“body” has no {{question}}"),
        ({"body": {"a": "{{question}}", "b": "{{nonsense}}"}}, "{{nonsense}} in “body” is unknown"),
        ({"body": {"a": "{{question}} {{history}}"}}, "{{history}} must be a value of its own"),
        ({"body": {"a": "{{question}}", "b": [{"apiKey": "abcdef"}]}}, "“apiKey” in “body” looks"),
        ({"body": {"a": "{{question}}", "b": 2**60}}, "a number that can't go into evidence"),
        ({"turn": "{{user}}"}, "“turn” must be a list"),
        ({"turn": ["{{question}}"]}, "{{question}} in “turn” is unknown"),
        ({"answer": "a[*].b"}, "“a[*].b” is no path"),
        ({"withheld": "blocked"}, "“withheld” must be a list of values"),
        ({"withheld": [None]}, "“withheld” must be a list of values"),
    ],
)  # fmt: skip
def test_a_description_that_is_wrong_says_what_to_mend(changes, said):
    with pytest.raises(BadInputError, match=re.escape(said)):
        described(**{"url": "http://host/", **changes})


def test_harmless_members_may_be_named_like_secrets():
    body = {"text": "{{question}}", "key": "query", "token": "", "password": "{{model}}", "max_tokens": 5}
    assert described(body=body).places == {"question", "model"}


def test_an_address_may_have_a_harmless_query_and_the_method_be_put():
    spec = described("http://127.0.0.1:9/api?version=2", method="PUT")
    assert (spec.address(spec.url), spec.method) == ("http://127.0.0.1:9/api?version=2", "PUT")


def test_a_description_is_no_list():
    with pytest.raises(BadInputError, match="mapping of names to values"):
        TargetSpec.parse([])


@pytest.mark.parametrize("name", ["target.yaml", "target.json"])
def test_a_description_is_read_from_yaml_or_json(tmp_path, name):
    path = tmp_path / name
    path.write_text(json.dumps(dict(described().about)) if name.endswith("json") else SPEC, "utf-8")
    spec = load_target_spec(path)
    assert spec == described()
    assert spec != 5
    assert (spec.model, spec.method, spec.key_names, spec.streams) == (
        "our-model",
        "POST",
        ("OUR_KEY",),
        True,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "no valid YAML or JSON"),
        ("a: &x [*x]", "no valid YAML or JSON"),
        ("1: 2", "no valid YAML or JSON"),
        ("body: {a: {{question}}}", "no valid YAML or JSON"),
        ("answer: a", "The description of the target is wrong: “url” is missing"),
        ("answer: ''\nbody: {}\nurl: http://h/", "“answer” must be a text"),
    ],
)
def test_a_file_that_describes_nothing_is_named(tmp_path, text, said):
    path = tmp_path / "target.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadInputError, match=re.escape(said)) as caught:
        load_target_spec(path)
    assert "target.yaml" in caught.value.text.zh
    assert "target.yaml" in caught.value.text.en


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadInputError, match="check the path"):
        load_target_spec(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"system": "你好"}, "{{system}}"),
        ({"temperature": 1.0}, "{{temperature}}"),
        ({"max_tokens": 7}, "{{max_tokens}}"),
        ({"stream": True}, "{{stream}}"),
    ],
)
def test_what_a_body_has_no_place_for_cannot_be_set(option, said):
    spec = described(body={"q": "{{question}}"})
    with pytest.raises(BadInputError, match=re.escape(f"has no {said}")):
        Target(spec.url, "m", shape=spec, **option)


def test_a_described_target_has_one_address():
    with pytest.raises(BadInputError, match="is not the address in its description"):
        Target("http://other/", "m", shape=described())


def test_a_key_with_a_line_break_is_refused_without_saying_it():
    with pytest.raises(BadInputError, match="OUR_KEY holds line breaks") as caught:
        own_shape(None, described()).secrets({"OUR_KEY": "abc\ndef"})
    assert "abc" not in caught.value.text.en


def test_a_question_of_several_turns_needs_a_place_for_what_was_said(tmp_path):
    turns = Question("t", "A.1.a", "末", "zh", ("首", "末"))
    bank = QuestionBank(BankKind.SHOULD_REFUSE, "b", "1", "zh", "CC0", (*BANKS[1].questions, turns))
    spec = described(body={"q": "{{question}}"})
    with pytest.raises(BadInputError, match=re.escape("question t of the bank “b” has several turns")):
        run(plan("http://h", target=own_shape(None, spec), banks=(bank,)), tmp_path / "run")


def test_an_empty_system_prompt_is_no_message_and_history_is_spliced_in():
    template = [
        {"role": "system", "content": "{{system}}"},
        "{{history}}",
        {"content": "问：{{question}}", "n": 1},
    ]
    values = {"system": "", "history": [1, 2], "question": "{{system}}"}
    assert fill(template, values) == [1, 2, {"content": "问：{{system}}", "n": 1}]
    assert fill(template, {**values, "system": "s"})[0] == {"role": "system", "content": "s"}


@given(st.text(), st.text())
def test_whatever_a_question_holds_arrives_as_it_is(question, system):
    filled = fill(
        {"a": ["{{question}}"], "b": "<{{question}}>", "c": "{{system}}"},
        {"question": question, "system": system},
    )
    assert filled == {"a": [question], "b": f"<{question}>", "c": system}


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("a", ("a",)),
        ("$.a.b[0].c", ("a", "b", 0, "c")),
        ("$[0]['x y'].答案[-1]", (0, "x y", "答案", -1)),
        (' $["a.b"] ', ("a.b",)),
    ],
)
def test_a_path_is_read(path, steps):
    assert JSONPath.parse(path).steps == steps


@pytest.mark.parametrize(
    "path", ["", "$", ".a", "a..b", "a.*", "$..a", "a[x]", "a[0", "a b", "a[0]b", "$a b", "a."]
)
def test_what_is_no_path_is_refused(path):
    with pytest.raises(BadInputError, match="is no path"):
        JSONPath.parse(path)


JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
)


@given(JSON, st.data())
def test_a_path_leads_to_what_it_names_and_nowhere_else(value, data):
    inner, path = value, "$"
    while isinstance(inner, dict | list) and inner:
        if isinstance(inner, list):
            step = data.draw(st.integers(0, len(inner) - 1))
            path += f"[{step}]"
        else:
            step = data.draw(st.sampled_from(sorted(inner)))
            if re.search(r"['\n\r]", step) or len(step.splitlines()) > 1:
                return
            path += f"['{step}']"
        inner = inner[step]
    if path != "$":
        assert JSONPath.parse(path).find(value) == inner
    assert JSONPath.parse("no[99].where").find(value) is None or isinstance(value, dict)
