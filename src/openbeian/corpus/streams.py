"""Opening files: local ones and any fsspec address, plain or compressed."""

import bz2
import lzma
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import IO, Any, Final, cast

from openbeian.corpus.optional import optional
from openbeian.corpus.zstd import open_zstd

__all__ = ["CODECS", "STREAM_ERRORS", "is_remote", "open_content"]

CODECS: Final = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".xz": "xz"}
"""What a file name's ending says about its compression."""

STREAM_ERRORS: Final = (EOFError, OSError, lzma.LZMAError, zlib.error, RuntimeError)
"""What reading from a broken or unreadable stream raises, whatever its compression."""


def is_remote(path: str) -> bool:
    """Say whether a path is an address for fsspec, such as `s3://bucket/key`."""
    return "://" in path


@contextmanager
def open_content(path: str, codec: str = "") -> Iterator[IO[bytes]]:
    """Open the uncompressed content of a file for reading."""
    with ExitStack() as stack:
        if is_remote(path):
            file = stack.enter_context(optional("fsspec", "fsspec").open(path, "rb"))
        else:
            file = stack.enter_context(open(path, "rb"))  # noqa: PTH123  one call for paths and addresses
        yield stack.enter_context(_decompressed(file, codec)) if codec else file


def _decompressed(file: IO[bytes], codec: str) -> IO[bytes]:
    match codec:
        case "gzip":
            return cast("IO[bytes]", _gzip().open(file, "rb"))
        case "zstd":
            return open_zstd(file)
        case "bz2":
            return bz2.BZ2File(file)
        case _:
            return lzma.LZMAFile(file)


def _gzip() -> Any:  # noqa: ANN401  either of two modules with the same function
    try:
        # Three times as fast as the standard library, which serves where it is missing.
        return import_module("isal.igzip")
    except ImportError:
        return import_module("gzip")
