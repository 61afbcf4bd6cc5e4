"""The text of tables as people save them: UTF-8 with or without a byte order mark, or GB18030."""

from typing import Final

from openbeian.core.text import Text

__all__ = ["BROKEN_ENCODING", "BrokenEncodingError", "decode_table"]

BROKEN_ENCODING: Final = Text(
    "编码已损坏，既不是 UTF-8 也不是 GB18030；请从原件重新另存为 UTF-8。",
    "the encoding is broken, neither UTF-8 nor GB18030; save the original again as UTF-8.",
)
"""What is wrong and how to mend it, to follow the name of the file."""

_SURELY_UTF8: Final = 8
"""So many characters beyond ASCII that are right as UTF-8 don't happen by chance in another encoding."""


class BrokenEncodingError(ValueError):
    """The bytes are text in neither encoding; `line`, from 1, is where they stop being UTF-8."""

    def __init__(self, line: int) -> None:
        """Keep the line."""
        super().__init__(f"broken encoding in line {line}")
        self.line = line


def decode_table(data: bytes) -> str:
    """Return the text of `data`.

    Raises:
        BrokenEncodingError: It is neither UTF-8 nor GB18030.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        right = data[: error.start].decode("utf-8-sig")
        line = data[: error.start].count(b"\n") + 1
    try:
        if sum(character > "\x7f" for character in right) < _SURELY_UTF8:
            return data.decode("gb18030")
    except UnicodeDecodeError:
        pass
    raise BrokenEncodingError(line)
