"""What can't be read is counted and listed with its place; what can't be written stops clearly."""

import gzip
import os
import random
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest
from typer.testing import CliRunner

from openbeian.cli.corpus import app
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.corpus import ProblemKind, Scanned, Settings, lines, plan_units, scan_corpus
from openbeian.corpus.folder import held
from tests.unit.corpus.conftest import Write, jsonl

GOOD = '{"text":"好","source":"s"}\n'.encode()
LETTERS = str.maketrans("0123456789", "ghijklmnop")
# Longer than what is read at a time, which is lost where a stream ends early.
LONG_TEXTS = [random.Random(n).randbytes(50_000).hex().translate(LETTERS) for n in range(100)]
ZIPPED = gzip.compress(jsonl([{"text": text} for text in LONG_TEXTS]), 1)
CASES = {
    "truncated.jsonl.gz": (ZIPPED[: len(ZIPPED) * 2 // 3], ProblemKind.TRUNCATED, None),
    "broken.jsonl": (GOOD + b'{"text":"cut\n' + GOOD, ProblemKind.BROKEN_JSON, len(GOOD)),
    "nul.jsonl": (GOOD + b'{"text":"a\0b"}\n' + GOOD, ProblemKind.NUL_BYTES, len(GOOD)),
    "encoding.jsonl": (
        GOOD + '{"text":"中文"}\n'.encode("gb18030") + GOOD,
        ProblemKind.WRONG_ENCODING,
        len(GOOD),
    ),
    "long.jsonl": (GOOD + b'{"text":"' + b"x" * 200_000 + b'"}\n' + GOOD, ProblemKind.TOO_LONG, len(GOOD)),
    "field.jsonl": (GOOD + b'{"body":"x"}\n' + GOOD, ProblemKind.MISSING_FIELD, len(GOOD)),
    "strange.docx": (b"x", ProblemKind.UNKNOWN_FORMAT, 0),
}


@pytest.fixture
def _short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 150_000)


def scan(path: Path | str, out: Path, *, strict: bool = False, unit_bytes: int = 1 << 20) -> Scanned:
    settings = Settings((), b"12345678", strict=strict)
    return scan_corpus(plan_units([str(path)], unit_bytes=unit_bytes), settings, out)


@pytest.mark.usefixtures("_short_lines")
def test_each_kind_of_bad_input_is_listed_with_its_place_and_the_scan_goes_on(
    write: Write, tmp_path: Path
) -> None:
    for name, (content, _, _) in CASES.items():
        write(f"in/{name}", content)
    (tmp_path / "in" / "empty").mkdir()
    # As archives made elsewhere leave them, in GB 18030.
    (tmp_path / "in" / os.fsdecode(b"\xd6\xd0.jsonl")).write_bytes(GOOD)
    scanned = scan(tmp_path / "in", tmp_path / "out", unit_bytes=100_000)
    found = {Path(one.path).name: (one.kind, one.offset) for one in scanned.tally.problems}
    for name, (_, kind, offset) in CASES.items():
        assert found[name][0] == kind
        assert offset is None or found[name][1] == offset
    assert found["truncated.jsonl.gz"][1] > 0
    assert found["\\udcd6\\udcd0.jsonl"] == (ProblemKind.WRONG_NAME, 0)
    assert sum(scanned.tally.problem_counts.values()) == len(CASES) + 1
    assert scanned.tally.sources["s"].counts["documents"] == 2 * 5
    # What stands before the end of the truncated file was read.
    assert scanned.tally.total().counts["documents"] > 2 * 5 + 20


@pytest.mark.usefixtures("_short_lines")
@pytest.mark.parametrize("name", CASES)
def test_a_strict_scan_stops_at_each_of_them_and_says_where(write: Write, tmp_path: Path, name: str) -> None:
    write("in/good.jsonl", GOOD)
    path = write(f"in/{name}", CASES[name][0])
    with pytest.raises(BadInputError, match=rf"{name}, offset \d+: .*; mend it") as stopped:
        scan(path.parent, tmp_path / "out", strict=True)
    assert f"{path}，偏移 " in stopped.value.text.zh


def test_a_folder_without_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (problem,) = scan(tmp_path / "empty", tmp_path / "out").tally.problems
    assert (problem.path, problem.kind) == (str(tmp_path / "empty"), ProblemKind.NO_FILES)
    with pytest.raises(BadInputError, match="empty, offset 0: no file to read"):
        scan(tmp_path / "empty", tmp_path / "out", strict=True)


def test_a_full_disk_stops_with_one_sentence_and_the_same_command_goes_on(
    write: Write, tmp_path: Path
) -> None:
    write("in/a.jsonl", jsonl([{"id": f"{n}", "text": f"第{n % 70}篇"} for n in range(100)]))
    out = tmp_path / "out"
    rows = out / "rows" / "hashes"
    rows.mkdir(parents=True)
    for part in range(64):
        # The device says that it is full to whoever writes there.
        (rows / f"{part:02d}.bin").symlink_to("/dev/full")
    command = ["scan", str(tmp_path / "in"), "--out", str(out), "--quiet"]
    stopped = CliRunner().invoke(app, command, env={"BEIAN_LANG": "en", "COLUMNS": "500"})
    assert stopped.exit_code == 3
    assert " ".join(stopped.stderr.split()) == (
        f"Error The disk is full and {out} can't be written; make room and run the same command again."
    )
    assert not list(out.rglob("*.tmp"))
    for part in rows.iterdir():
        part.unlink()
    done = CliRunner().invoke(app, command, env={"BEIAN_LANG": "en"})
    assert done.exit_code == 0
    assert "100 documents" in done.stdout
    assert "30 duplicates" in done.stdout
    assert {path.name for path in out.iterdir()} == {"evidence.jsonl", "manifest.jsonl", "result.json"}


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow above so many bytes, as a disk that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [150, 500, 1200])
def test_wherever_the_disk_is_full_the_same_command_goes_on(write: Write, tmp_path: Path, size: int) -> None:
    for name in ("a", "b"):
        write(f"in/{name}.jsonl", GOOD)
    out = tmp_path / "out"
    command = ["scan", str(tmp_path / "in"), "--out", str(out), "--quiet"]
    with room_for(size):
        stopped = CliRunner().invoke(app, command, env={"BEIAN_LANG": "en", "COLUMNS": "500"})
    assert (stopped.exit_code, stopped.stdout) == (3, "")
    assert "make room" in " ".join(stopped.stderr.split())
    done = CliRunner().invoke(app, command, env={"BEIAN_LANG": "en"})
    assert (done.exit_code, done.stdout.partition(",")[0]) == (0, "2 documents")
    assert {path.name for path in out.iterdir()} == {"evidence.jsonl", "manifest.jsonl", "result.json"}


