"""Reading without trust and writing in one step."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.dossier.labels import source as files
from openbeian.dossier.labels.errors import CannotLabelError, NotWrittenError, UnreadableError
from openbeian.dossier.labels.source import Splice, opened, put_in_place, spliced, take, write_spliced


def test_nothing_is_taken_from_beyond_the_end_or_beyond_the_limit():
    assert take(b"abc", 1, 2) == b"bc"
    for start, count in ((1, 3), (-1, 1), (0, -1)):
        with pytest.raises(UnreadableError, match="cut short"):
            take(b"abc", start, count)
    with pytest.raises(UnreadableError, match="limit"):
        take(b"abc", 0, files.MAX_PIECE + 1)


@given(st.binary(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.binary(max_size=5)), max_size=6))
def test_insertions_leave_every_old_byte_in_its_order(old, insertions):
    splices = [Splice(min(at, len(old)), min(at, len(old)), new) for at, new in insertions]
    new = spliced(old, splices)
    assert len(new) == len(old) + sum(len(splice.new) for splice in splices)
    rest = iter(new)
    assert all(byte in rest for byte in old)


def test_splices_that_touch_the_same_bytes_are_refused():
    for bad in ([Splice(0, 2, b""), Splice(1, 3, b"")], [Splice(2, 9, b"")], [Splice(2, 1, b"")]):
        with pytest.raises(CannotLabelError, match="contradict"):
            spliced(b"abc", bad)


def test_a_file_larger_than_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "huge.mp4"
    with path.open("wb") as file:
        file.truncate(files.MAX_FILE + 1)
    with pytest.raises(UnreadableError, match="limit"), opened(path):
        pass


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableError, match="plain file"), opened(tmp_path / "pipe"):
        pass


def test_a_place_that_can_not_be_written_is_said(tmp_path):
    with pytest.raises(NotWrittenError, match="can't be written"):
        write_spliced(b"abc", [], tmp_path / "no such folder" / "a.png")
    written = write_spliced(b"abc", [], tmp_path / "a.png")
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotWrittenError, match="can't be written"):
        put_in_place(written, tmp_path / "folder", like=written, replace=True)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    with pytest.raises(CannotLabelError):
        write_spliced(b"abc", [Splice(0, 9, b"")], tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
