"""The pass of `fused.py` compiled by Numba, where that is installed; Numba's cache keeps it for later."""

import contextlib
import ctypes
import functools
import hashlib
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, Final

from openbeian.corpus import fused, fused_text, json_bytes
from openbeian.corpus.blocks import BlockTaker
from openbeian.corpus.documents import DEFAULT_FIELDS, Reading
from openbeian.corpus.fused import TakeLines, take_lines
from openbeian.corpus.lines import Lines

__all__ = ["compile_here", "compiled_pass"]

_DONT_NEED: Final = 4
_INLINED: Final = frozenset({"character", "_take_han", "_wide"})
"""What is called for every character; the compiler inlines the rest as it sees fit."""
_UNCOUNTED: Final[Mapping[str, bool]] = {"_nrt": False}
"""Arrays are borrowed from the caller, and none is made: counting who uses them takes half of the time."""


@functools.cache
def compiled_pass() -> TakeLines | None:
    """Return the compiled pass, None without Numba.

    Where it is in no cache yet, a process of its own compiles it first: the compiler takes far more memory
    than a worker should, and a process never gives all of that back.
    """
    try:
        compiled = _lazily_compiled()
    except ImportError:
        return None
    if not _is_cached(compiled):
        subprocess.run([sys.executable, "-c", _APART], check=False)  # noqa: S603  our own words
    return _used_once(compiled)


def compile_here() -> None:
    """Compile the pass in this process, for the cache."""
    _used_once(_lazily_compiled())


_APART: Final = "from openbeian.corpus.compiled import compile_here; compile_here()"


def _lazily_compiled() -> Any:  # noqa: ANN401  Numba has no types
    numba = import_module("numba")
    register = import_module("numba.extending").register_jitable
    for name, function in (vars(json_bytes) | vars(fused_text) | vars(fused)).items():
        if isinstance(function, FunctionType) and function is not take_lines:
            register(inline="always" if name in _INLINED else "never", **_UNCOUNTED)(function)
    named = FunctionType(take_lines.__code__, vars(fused), take_lines.__name__)
    named.__qualname__ = f"{named.__name__}-{_digest()}"
    try:
        return numba.njit(named, cache=True, **_UNCOUNTED)
    except RuntimeError:
        # There is no folder that the cache could be written to.
        return numba.njit(named, **_UNCOUNTED)


def _is_cached(compiled: Any) -> bool:  # noqa: ANN401
    """Say whether the pass is in the cache, or can't be."""
    folder = getattr(compiled.stats, "cache_path", None)
    return folder is None or any(Path(folder).glob(f"*{_digest()}*.nbi"))


def _used_once(compiled: TakeLines) -> TakeLines:
    """Return the pass when it has been compiled or read from the cache, which its first use does."""
    line = b'{"text":""}\n'
    BlockTaker(compiled).take(Reading("", DEFAULT_FIELDS, lambda _: None), Lines(0, line, len(line)))
    _give_pages_back()
    return compiled


def _give_pages_back() -> None:
    """Let go of the compiler's own code, which is mapped from a file and not needed any more."""
    with contextlib.suppress(OSError, AttributeError):  # Only Linux has both.
        library = ctypes.CDLL(None)
        for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines():
            span, rights, *_ = line.split()
            if rights == "r-xp" and "llvmlite" in line:
                start, end = (int(edge, 16) for edge in span.split("-"))
                library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _DONT_NEED)


def _digest() -> str:
    """Name the sources and how they are compiled: Numba itself looks at the age of one file only."""
    files = (json_bytes.__file__, fused_text.__file__, fused.__file__, __file__)
    sources = b"".join(Path(str(file)).read_bytes() for file in files)
    return hashlib.sha256(sources).hexdigest()[:16]
