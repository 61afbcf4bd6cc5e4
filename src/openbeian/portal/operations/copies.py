"""Copies of a whole portal: database, files and log, checked by hash; never its keys.

The log must fit the database: an entry published between the two copies would be in one and not in the other.
So both are looked at before and after; if anything was published meanwhile, the copy is made anew.
"""

import hashlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max

from openbeian import __version__
from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.portal.log.models import Entry

__all__ = ["FORMAT", "LEFT_OUT", "MANIFEST", "Copied", "back_up", "check_copy", "restore"]

FORMAT: Final = "openbeian-backup-1"
MANIFEST: Final = "manifest.json"
LEFT_OUT: Final = ("keys",)
"""Folders that are never copied: keys are kept apart, by whoever holds them."""
_SQLITE: Final = "db.sqlite3"
_POSTGRES: Final = "db.dump"
_HOME: Final = "home"
_TRIES: Final = 10
_BLOCK: Final = 1 << 20


class Copied(NamedTuple):
    """What a copy holds."""

    files: int
    octets: int
    log_size: int


def back_up(target: Path, *, at: datetime) -> Copied:
    """Copy the portal into a new folder.

    Raises:
        BadInputError: The folder is there already, or lies inside what is copied.
        NotNowError: The log was published each time it was tried; stop the sequencer for the while.
        CouldNotRunError: The disk refuses, or PostgreSQL's own tools fail.
    """
    home: Path = settings.BEIAN_HOME
    if target.exists() or home in target.resolve().parents:
        raise BadInputError(
            f"{target} 已存在，或在 BEIAN_HOME 之内；请给出别处的新目录。",
            f"{target} is there already, or inside BEIAN_HOME; name a new folder somewhere else.",
        )
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        log_size = _copy_fitting(draft)
        copied = _write_manifest(draft, log_size, at=at)
        draft.rename(target)
    except OSError as error:
        raise CouldNotRunError(
            f"备份无法写入 {target}（{error}）；请检查磁盘与权限。",
            f"The copy can't be written to {target} ({error}); check disk and permissions.",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return copied


def check_copy(source: Path) -> Mapping[str, Any]:
    """Return the manifest of a copy after every file was compared with it.

    Raises:
        BadInputError: It is no copy, or a file is missing, changed, or not in the manifest.
    """
    try:
        manifest = json.loads((source / MANIFEST).read_bytes())
        files = {str(name): str(one["sha256"]) for name, one in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInputError(
            f"{source} 不是完整的备份；请给出 beian backup 写成的目录。",
            f"{source} is no whole copy; give a folder that `beian backup` wrote.",
        ) from error
    present = {one.relative_to(source).as_posix() for one in _files_in(source)} - {MANIFEST}
    odd = present ^ set(files) or {name for name in files if _sha256(source / name) != files[name]}
    if manifest.get("format") != FORMAT or odd:
        first = min(odd, default=MANIFEST)
        raise BadInputError(
            f"备份有 {len(odd)} 个文件缺失、多出或被改动，如 {first}；请换一份备份。",
            f"{len(odd)} files of the copy are missing, changed or not listed, such as {first}; use another.",
        )
    return dict(manifest)


def restore(source: Path) -> Copied:
    """Put a copy into an empty place: BEIAN_HOME without data, and an empty database.

    Raises:
        BadInputError: It is no whole copy, or made of another kind of database.
        NotNowError: There are data already.
        CouldNotRunError: The disk refuses, or PostgreSQL's own tools fail.
    """
    manifest = check_copy(source)
    _check_empty()
    wanted = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
    if not (source / wanted).is_file():
        raise BadInputError(
            f"备份来自另一种数据库（没有 {wanted}）；请按备份的种类设置 DATABASE_URL。",
            f"The copy is of another kind of database (it has no {wanted}); set DATABASE_URL accordingly.",
        )
    try:
        if (source / _HOME).is_dir():
            shutil.copytree(source / _HOME, settings.BEIAN_HOME, dirs_exist_ok=True)
        _put_database(source / wanted)
    except OSError as error:
        raise CouldNotRunError(
            f"无法恢复（{error}）；请检查磁盘与权限。", f"It can't be restored ({error}); check the disk."
        ) from error
    return _told(manifest)


def _copy_fitting(draft: Path) -> int:
    """Copy database and files so that they fit each other; return the size of the log."""
    for _ in range(_TRIES):
        for old in (draft / _SQLITE, draft / _POSTGRES):
            old.unlink(missing_ok=True)
        shutil.rmtree(draft / _HOME, ignore_errors=True)
        before = _log_state()
        _copy_database(draft)
        _copy_home(draft / _HOME)
        after = _log_state()
        if before == after and before.is_settled:
            return before.size
    raise NotNowError(
        "备份期间日志一直在发布；请先停下 sequencer，备份完再启动。",
        "The log was published all the while; stop the sequencer, back up, and start it again.",
    )


class _LogState(NamedTuple):
    size: int
    checkpoint: bytes

    @property
    def is_settled(self) -> bool:
        """Whether the database knows of everything that the checkpoint covers."""
        lines = self.checkpoint.split(b"\n")
        return self.size == (int(lines[1]) if len(lines) > 1 else 0)


def _log_state() -> _LogState:
    last: int | None = Entry.objects.aggregate(last=Max("index"))["last"]
    file = settings.BEIAN_HOME / "public" / "log" / "checkpoint"
    return _LogState(0 if last is None else last + 1, file.read_bytes() if file.exists() else b"")


def _copy_database(draft: Path) -> None:
    if connection.vendor == "sqlite":
        assert not connection.in_atomic_block, "what a transaction has not committed would be copied for ever"
        connection.ensure_connection()
        with closing(sqlite3.connect(draft / _SQLITE)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole in itself
        return
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={draft / _POSTGRES}", *_connection_options())


def _put_database(file: Path) -> None:
    if connection.vendor == "sqlite":
        connection.close()
        name = Path(settings.DATABASES["default"]["NAME"])
        for ending in ("", "-wal", "-shm"):
            Path(f"{name}{ending}").unlink(missing_ok=True)
        shutil.copyfile(file, name)
        return
    _run(
        "pg_restore",
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        *_connection_options(),
        str(file),
    )


def _connection_options() -> list[str]:
    told = connection.settings_dict
    host = told["HOST"] or told["OPTIONS"].get("host", "")  # a socket's folder stands among the options
    options = {"host": host, "port": told["PORT"], "username": told["USER"], "dbname": told["NAME"]}
    return [f"--{name}={value}" for name, value in options.items() if value]


def _run(*command: str) -> None:
    """Run one of PostgreSQL's tools; the password goes by the environment, which no list shows."""
    found = shutil.which(command[0])
    if found is None:
        raise CouldNotRunError(
            f"找不到 {command[0]}；请安装与服务器同版本的 PostgreSQL 客户端。",
            f"{command[0]} is not installed; install PostgreSQL's client of the server's version.",
        )
    password = str(connection.settings_dict["PASSWORD"] or "")
    done = subprocess.run(  # noqa: S603  PostgreSQL's own tools, options of our own
        [found, *command[1:]],
        env={"PGPASSWORD": password} if password else {},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CouldNotRunError(
            f"{command[0]} 失败：{done.stderr.strip()[:300]}；请据此处理后重试。",
            f"{command[0]} failed: {done.stderr.strip()[:300]}; mend that and try again.",
        )


def _copy_home(target: Path) -> None:
    home: Path = settings.BEIAN_HOME
    for one in sorted(home.iterdir()):
        if one.is_dir() and one.name not in LEFT_OUT and not one.name.startswith("."):
            shutil.copytree(one, target / one.name, ignore=shutil.ignore_patterns(".*"))


def _check_empty() -> None:
    home: Path = settings.BEIAN_HOME
    kept = {*LEFT_OUT, _SQLITE, f"{_SQLITE}-wal", f"{_SQLITE}-shm"}
    present = [one.name for one in home.iterdir() if one.name not in kept] if home.is_dir() else []
    tables = connection.introspection.table_names()
    if present or tables:
        what = min(present, default=min(tables, default=""))
        raise NotNowError(
            f"这里已有数据（如 {what}）；只能恢复到空的 BEIAN_HOME 和空的数据库。",
            f"There are data already (such as {what}); restore into an empty BEIAN_HOME and database.",
        )


def _write_manifest(draft: Path, log_size: int, *, at: datetime) -> Copied:
    files = {
        one.relative_to(draft).as_posix(): {"sha256": _sha256(one), "size": one.stat().st_size}
        for one in _files_in(draft)
    }
    manifest = {
        "format": FORMAT,
        "version": __version__,
        "made_at": at.isoformat(),
        "database": connection.vendor,
        "migrations": MigrationRecorder(connection).migration_qs.count(),
        "log_size": log_size,
        "left_out": list(LEFT_OUT),
        "files": files,
    }
    (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return _told(manifest)


def _told(manifest: Mapping[str, Any]) -> Copied:
    files = manifest["files"]
    return Copied(len(files), sum(one["size"] for one in files.values()), manifest["log_size"])


def _files_in(folder: Path) -> Iterator[Path]:
    return (one for one in sorted(folder.rglob("*")) if one.is_file() or one.is_symlink())


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
