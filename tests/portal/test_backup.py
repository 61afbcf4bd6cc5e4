"""Copies of the portal: whole, checked, without keys, and only ever put into an empty place."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.portal.applications.storage import path_of, store
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.models import Entry
from openbeian.portal.log.outbox import append
from openbeian.portal.operations import copies
from openbeian.portal.operations.copies import LEFT_OUT, MANIFEST, back_up, check_copy
from tests.portal.factories import AT, Cast

pytestmark = pytest.mark.django_db
_IS_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has a test of its own")


@pytest.fixture
def written(cast: Cast, home: Path) -> str:
    """Fill a small portal; return the hash of a file of it."""
    stored = store([b"a dossier"])
    append("tried", "x", facts={}, hashes={}, at=AT)
    publish_everything(open_for_publishing(), at=AT)
    assert (home / "keys" / "register.pem").exists()
    return stored.sha256


def _beian(*words: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BEIAN_HOME": str(home), "BEIAN_LANG": "en", "LANG": "C.UTF-8", **more}
    return subprocess.run(
        [sys.executable, "-m", "openbeian.cli", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@_IS_SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_copy_holds_everything_but_the_keys_and_is_put_into_an_empty_place(
    written: str, home: Path, tmp_path
):
    target, elsewhere = tmp_path.parent / f"{tmp_path.name}-copy", tmp_path.parent / f"{tmp_path.name}-else"
    copied = back_up(target, at=AT)
    manifest = check_copy(target)
    assert (copied.log_size, manifest["left_out"]) == (1, list(LEFT_OUT))
    assert not list(target.rglob("*.pem"))
    assert not (target / "home" / "keys").exists()
    elsewhere.mkdir()
    done = _beian("restore", str(target), "--json", home=elsewhere)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"folder": str(target), "files": copied.files, "restored": True}
    kept = path_of(written).relative_to(home)
    assert (elsewhere / kept).read_bytes() == b"a dossier"
    for name in ("public/log/checkpoint", "public/log/tile/0/000.p/1"):
        assert (elsewhere / name).read_bytes() == (home / name).read_bytes()
    with closing(sqlite3.connect(elsewhere / "db.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM log_entry").fetchone() == (Entry.objects.count(),)
        assert database.execute("SELECT kind FROM log_entry").fetchall() == [("tried",)]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = _beian("restore", str(target), home=elsewhere)
    assert again.returncode == 2
    assert "There are data already" in again.stderr + again.stdout
    third = tmp_path.parent / f"{tmp_path.name}-third"
    made = _beian("backup", str(third), home=elsewhere)
    assert made.returncode == 0, made.stderr
    assert "a log of 1 entries" in made.stdout
    assert "keep them somewhere else" in made.stderr
    assert "all as they were" in _beian("restore", str(third), "--check", home=elsewhere).stdout


@_IS_SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_copy_that_was_changed_is_not_restored(written: str, home: Path, tmp_path):
    target = tmp_path.parent / f"{tmp_path.name}-copy"
    back_up(target, at=AT)
    with pytest.raises(BadInputError, match="is there already"):
        back_up(target, at=AT)
    with pytest.raises(BadInputError, match="inside BEIAN_HOME"):
        back_up(home / "copy", at=AT)
    file, manifest = target / "db.sqlite3", (target / MANIFEST).read_bytes()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"x")
    with pytest.raises(BadInputError, match="such as db"):
        check_copy(target)
    file.write_bytes(whole)
    (target / "more.txt").write_text("x", encoding="utf-8")
    with pytest.raises(BadInputError, match="such as more"):
        check_copy(target)
    (target / "more.txt").unlink()
    (target / MANIFEST).write_bytes(manifest.replace(b"openbeian-backup-1", b"openbeian-backup-2"))
    with pytest.raises(BadInputError, match="such as manifest"):
        check_copy(target)
    (target / MANIFEST).write_text("[]", encoding="utf-8")
    with pytest.raises(BadInputError, match="no whole copy"):
        check_copy(target)


def test_a_log_that_is_published_meanwhile_is_copied_anew_or_not_at_all(written: str, tmp_path, monkeypatch):
    target = tmp_path.parent / f"{tmp_path.name}-copy"
    monkeypatch.setattr(copies, "_copy_database", lambda _: None)
    sizes = iter(range(100))
    monkeypatch.setattr(copies, "_log_state", lambda: copies._LogState(next(sizes), b""))
    with pytest.raises(NotNowError, match="stop the sequencer"):
        back_up(target, at=AT)
    assert not target.exists()
    states = iter([1, 2, 2, 2])
    monkeypatch.setattr(copies, "_log_state", lambda: copies._LogState(next(states), b"o\n2\n"))
    assert back_up(target, at=AT).log_size == 2


def test_a_disk_that_refuses_leaves_nothing_behind(written: str, tmp_path, monkeypatch):
    target = tmp_path.parent / f"{tmp_path.name}-copy"

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(copies, "_copy_database", lambda _: None)
    monkeypatch.setattr(shutil, "copytree", refuse)
    with pytest.raises(CouldNotRunError, match="no space left"):
        back_up(target, at=AT)
    assert not list(target.parent.glob(f"*{target.name}*"))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs a PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_a_copy_of_a_postgresql_is_put_into_an_empty_database(written: str, tmp_path, monkeypatch):
    tools = _tools_of_the_server()
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    target, elsewhere = tmp_path.parent / f"{tmp_path.name}-copy", tmp_path.parent / f"{tmp_path.name}-else"
    copied = back_up(target, at=AT)
    told = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE restored")
    try:
        there = f"postgresql://{told['USER']}@/restored?host={told['HOST'] or told['OPTIONS']['host']}"
        done = _beian("restore", str(target), "--json", home=elsewhere, DATABASE_URL=there)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["files"] == copied.files
        again = _beian("restore", str(target), home=elsewhere, DATABASE_URL=there)
        assert again.returncode == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE restored")
    assert path_of(written).relative_to(tmp_path).parts[0] == "uploads"
    assert list(elsewhere.rglob(written))


def _tools_of_the_server() -> Path:
    """Return the folder of the running server's own tools, whose version fits it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        folder = Path(cursor.fetchone()[0])
    if not (folder / "pg_dump").exists():
        pytest.skip("the server's own pg_dump is not on this machine")
    return folder
