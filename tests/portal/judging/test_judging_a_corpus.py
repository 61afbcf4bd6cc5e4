"""From a scan over the judging page and back: two people judge, a third decides, clauses follow."""

from pathlib import Path

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openbeian.cli import corpus_sample
from openbeian.core.roles import Role
from openbeian.portal.accounts.actions import SYSTEM, add_member
from tests.portal.factories import AT
from tests.unit.corpus.conftest import jsonl, run

BAD = {"laws": {3}, "web": {0, 1}}
"""Which documents of a source do not conform: one of 20 is 5 %, two are more."""
DOUBTFUL = "web 7"
LEDGER = """
sources:
  laws: {type: open, before: {bad: 15, looked_at: 300}}
  web: {type: open, before: {bad: 16, looked_at: 300}}
"""


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scan of two sources with twenty documents each, one of them blank."""
    monkeypatch.setenv("BEIAN_LANG", "en")
    monkeypatch.chdir(tmp_path)
    rows = [{"source": name, "text": f"{name} {n}"} for name in BAD for n in range(20)]
    rows[5]["text"] = " "
    Path("c.jsonl").write_bytes(jsonl(rows))
    Path("ledger.yaml").write_text(LEDGER, "utf-8")
    run("scan", "c.jsonl", "--out", "out", "--quiet")
    return tmp_path / "out"


@pytest.fixture
def judges(cast) -> list[Client]:
    """Three people of the provider, signed in."""
    provider = cast.organisations["gd_provider"]
    people = [
        cast.gd_preparer,
        *(
            add_member(
                provider,
                email=f"{name}@example.com",
                name=name,
                roles=[Role.PREPARER],
                by=SYSTEM,
                at=AT,
            )
            for name in ("second", "third")
        ),
    ]
    clients = [Client(headers={"accept-language": "en"}) for _ in people]
    for client, person in zip(clients, people, strict=True):
        client.force_login(person)
    return clients


def judge(client: Client, address: str, doubt: str) -> int:
    """Judge what is left for a person by the page's script; return how many that were."""
    done = 0
    while items := client.get(f"{address}items/?after=0").json()["items"]:
        for item in items:
            source, _, number = item["said"].partition(" ")
            is_bad = source in BAD and int(number) in BAD[source]
            value = doubt if item["said"] == DOUBTFUL else "does_not_conform" if is_bad else "conforms"
            told = {"item": item["id"], "value": value}
            assert client.post(f"{address}verdict/", told, "application/json").status_code == 200
            done += 1
    return done


def results(*options: str, code: int) -> dict[str, tuple[str, list[int] | None]]:
    made = orjson.loads(run("report", "out", "--ledger", "ledger.yaml", *options, "--json", code=code))
    found = {one["threshold"]: (one["conclusion"], one["measured"]) for one in made["results"]}
    assert all((one["interval"] is None) == (not one["measured"]) for one in made["results"])
    sources = {one["name"]: (one["after"]["conclusion"], one["after"]["measured"]) for one in made["sources"]}
    return found | sources


def test_a_sample_is_judged_on_the_page_and_concludes_in_the_report(scan, judges, monkeypatch):
    monkeypatch.setattr(corpus_sample, "MOST_ITEMS", 25)
    run("sample", "out", "--to", "s.jsonl", "--for-portal")
    exported = b""
    for number, size in enumerate((25, 15), 1):
        content = Path(f"s-{number}.jsonl").read_bytes()
        first, second, third = judges
        page = first.get("/judging/new/").content.decode()
        organisation = page.partition('name="organisation" value="')[2].partition('"')[0]
        file = SimpleUploadedFile("s.jsonl", content)
        form = {"organisation": organisation, "title": f"{number}", "kind": "corpus", "file": file}
        address = first.post("/judging/new/", form).url
        assert judge(first, address, "conforms") == size
        assert judge(second, address, "does_not_conform") == size
        # Of all that two agree on nothing is left for a third.
        assert judge(third, address, "conforms") == content.count(DOUBTFUL.encode())
        exported += b"".join(first.get(f"{address}export/").streaming_content)
    lines = exported.splitlines(keepends=True)
    assert len(lines) == 40
    Path("judged.jsonl").write_bytes(b"".join(lines[:-1]))
    partly = results("--judgements", "judged.jsonl", code=1)
    assert partly["corpus.sample.manual.pass"] == ("not_assessed", None)
    assert partly["corpus.source.illegal_share.after"][0] != "conforms"
    Path("judged.jsonl").write_bytes(exported)
    whole = results("--judgements", "judged.jsonl", code=1)
    assert whole["laws"] == ("conforms", [1, 20])
    assert whole["web"] == ("does_not_conform", [2, 20])
    assert whole["corpus.source.illegal_share.before"] == ("does_not_conform", [16, 300])
    assert whole["corpus.source.illegal_share.after"] == ("does_not_conform", [2, 20])
    assert whole["corpus.sample.manual.pass"] == ("does_not_conform", [37, 40])
    assert whole["corpus.sample.manual.n"][0] == "not_assessed"
    assert "2 of 20, required ≤ 1" in (scan / "report.en.html").read_text("utf-8")


def test_judgements_of_another_scan_and_a_corpus_that_was_changed_are_refused(scan):
    Path("other.jsonl").write_bytes(jsonl([{"path": "d.jsonl", "offset": 0, "label": "conforms"}]))
    told = run("report", "out", "--judgements", "other.jsonl", code=2)
    assert "other.jsonl has 1 documents that are not in the sample" in " ".join(told.split())
    Path("c.jsonl").write_bytes(b'{"text":"x"}\n' + b"\n" * 3000)
    assert "was changed after the scan" in " ".join(run("sample", "out", "--to", "s.jsonl", code=2).split())
