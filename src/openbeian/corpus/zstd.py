"""Reading zstandard: frames one after the other, and an error where the last is cut off.

The library's own reader ends quietly there.
"""

import io
from typing import IO, Any, Final, cast

from openbeian.corpus.optional import optional

__all__ = ["open_zstd"]

_INPUT: Final = 1 << 16
_LARGEST_WINDOW: Final = 1 << 31
"""What `zstd --long=31` writes."""


def open_zstd(file: IO[bytes]) -> IO[bytes]:
    """Return the uncompressed content of `file`; reading a broken one raises `OSError` or `EOFError`."""
    return cast("IO[bytes]", io.BufferedReader(_ZstdReader(file)))


class _ZstdReader(io.RawIOBase):
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._zstandard: Any = optional("zstandard", "zstandard")
        self._frame: Any = None
        self._left = b""
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  whatever has a buffer
        while not self._ready and self._more():
            pass
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _more(self) -> bool:
        """Decompress some more; say whether there was anything."""
        data = self._left or self._file.read(_INPUT)
        self._left = b""
        if not data:
            if self._frame is not None:
                raise EOFError
            return False
        if self._frame is None:
            self._frame = self._zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).decompressobj()
        try:
            self._ready = self._frame.decompress(data)
        except self._zstandard.ZstdError as error:
            raise OSError(str(error)) from error
        if self._frame.eof:
            self._left = self._frame.unused_data
            self._frame = None
        return True
