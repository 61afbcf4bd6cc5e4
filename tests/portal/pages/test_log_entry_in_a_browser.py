"""The page of a log entry in a real Chromium, which computes the proof itself and notices one wrong byte."""

import base64
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect

from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.outbox import append
from openbeian.portal.log.sequencer import mark_published
from openbeian.portal.web.log_words import fact_name, hash_meaning, says
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian_gate.verify.proof import parse_proof
from tests.portal.factories import AT

pytestmark = [pytest.mark.django_db(transaction=True)]
ENTRIES = 11
PATH = "/log/entries/9/"
NO_ED25519 = """for (const name of ["generateKey", "importKey"])
    crypto.subtle[name] = () => Promise.reject(new DOMException("unknown", "NotSupportedError"));"""


@pytest.fixture
def world(cast):
    """Publish a few entries; more of a portal this page does not need."""
    for n in range(ENTRIES):
        append(
            "filing.suspend", f"Number-{n}", facts={"status": "suspended", "until": None}, hashes={}, at=AT
        )
    publish_everything(open_for_publishing(), at=AT)


def altered(text: str, place: int) -> str:
    """Return a text with one letter exchanged for another of its kind."""
    return text[:place] + ("b" if text[place] != "b" else "c") + text[place + 1 :]


class Reader:
    """Somebody who opens the page again and again, with something altered on its way."""

    def __init__(self, page: Page, origin: str) -> None:
        self._page = page
        self._origin = origin
        self._change = ("", "")
        self.fetched: list[str] = []
        page.on("request", lambda request: self.fetched.append(request.url))
        page.route(re.compile(r"/static/.*(css|svg)"), lambda route: route.abort())
        page.route(re.compile(r"/log/entries/|keys\.json"), self._tamper)

    def _tamper(self, route: Route) -> None:
        answer = route.fetch()
        before, after = self._change
        route.fulfill(response=answer, body=answer.text().replace(before, after) if before else answer.text())

    def open(self, before: str = "", after: str = "") -> tuple[str, list[str]]:
        """Open the page with a text exchanged; return the verdict, and what is said of each step."""
        self._change = (before, after)
        self._page.goto(f"{self._origin}{PATH}")
        verdict = self._page.locator("#verdict")
        expect(verdict).not_to_contain_text("is checking")
        states = self._page.locator("[data-state]").all_inner_texts()
        return verdict.inner_text(), [one.strip() for one in states]


@pytest.mark.browser
def test_the_browser_checks_the_proof_itself_and_notices_one_wrong_byte(browser: Browser, live_server):
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    reader = Reader(page, live_server.url)
    proof = Client().get("/log/entries/9.tlog-proof").content.decode()
    verdict, states = reader.open()
    assert "It holds: your browser has just computed it" in verdict
    assert states == ["Fits"] * 6
    assert all(url.startswith(live_server.url) for url in reader.fetched)
    assert "3 steps up" in page.locator("svg.tree[role=img] desc").text_content()
    for wrong, place, step in altered_texts(proof):
        verdict, states = reader.open(wrong, altered(wrong, place))
        assert "It does not hold" in verdict, wrong
        assert states[: step + 1] == [*["Fits"] * step, "Does not fit"], wrong
    assert "It does not hold" in reader.open("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2")[0]
    assert "could not check it" in reader.open('data-keys="/keys.json"', 'data-keys="/no.json"')[0]
    page.add_init_script(NO_ED25519)
    verdict, states = reader.open()
    assert "The hashes hold, the signature is not checked" in verdict
    assert states == [*["Fits"] * 5, "Not checked: this browser can\u2019t"]
    context.close()
    plain = browser.new_context(locale="zh-CN", java_script_enabled=False).new_page()
    plain.goto(f"{live_server.url}{PATH}")
    assert "请启用 JavaScript" in plain.locator("#verdict").inner_text()
    assert "beian-gate verify 9.tlog-proof" in plain.locator("main").inner_text()


def altered_texts(proof: str) -> Iterator[tuple[str, int, int]]:
    """Yield what to alter, at which letter, and the step that must be seen not to fit."""
    yield "Number-9&quot;}", 3, 0
    yield proof.split("\n")[1].removeprefix("extra "), 20, 0
    yield hash_on_page(2), 6, 2
    yield base64.b64encode(parse_proof(proof.encode()).path[1]).decode(), 4, 2
    yield proof.split("\n\n")[1].split("\n")[2], 9, 4
    yield proof.partition("\u2014 beian.local/log ")[2].partition("\n")[0], 40, 5
    keys = Client().get("/keys.json").getvalue().decode()
    yield re.findall(r'"public_key":"([^"]+)"', keys)[0], 12, 5


def hash_on_page(step: int) -> str:
    """Return the hash that the page says a step leads to."""
    html = Client().get(PATH).content.decode()
    return re.findall(r"data-hash>([0-9a-f]{64})<", html)[step]


def test_an_entry_is_said_in_words_and_its_proof_file_can_be_had(world, client, home):
    html = client.get("/log/entries/0/", headers={"accept-language": "en"}).content.decode()
    assert "Measure on the number Number-0: Suspend." in html
    assert "Since then it stands as “Suspended”." in html
    assert "name+hash" not in html
    append("filing.suspend", "Number-x", facts={}, hashes={}, at=AT)
    assert client.get("/log/entries/11.tlog-proof").status_code == 404
    (home / "public" / "keys.json").unlink()
    assert client.get("/log/entries/0/").status_code == 200


def test_the_first_entry_is_its_own_root_and_one_not_yet_under_a_checkpoint_waits(client, home):
    row = append("test.happened", "s-0", facts={}, hashes={}, at=AT)
    mark_published([row], first=0, at=AT)
    english = {"accept-language": "en"}
    assert (
        "Waiting for the next checkpoint" in client.get("/log/entries/0/", headers=english).content.decode()
    )
    assert client.get("/log/entries/0.tlog-proof").status_code == 404
    row.index = row.published_at = None
    row.save()
    publish_everything(open_for_publishing(), at=AT)
    html = client.get("/log/entries/0/", headers=english).content.decode()
    assert "its leaf hash is the root" in html
    assert "beian.local/log+" in html
    stranger = public_key_set(Ed25519Signer.generate().public_key(["log"]))
    (home / "public" / "keys.json").write_bytes(stranger.to_bytes())
    assert "beian.local/log+" not in client.get("/log/entries/0/").content.decode()


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (
            "application.submit",
            {"jurisdiction": "GD", "version": 2, "status": "submitted"},
            "version 2, in Guangdong",
        ),
        (
            "filing.certified",
            {"service": "Wenshan", "provider": "P", "jurisdiction": "GD", "round": 3},
            "is on file",
        ),
        ("filing.certified", {"route": "registration"}, "is registered"),
        ("filing.suspend", {"until": "2027-01-01", "status": "odd"}, ", until 2027-01-01."),
        ("bulletin.published", {"title": "T"}, "published the bulletin “T”"),
        ("something.else", {}, "something.else: S."),
    ],
)
def test_every_kind_of_entry_is_said_in_a_sentence(kind, facts, said):
    saying = says(kind, "S", facts)
    assert said in saying.sentence.en
    assert saying.sentence.zh
    assert bool(saying.follows.zh) == bool(saying.follows.en)


def test_what_an_entry_holds_is_named_and_the_unknown_stands_for_itself():
    assert (fact_name("provider").en, fact_name("colour").zh) == ("Provider", "colour")
    assert hash_meaning("certificate").en == "hash of the certificate issued"
    assert "“odd”" in hash_meaning("odd").zh
