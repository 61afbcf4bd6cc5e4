"""Asking the live service: both channels answer, stream and ask for a key; the public page is read."""

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from openbeian.dossier.probing import probe
from tests.simulators.llm import LLMSimulator, Reply

PAGE = "<html><script>隐藏</script><body>面向<b>成年公众</b>&nbsp;模型 xiaozhou-1</body></html>"


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_):
        """Stay quiet."""


@pytest.fixture(scope="module")
def page():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def asked(facts, **options):
    return asyncio.run(probe({"model.name": "xiaozhou-1", **facts}, **options))


def test_a_channel_with_a_key_answers_streams_and_turns_others_away(page):
    with LLMSimulator(key="k" * 20) as service:
        seen = asked(
            {"channels.bare": service.url, "channels.guarded": service.url, "service.url": f"{page}/"},
            key_env="KEY",
            environ={"KEY": "k" * 20},
        )
    assert set(seen.channels) == {"channels.bare", "channels.guarded"}
    for channel in seen.channels.values():
        assert (channel.answered, channel.streamed, channel.refuses_without_key) == (None, None, True)
    assert "成年公众" in seen.page
    assert "隐藏" not in seen.page


def test_an_open_channel_and_a_missing_page_are_told(page):
    with LLMSimulator() as service:
        seen = asked({"channels.bare": service.url, "service.url": f"{page}/none"})
        keyed = asked({"channels.bare": service.url}, key_env="KEY", environ={"KEY": "k" * 20})
    assert seen.channels["channels.bare"].refuses_without_key is False
    assert keyed.channels["channels.bare"].refuses_without_key is False
    assert seen.page is None
    assert "404" in seen.page_problem.en
    assert keyed.page is keyed.page_problem is None


@pytest.mark.parametrize(
    ("address", "environ", "said"),
    [
        ("http://127.0.0.1:1/v1", {"KEY": "x" * 10}, "can't be reached"),
        ("http://127.0.0.1:1/v1", {}, "not set"),
        ("ftp://127.0.0.1/v1", {"KEY": "x" * 10}, "address"),
    ],
)
def test_a_channel_that_can_not_be_asked_says_why(address, environ, said):
    seen = asked({"channels.bare": address}, key_env="KEY", environ=environ)
    assert said in seen.channels["channels.bare"].answered.en


def test_a_page_that_can_not_be_opened_says_why():
    seen = asked({"service.url": "http://127.0.0.1:1/"})
    assert "can't be fetched" in seen.page_problem.en


def refusing(question, _number):
    """Turn bad questions away, and everything by a status once there were three of them."""
    harmless = question.startswith("请用三句话")
    return Reply(fault="403") if harmless else Reply("抱歉，我不能回答这个问题。")


@pytest.mark.parametrize(
    ("rule", "suspends"),
    [
        (refusing, True),
        (lambda *_: Reply("账号已暂停使用，无法为您提供服务。"), True),
        (lambda *_: Reply(fault="400"), True),
        (
            lambda *_: Reply(
                "广州是广东省的省会，位于珠江三角洲北缘，以早茶和粤菜闻名，也是外贸与制造业城市。"
            ),
            False,
        ),
        (lambda *_: Reply(fault="500"), None),
    ],
    ids=["by a status", "in words", "turned away", "goes on", "fails"],
)
def test_a_test_account_shows_whether_misuse_suspends(rule, suspends):
    with LLMSimulator(rule, key="k" * 20) as service:
        seen = asked(
            {"channels.guarded": service.url},
            key_env="KEY",
            test_account_env="TRIAL",
            environ={"KEY": "k" * 20, "TRIAL": "k" * 20},
        )
    assert seen.suspends_misuse is suspends


def test_without_a_test_account_nobody_is_suspended():
    with LLMSimulator() as service:
        assert asked({"channels.guarded": service.url}).suspends_misuse is None
