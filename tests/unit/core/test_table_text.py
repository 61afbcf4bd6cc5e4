"""Tables as people save them become text, or one clear error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.table_text import BrokenEncodingError, decode_table

WORDS = "序号,属地\n1,广东"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_each_usual_encoding(encoding):
    assert decode_table(WORDS.encode(encoding)) == WORDS


def test_a_break_in_what_surely_was_utf8_is_not_read_as_something_else():
    with pytest.raises(BrokenEncodingError) as broken:
        decode_table("这里写着很多正确的汉字\n第二行".encode() + b"\xff\n")
    assert broken.value.line == 2


def test_what_is_in_neither_encoding_is_named_by_its_line():
    with pytest.raises(BrokenEncodingError, match="line 3"):
        decode_table(b"a\nb\n\xff\xff")


@given(st.binary(max_size=60))
def test_any_bytes_become_text_or_that_error(data):
    try:
        text = decode_table(data)
    except BrokenEncodingError as error:
        text, line = "", error.line
        assert 1 <= line <= data.count(b"\n") + 1
    assert isinstance(text, str)
