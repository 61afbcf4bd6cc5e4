"""The third conference of a province certifies eight firms: its bulletin, and every figure found again."""

import io
import json
import re
from pathlib import Path

import pypdf
import pytest
from docx import Document
from typer.testing import CliRunner

from openbeian.bulletins import SCHEMA, from_json
from openbeian.bulletins.words import said
from openbeian.cli.app import app
from openbeian.core.text import Text
from openbeian.portal.bulletins import actions
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.models import Entry
from openbeian.portal.signing import load_signer
from openbeian.trust.bulletins import verify_bulletin
from openbeian.trust.keys import public_key_set
from tests.portal.bulletin_register import add_entries, hold_conference, open_rows
from tests.portal.factories import AT


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setenv("BEIAN_LANG", "en")


@pytest.fixture
def published(cast) -> Bulletin:
    """Hold the conference, and publish its bulletin."""
    for place, number in (("GD", 124), ("BJ", 216), ("SH", 150), ("ZJ", 90), ("JS", 60)):
        add_entries(place, number)
    add_entries("GD", 30, route="registration", industry="")
    held = hold_conference(cast)
    publish_everything(open_for_publishing(), at=AT)
    made = actions.draft(round_=held, by=cast.publisher, at=AT)
    editor = Text("发证会在广州举行。", "The conference was held in Guangzhou.")
    actions.edit(made, editor=editor, by=cast.publisher, at=AT)
    made = actions.publish(made, signer=load_signer(), by=cast.publisher, at=AT)
    publish_everything(open_for_publishing(), at=AT)
    return made


def test_the_third_conference_has_its_bulletin_and_every_figure_is_found_again(
    published, client, tmp_path, english
):
    file = client.get(f"/bulletins/{published.slug}.json").content
    bulletin = from_json(json.loads(file)["bulletin"])
    sentences = [said(sentence, bulletin, "zh") for sentence in bulletin.takeaways]
    _says_what_the_conference_brought(bulletin, sentences)
    _is_signed_and_in_the_log(file, client)
    _says_the_same_everywhere(sentences, file, client)
    _is_found_again_in_the_open_data(file, client, tmp_path)


def _says_what_the_conference_brought(bulletin, sentences: list[str]) -> None:
    assert sentences[:3] == [
        "截至 2026-11-23，广东在册备案 132 项。",
        "本批广东新发证 8 项，属于 8 家提供者。",
        "按在册数，广东在有备案的 5 个属地中列第 3 位。",
    ]
    assert re.search(r"面向行业应用的占 100%（.*），比此前的 [\d.]+% 上升 [\d.]+ 个百分点", sentences[3])
    assert "占比上升最多的是" in sentences[4]
    assert "中位数为 23.5 天" in sentences[5]
    assert len(bulletin.certified) == 8
    assert bulletin.log.size > 0


def _is_signed_and_in_the_log(file: bytes, client) -> None:
    signed = verify_bulletin(file, public_key_set(load_signer()), schema=SCHEMA)
    entry = Entry.objects.get(kind="bulletin.published")
    assert entry.index is not None
    assert json.loads(entry.body)["hashes"] == {"bulletin": signed.digest}
    assert f"/log/entries/{entry.index}/" in client.get("/bulletins/round-3-gd/").content.decode()
    assert "132" in client.get("/feed.atom").content.decode()


def _says_the_same_everywhere(sentences: list[str], file: bytes, client) -> None:
    html = client.get("/bulletins/round-3-gd/").content.decode()
    pdf = pypdf.PdfReader(io.BytesIO(client.get("/bulletins/round-3-gd.pdf").content))
    word = Document(io.BytesIO(client.get("/bulletins/round-3-gd.docx").content))
    texts = [
        squeezed(re.sub(r"<[^>]+>", "", html)),
        squeezed("".join(page.extract_text() for page in pdf.pages)),
        squeezed("".join(paragraph.text for paragraph in word.paragraphs)),
    ]
    for sentence in sentences:
        assert [squeezed(sentence) in text for text in texts] == [True] * 3, sentence
    assert pdf.attachments["bulletin.json"] == [file]


def _is_found_again_in_the_open_data(file: bytes, client, folder: Path) -> None:
    changed = file.replace(b'"value":132', b'"value":131')
    statistic = client.get("/statistics/days-to-certificate-by-office.csv").content
    for name, data in {
        "bulletin.json": file,
        "changed.json": changed,
        "register.jsonl": open_rows(folder),
        "days.csv": statistic,
        "keys.json": public_key_set(load_signer()).to_bytes(),
    }.items():
        (folder / name).write_bytes(data)

    def check(name: str, *options: str):
        files = [str(folder / one) if (folder / one).exists() else one for one in (name, *options)]
        register = ["--register", str(folder / "register.jsonl")]
        return CliRunner().invoke(app, ["bulletin", "check", *files, *register])

    done = check("bulletin.json", "--statistics", "days.csv", "--keys", "keys.json", "--json")
    assert done.exit_code == 0, done.output
    results = json.loads(done.stdout)["results"]
    assert {one["outcome"] for one in results} == {"found"}
    names = {one["name"] for one in results}
    assert {"on_file", "new", "rank", "shift_to_industries", "median_days", "chart:ranking"} <= names
    done = check("changed.json", "--statistics", "days.csv")
    assert (done.exit_code, "differs on_file = 131 → 132" in done.stdout) == (1, True)
    done = check("changed.json", "--keys", "keys.json")
    assert (done.exit_code, "signature does not hold" in done.stderr) == (1, True)
    done = check("bulletin.json")
    assert (done.exit_code, "not checked median_days = 23.5" in done.stdout) == (0, True)