def test_a_strict_scan_that_stopped_goes_on_without_strict(write: Write, tmp_path: Path) -> None:
    write("in/a.jsonl", GOOD)
    write("in/b.jsonl", CASES["broken.jsonl"][0])
    command = ["scan", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--quiet"]
    assert CliRunner().invoke(app, [*command, "--strict"]).exit_code == 2
    done = CliRunner().invoke(app, command, env={"BEIAN_LANG": "en"})
    assert (done.exit_code, done.stdout.partition(",")[0]) == (0, "3 documents")
    assert "1 places not read" in " ".join(done.stdout.split())


def test_two_scans_do_not_write_into_one_folder(write: Write, tmp_path: Path) -> None:
    path = write("in/a.jsonl", GOOD)
    with (
        held(tmp_path / "out"),
        pytest.raises(CouldNotRunError, match="Another process is scanning into"),
    ):
        scan(path, tmp_path / "out")
    assert scan(path, tmp_path / "out").tally.total().counts["documents"] == 1


class _Ranges(SimpleHTTPRequestHandler):
    """Gives parts of files, as stores of objects do."""

    def log_message(self, *arguments: object) -> None: ...

    def do_GET(self) -> None:
        span = self.headers.get("Range")
        if not span:
            super().do_GET()
            return
        content = Path(self.translate_path(self.path)).read_bytes()
        first, last = (int(end) for end in span.removeprefix("bytes=").split("-"))
        part = content[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def end_headers(self) -> None:
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "in").mkdir(exist_ok=True)

    def handler(*arguments, **options) -> _Ranges:
        return _Ranges(*arguments, directory=str(tmp_path / "in"), **options)

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
    fsspec.get_filesystem_class("http").clear_instance_cache()


def test_a_corpus_behind_an_address_is_scanned_in_pieces_like_a_folder(
    address: str, write: Write, tmp_path: Path
) -> None:
    rows = [{"id": f"{n}", "source": "s", "text": f"第{n}篇" * 20} for n in range(300)]
    write("in/a.jsonl", jsonl(rows[:200]))
    write("in/b.jsonl.gz", gzip.compress(jsonl(rows[200:])))
    here = scan(tmp_path / "in", tmp_path / "here", unit_bytes=4000)
    there = scan(address, tmp_path / "there", unit_bytes=4000)
    assert len(plan_units([address], unit_bytes=4000).units) > 4
    assert there.tally.sources["s"] == here.tally.sources["s"]
    assert there.duplicates == here.duplicates
    assert [one.id for one in there.tally.sample] == [one.id for one in here.tally.sample]
    assert {one.path for one in there.tally.sample} == {f"{address}a.jsonl", f"{address}b.jsonl.gz"}


def test_a_corpus_in_a_store_in_memory_is_scanned(tmp_path: Path) -> None:
    store = fsspec.filesystem("memory")
    store.pipe("/corpus/a.jsonl", jsonl([{"text": "好"}, {"text": "好"}]))
    try:
        assert scan("memory://corpus", tmp_path / "out").duplicates.total == 1
    finally:
        store.rm("/corpus", recursive=True)


def test_an_address_that_cannot_be_opened_is_named() -> None:
    with pytest.raises(CouldNotRunError, match=r"The corpus at nothing://a can't be opened \(.*; check"):
        plan_units(["nothing://a"])
    with pytest.raises(BadInputError, match=r"There is no corpus at http://127.0.0.1:9/a.jsonl; check"):
        plan_units(["http://127.0.0.1:9/a.jsonl"])
