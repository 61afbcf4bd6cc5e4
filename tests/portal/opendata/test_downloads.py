"""The whole register as files: all say the same, are whole or not there, and belong to a size of the log."""

import csv
import hashlib
import json
import signal
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.opendata import editions, parquet, workbook
from openbeian.portal.opendata.editions import export
from openbeian.portal.opendata.fields import FIELDS
from openbeian.portal.opendata.formats import FORMATS, available_formats, chosen_formats
from openbeian.portal.opendata.manifest import read_manifest
from openbeian.portal.opendata.published_data import data_folder, is_due, latest, publish_data
from openbeian.portal.opendata.standing import settled_standing
from tests.portal.factories import AT, filing_at
from tests.portal.pages.world import published_elsewhere

ALL = tuple(FORMATS)
NAMES = [field.name for field in FIELDS]


def quiet(_rows: int) -> None:
    """Take no notice."""


@pytest.fixture
def filing(cast):
    """One service filed here, one from a published list, and the log published."""
    made = filing_at(cast)
    published_elsewhere()
    publish_everything(open_for_publishing(), at=AT)
    return made


@pytest.fixture
def register(db):
    """One service from a published list; the log is empty."""
    return published_elsewhere()


def _enter(key: str) -> None:
    RegisterEntry.objects.create(
        key=key, route="filing", service_name="x", provider_name="y", listed_on=AT.date()
    )


def _of_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _parquet():
    import pyarrow.parquet

    return pyarrow.parquet


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.tzinfo is None else f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def test_every_format_gives_the_same_rows_in_the_same_order(filing, tmp_path):
    folder = tmp_path / "out"
    export(folder, ALL, at=AT, told=quiet)
    rows = _of_csv(folder / "register.csv")
    assert list(rows[0]) == NAMES
    assert [(row["number"], row["origin"], row["round"]) for row in rows] == [
        (filing.number, "filed", "1"),
        ("", "published", ""),
    ]
    assert rows[0]["status_since"] == "2026-11-23T02:00:00Z"
    lines = [json.loads(line) for line in (folder / "register.jsonl").read_text("utf-8").splitlines()]
    assert [{name: _plain(value) for name, value in line.items()} for line in lines] == rows
    assert (lines[0]["round"], lines[1]["round"], lines[1]["issued_on"]) == (1, None, None)
    table = _parquet().read_table(folder / "register.parquet")
    assert [{name: _plain(value) for name, value in row.items()} for row in table.to_pylist()] == rows
    assert str(table.schema.field("issued_on").type) == "date32[day]"
    sheet = openpyxl.load_workbook(folder / "register.xlsx").active
    heading, *cells = sheet.iter_rows(values_only=True)
    assert list(heading) == NAMES
    assert [dict(zip(NAMES, map(_plain, row), strict=True)) for row in cells] == rows


