"""The hash-chained file: every link checked, nothing lost, nothing changed unseen."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.evidence import FIRST_PREV, ChainReader, ChainWriter, RecordKind, canonical_line, parse_line

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "evidence.jsonl"


def write(path, count=5):
    with ChainWriter(path) as writer:
        for number in range(count):
            writer.append(RecordKind.ANSWER, {"text": f"第 {number} 条"}, at=AT + timedelta(seconds=number))
        return writer.head


def test_what_is_written_is_read_back_under_the_same_head(path):
    head = write(path)
    reader = ChainReader(path, canonical=True)
    assert [record.body["text"] for record in reader] == [f"第 {n} 条" for n in range(5)]
    assert (reader.head, reader.length, reader.valid_bytes) == (head, 5, path.stat().st_size)


def test_a_line_is_canonical_json_and_names_the_hash_of_the_line_before(path):
    write(path, 2)
    first, second = path.read_bytes().splitlines()
    assert first == rfc8785.dumps(orjson.loads(first))
    assert orjson.loads(first)["prev"] == FIRST_PREV == "0" * 64
    assert orjson.loads(first)["at"] == "2026-11-23T09:30:00.000Z"
    assert orjson.loads(second)["prev"] == hashlib.sha256(first).hexdigest()
    assert ChainReader(path).head == FIRST_PREV


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
)
def test_a_record_survives_being_written_and_parsed(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("chain") / "evidence.jsonl"
    with ChainWriter(path) as writer:
        record = writer.append(RecordKind.VERDICT, {"value": value}, at=AT)
    assert list(ChainReader(path, canonical=True)) == [record]
    assert parse_line(canonical_line(record), 1) == record


@pytest.mark.parametrize("line", [1, 3, 5])
def test_a_changed_byte_is_found_and_its_line_named(path, line):
    head = write(path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace("第".encode(), "假".encode())
    path.write_bytes(b"".join(lines))
    reader = ChainReader(path)
    if line == 5:
        # Nothing follows the last line: only the signed head gives its change away.
        assert len(list(reader)) == 5
        assert reader.head != head
    else:
        with pytest.raises(BadInputError, match=f"line {line} or {line + 1} was changed"):
            list(reader)


@pytest.mark.parametrize(
    ("mangle", "named"),
    [
        (lambda lines: lines[:2] + lines[3:], "line 2 or 3"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "line 1 was"),
        (lambda lines: [*lines[:3], b"{}\n", *lines[3:]], "line 4: this is no record"),
        (lambda lines: [*lines[:3], b"\xff\n", *lines[3:]], "line 4: this is no record"),
        (lambda lines: [lines[0].replace(b'"seq":0', b'"seq":false'), *lines[1:]], "line 1: this is no"),
        (lambda lines: [lines[0].replace(b'"answer"', b'"secret"'), *lines[1:]], "line 1: this is no"),
        (lambda lines: [lines[0].replace(b"000Z", b"000"), *lines[1:]], "line 1: this is no"),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], "line 5: the line is cut off"),
    ],
    ids=["removed", "moved", "added", "no text", "no number", "no kind", "no zone", "cut off"],
)
def test_lines_removed_moved_or_added_are_found_and_named(path, mangle, named):
    write(path)
    path.write_bytes(b"".join(mangle(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(BadInputError, match=named):
        list(ChainReader(path))


def test_a_line_that_is_not_canonical_is_refused_where_that_matters(path):
    with ChainWriter(path) as writer:
        writer.append(RecordKind.CLOSE, {}, at=AT)
    path.write_bytes(path.read_bytes().replace(b'"body":{}', b'"body": {}'))
    assert len(list(ChainReader(path))) == 1
    with pytest.raises(BadInputError, match="line 1: this is not canonical JSON"):
        list(ChainReader(path, canonical=True))


def test_going_on_after_a_cut_off_line_drops_it_and_says_how_much(path):
    write(path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"at":"2026-')
    reader = ChainReader(path, drop_torn=True)
    assert len(list(reader)) == 5
    assert reader.torn_bytes == 12
    with ChainWriter.resume(path, reader) as writer:
        writer.append(RecordKind.CLOSE, {}, at=AT)
    assert path.read_bytes().startswith(whole)
    assert len(list(ChainReader(path))) == 6


def test_a_file_that_exists_is_never_started_again(path):
    write(path)
    with pytest.raises(CouldNotRunError, match="resume that run"):
        ChainWriter(path)


def test_two_writers_at_once_are_refused(path):
    write(path)
    reader = ChainReader(path)
    list(reader)
    with (
        ChainWriter.resume(path, reader),
        pytest.raises(CouldNotRunError, match="Another process is writing"),
    ):
        ChainWriter.resume(path, reader)


def test_a_file_that_grew_after_it_was_read_is_not_continued(path):
    write(path)
    reader = ChainReader(path)
    list(reader)
    with path.open("ab") as file:
        file.write(b"x\n")
    with pytest.raises(CouldNotRunError, match="has changed since"):
        ChainWriter.resume(path, reader)


def test_a_full_disk_is_said_clearly_and_leaves_the_chain_whole(tmp_path):
    script = textwrap.dedent("""
        import resource, signal, sys
        from datetime import datetime, UTC
        from pathlib import Path
        from openbeian.core.errors import CouldNotRunError
        from openbeian.evidence import ChainWriter, RecordKind
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        writer = ChainWriter(Path(sys.argv[1]))
        try:
            for _ in range(100):
                writer.append(RecordKind.ANSWER, {"text": "x" * 500}, at=datetime(2026, 1, 1, tzinfo=UTC))
        except CouldNotRunError as error:
            print(writer.length, error)
    """)
    path = tmp_path / "evidence.jsonl"
    run = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    assert "make room on the disk" in run.stdout
    assert len(list(ChainReader(path))) == int(run.stdout.split()[0]) > 0


def test_killing_the_writer_loses_no_record_it_had_appended(tmp_path):
    script = textwrap.dedent("""
        import sys
        from datetime import datetime, UTC
        from pathlib import Path
        from openbeian.evidence import ChainWriter, RecordKind
        writer = ChainWriter(Path(sys.argv[1]))
        while True:
            at = datetime(2026, 1, 1, tzinfo=UTC)
            record = writer.append(RecordKind.ANSWER, {"text": "x" * 900}, at=at)
            sys.stdout.write(f"{record.seq}\\n")
            sys.stdout.flush()
    """)
    path = tmp_path / "evidence.jsonl"
    with subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE) as process:
        said = [process.stdout.readline() for _ in range(300)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
    reader = ChainReader(path, drop_torn=True)
    list(reader)
    assert reader.length >= int(said[-1]) + 1 >= 300


def test_members_of_the_wrong_kind_are_named_with_their_line(path):
    with ChainWriter(path) as writer:
        record = writer.append(RecordKind.ANSWER, {"n": True, "s": 1, "m": []}, at=AT)
    for read, name in ((record.integer, "n"), (record.string, "s"), (record.mapping, "m")):
        with pytest.raises(BadInputError, match=f"line 1: “{name}” of a “answer” record must be"):
            read(name)
