"""Text files: their characters, and how to write more of them in the same encoding."""

from typing import NamedTuple

from openbeian.dossier.labels.errors import UnreadableError
from openbeian.dossier.labels.source import Source, take

__all__ = ["TextFile", "decoded"]

_MARK = b"\xef\xbb\xbf"


class TextFile(NamedTuple):
    """A text: its characters without byte order mark, the length of that mark, and the encoding."""

    text: str
    mark: int
    codec: str

    def offset(self, at: int) -> int:
        """Return at which byte of the file the character `at` starts."""
        return self.mark + len(self.encoded(self.text[:at]))

    def encoded(self, text: str) -> bytes:
        """Return `text` as this file would hold it."""
        return text.encode(self.codec)


def decoded(source: Source) -> TextFile:
    """Return the text of a file in UTF-8 or GB 18030.

    Raises:
        UnreadableError: it is no text.
    """
    raw = take(source, 0, len(source))
    mark = len(_MARK) if raw.startswith(_MARK) else 0
    for codec in ("utf-8", "gb18030"):
        try:
            text = raw[mark:].decode(codec)
        except UnicodeDecodeError:
            continue
        # Offsets are counted by encoding again, so that must give the same bytes.
        if "\0" not in text and text.encode(codec) == raw[mark:]:
            return TextFile(text, mark, codec)
    raise UnreadableError(
        "不是 UTF-8 或 GB 18030 编码的文本", "it is no text in UTF-8 or GB 18030; save it as UTF-8"
    )