def test_the_manifest_names_log_size_checkpoint_sizes_and_hashes(filing, tmp_path, home):
    folder = tmp_path / "out"
    made = export(folder, ALL, at=AT, told=quiet)
    document = json.loads((folder / "manifest.json").read_bytes())
    assert read_manifest(folder / "manifest.json") == made
    assert document["checkpoint"] == (home / "public" / "log" / "checkpoint").read_text()
    assert document["log_size"] == int(document["checkpoint"].splitlines()[1])
    assert document["rows_by_route"] == {"filing": 2}
    assert "不代表" in document["notice"]["zh"]
    assert [one["name"] for one in document["fields"]] == NAMES
    for file in document["files"]:
        data = (folder / file["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
        assert file["rows"] == 2
    assert len((folder / "SHA256SUMS").read_text().splitlines()) == len(ALL)


def test_the_same_register_gives_the_same_bytes(register, tmp_path):
    first, second = (export(tmp_path / name, ALL, at=AT, told=quiet) for name in ("a", "b"))
    assert first == second


def test_an_export_takes_the_place_of_an_earlier_one_but_of_nothing_else(register, tmp_path):
    folder = tmp_path / "out"
    export(folder, ALL, at=AT, told=quiet)
    export(folder, ("csv",), at=AT, told=quiet)
    assert {path.name for path in folder.iterdir()} == {"register.csv", "manifest.json", "SHA256SUMS"}
    assert sorted(path.name for path in tmp_path.glob(".out*")) == []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(BadInputError, match="holds something else"):
        export(tmp_path / "mine", ("csv",), at=AT, told=quiet)


def test_changes_that_are_not_in_the_log_yet_are_waited_for(cast, tmp_path):
    filing_at(cast)
    with pytest.raises(NotNowError, match="1 changes are not in the public log yet"):
        export(tmp_path / "out", ("csv",), at=AT, told=quiet)
    assert not (tmp_path / "out").exists()


def test_a_register_that_changes_while_it_is_read_is_read_again(register, tmp_path):
    calls = []

    def change_twice(rows: int) -> None:
        calls.append(rows)
        if len(calls) < 3:
            _enter(f"new-{len(calls)}")

    made = export(tmp_path / "out", ("csv",), at=AT, told=change_twice)
    assert (len(calls), made.rows) == (3, 3)


def test_a_register_that_never_rests_is_given_up_on(register, tmp_path):
    def change(rows: int) -> None:
        _enter(f"new-{rows}")

    with pytest.raises(NotNowError, match="kept changing"):
        export(tmp_path / "out", ("csv",), at=AT, told=change)
    assert list(tmp_path.glob("*out*")) == []


def test_a_full_disk_leaves_nothing_half_written(register, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(editions, "_file", full)
    with pytest.raises(CouldNotRunError, match="No space left"):
        export(tmp_path / "out", ("csv",), at=AT, told=quiet)
    assert list(tmp_path.glob("*out*")) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(CouldNotRunError, match="can't be written"):
        editions.replace_folder(tmp_path / "file" / "out", tmp_path / "nothing")


def test_without_its_library_parquet_fails_with_the_remedy(register, tmp_path, monkeypatch):
    monkeypatch.setattr("openbeian.portal.opendata.parquet.import_module", _missing)
    with pytest.raises(CouldNotRunError, match=r"openbeian\[parquet\]"):
        export(tmp_path / "out", ALL, at=AT, told=quiet)
    monkeypatch.setattr("openbeian.portal.opendata.formats.has_arrow", lambda: False)
    assert available_formats() == ("csv", "xlsx", "jsonl")


def _missing(name: str) -> None:
    raise ImportError(name)


def test_formats_are_chosen_by_name():
    assert chosen_formats("") == ALL
    assert chosen_formats("JSONL, csv") == ("csv", "jsonl")
    with pytest.raises(BadInputError, match="there are csv"):
        chosen_formats("pdf")


def test_a_damaged_checkpoint_is_named(register, home):
    publish_everything(open_for_publishing(), at=AT)
    (home / "public" / "log" / "checkpoint").write_text("nonsense")
    with pytest.raises(CouldNotRunError, match="restore the log"):
        settled_standing()


@settings(max_examples=15)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_a_workbook_keeps_every_text_whatever_is_in_it(tmp_path_factory, text: str):
    path = tmp_path_factory.mktemp("book") / "x.xlsx"
    assert WorkbookAs.row(path, text) == text


class WorkbookAs:
    """Writing one text into a workbook and reading it with another's reader."""

    @staticmethod
    def row(path: Path, text: str) -> object:
        writer = workbook.WorkbookWriter(path)
        writer.write([(text, *[None] * (len(FIELDS) - 1))])
        writer.close()
        return unescape(openpyxl.load_workbook(path).active["A2"].value)


def test_a_name_is_never_a_formula_and_looks_like_an_escape_in_vain(tmp_path):
    for at, text in enumerate(("=1+1", " spaced ", "_x0041_", "a\x0bb", "<&>")):
        assert WorkbookAs.row(tmp_path / f"{at}.xlsx", text) == text


def test_a_name_that_looks_like_a_formula_is_text_in_the_csv_and_itself_for_programs(tmp_path):
    texts = {}
    for name in ("csv", "jsonl"):
        writer = FORMATS[name].open(tmp_path / name)
        writer.write([("=1+1", *[None] * (len(FIELDS) - 1))])
        writer.close()
        texts[name] = (tmp_path / name).read_text(encoding="utf-8-sig").splitlines()[-1]
    assert texts["csv"].startswith("'=1+1,")
    assert json.loads(texts["jsonl"])[FIELDS[0].name] == "=1+1"


def test_more_rows_than_a_sheet_holds_go_to_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS_A_SHEET", 2)
    writer = workbook.WorkbookWriter(tmp_path / "x.xlsx")
    writer.write([(str(n), *[None] * (len(FIELDS) - 1)) for n in range(5)])
    writer.close()
    sheets = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets
    assert [sheet.max_row - 1 for sheet in sheets] == [2, 2, 1]
    assert sheets[2]["A2"].value == "4"


def test_parquet_is_written_a_group_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "_GROUP", 2)
    writer = parquet.ParquetWriter(tmp_path / "x.parquet")
    for n in range(4):
        writer.write([(str(n), *[None] * (len(FIELDS) - 1))])
    writer.close()
    written = _parquet().ParquetFile(tmp_path / "x.parquet")
    assert (written.num_row_groups, written.metadata.num_rows) == (2, 4)
    written.close()


def test_a_file_that_is_no_manifest_of_ours_is_none(tmp_path):
    for text in ("{}", "[]", "nonsense"):
        (tmp_path / "manifest.json").write_text(text)
        assert read_manifest(tmp_path / "manifest.json") is None


@pytest.mark.django_db
def test_an_empty_register_has_no_edition_yet():
    assert not is_due(at=AT)


def test_an_edition_is_due_when_the_register_has_changed_or_a_day_has_passed(register):
    assert is_due(at=AT)
    publish_data(("csv",), at=AT)
    assert not is_due(at=AT + timedelta(hours=2))
    assert is_due(at=AT + timedelta(days=1))
    _enter("new")
    assert not is_due(at=AT + timedelta(minutes=30))
    assert is_due(at=AT + timedelta(hours=2))


def test_editions_are_kept_as_they_are_and_the_oldest_go(register):
    for day in range(7):
        publish_data(("csv",), at=AT + timedelta(days=day))
    kept = sorted(path.name for path in data_folder().glob("2026-*"))
    assert len(kept) == 5
    manifest = data_folder() / kept[-1] / "manifest.json"
    before = manifest.read_bytes()
    publish_data(("csv",), at=AT + timedelta(days=6, hours=1))
    assert manifest.read_bytes() == before
    assert latest().made_at == AT + timedelta(days=6, hours=1)


def test_the_page_lists_files_with_sizes_and_hashes_and_explains_every_field(register, client):
    assert "还没有制成的版本" in client.get("/data/").content.decode()
    publish_data(("csv",), at=AT - timedelta(days=1))
    made = publish_data(ALL, at=AT)
    html = client.get("/data/?lang=en").content.decode()
    for file in made.files:
        assert file.sha256 in html
    assert all(f"<code>{name}</code>" in html for name in NAMES)
    assert "not an endorsement" in html
    assert "Earlier editions" in html


def test_the_files_are_served_for_ever_and_the_manifest_anew(register, client):
    made = publish_data(ALL, at=AT)
    answer = client.get(f"/data/{made.edition}/register.csv")
    body = b"".join(answer.streaming_content)
    assert hashlib.sha256(body).hexdigest() == made.files[0].sha256
    assert "immutable" in answer["Cache-Control"]
    assert made.edition in answer["Content-Disposition"]
    sums = client.get(f"/data/{made.edition}/SHA256SUMS")
    assert made.files[0].sha256.encode() in b"".join(sums.streaming_content)
    newest = client.get("/data/manifest.json")
    assert json.loads(b"".join(newest.streaming_content))["edition"] == made.edition
    etag = newest["ETag"]
    assert client.get("/data/manifest.json", headers={"if-none-match": etag}).status_code == 304
    for wrong in (f"/data/{made.edition}/passwd", "/data/..%2f..%2fkeys/manifest.json", "/data/x/SHA256SUMS"):
        assert client.get(wrong).status_code == 404


def test_the_background_command_makes_what_is_due_and_outlives_trouble(register, home, capsys):
    call_command("opendata", once=True)
    assert "1 rows" in capsys.readouterr().out
    call_command("opendata", once=True)
    assert capsys.readouterr().out == ""
    (data_folder() / "manifest.json").unlink()
    publish_everything(open_for_publishing(), at=AT)
    (home / "public" / "log" / "checkpoint").write_text("nonsense")
    call_command("opendata", once=True)
    assert "restore the log" in capsys.readouterr().err


def test_the_background_command_ends_at_once_when_it_is_told_to_stop(register, monkeypatch, capsys):
    looks = []

    def look(*, at: datetime) -> bool:
        looks.append(at)
        if len(looks) == 2:
            signal.raise_signal(signal.SIGTERM)
        return len(looks) == 2

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr("openbeian.portal.opendata.management.commands.opendata.is_due", look)
    try:
        call_command("opendata", interval=0.01)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert len(looks) == 2
    assert list(data_folder().iterdir()) == []
    assert "stopped before" in capsys.readouterr().err


def test_the_command_exports_into_a_folder_or_to_the_page(register, tmp_path, monkeypatch):
    monkeypatch.setattr("openbeian.portal.server.prepare", lambda: None)
    monkeypatch.setenv("BEIAN_LANG", "en")
    run = CliRunner().invoke(app, ["register", "export", str(tmp_path / "out"), "--format", "csv"])
    assert run.exit_code == 0
    assert "1 rows (filing 1)" in run.output
    run = CliRunner().invoke(app, ["register", "export", "--format", "csv,jsonl", "--json"])
    assert json.loads(run.stdout)["rows"] == 1
    assert latest() is not None
    assert CliRunner().invoke(app, ["register", "export", "x", "--format", "pdf"]).exit_code == 2
