"""The pass of `fused.py` as machine code, which `compiling.py` makes once on a machine."""

import contextlib
import ctypes
import functools
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Any, Final

from openbeian.corpus import fused, fused_text, json_bytes
from openbeian.corpus.folder import alone_in, write_whole
from openbeian.corpus.fused import Names, TakeLines
from openbeian.corpus.fused_text import Space, Tables
from openbeian.corpus.json_bytes import Bytes, Position

__all__ = ["NEVER_CALLED", "compiled_pass", "target_machine"]

_DONT_NEED: Final = 4
NEVER_CALLED: Final = (
    "NRT_Free",
    "NRT_MemInfo_call_dtor",
    "numba_do_raise",
    "numba_gil_ensure",
    "numba_gil_release",
    "numba_runtime_build_excinfo_struct",
    "numba_unpickle",
)
"""What Numba's code calls where memory is freed or an error is raised, neither of which the pass does."""


@functools.cache
def compiled_pass() -> TakeLines | None:
    """Return the compiled pass, None without Numba; where it was never compiled, this takes some seconds."""
    if find_spec("numba") is None:
        return None
    binding = import_module("llvmlite.binding")
    try:
        take_lines = _loaded(binding, _code(binding))
    except subprocess.CalledProcessError:
        return None
    _give_pages_back()
    return take_lines


def target_machine(binding: Any) -> Any:  # noqa: ANN401  llvmlite has no types
    """Return what makes and loads code for this machine's processor."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    features = binding.get_host_cpu_features().flatten()
    target = binding.Target.from_triple(binding.get_process_triple())
    return target.create_target_machine(
        binding.get_host_cpu_name(), features, opt=3, reloc="pic", codemodel="jitdefault"
    )


def _loaded(binding: Any, code: bytes) -> TakeLines:  # noqa: ANN401
    name, _, object_file = code.partition(b"\n")
    end = ctypes.cast(ctypes.CDLL(None).abort, ctypes.c_void_p).value
    for function in NEVER_CALLED:
        binding.add_symbol(function, end)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), target_machine(binding))
    engine.add_object_file(binding.ObjectFileRef.from_data(object_file))
    engine.finalize_object()
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64)
    take = kind(engine.get_function_address(name.decode()))

    def take_lines(content: Bytes, stop: Position, names: Names, tables: Tables, space: Space) -> None:
        arrays: list[Any] = [content, *names, *tables, *space]
        places = (ctypes.c_void_p * len(arrays))(*[array.ctypes.data for array in arrays])
        sizes = (ctypes.c_uint64 * len(arrays))(*[len(array) for array in arrays])
        take(places, sizes, int(stop))

    # The code is there as long as the engine is.
    take_lines.__dict__["engine"] = engine
    return take_lines


def _code(binding: Any) -> bytes:  # noqa: ANN401
    """Return what `compiling.py` writes, from where it is kept, or made by one process at a time."""
    name, made = f"take_lines-{_digest(binding)}.o", b""
    for folder in _folders():
        with contextlib.suppress(OSError), alone_in(folder, waits=True):
            path = folder / name
            if path.exists():
                return path.read_bytes()
            if os.access(folder, os.W_OK):
                made = made or _made()
                write_whole(path, made)
                return made
    return made or _made()


def _made() -> bytes:
    command = [sys.executable, "-m", "openbeian.corpus.compiling"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603  our own words


def _folders() -> Iterator[Path]:
    """Yield where code may be kept: beside what Python compiles, or in the user's own cache."""
    yield Path(cache_from_source(__file__)).parent
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))  # noqa: PTH111  there may be none
    if home.is_absolute():
        yield home / "openbeian"


def _give_pages_back() -> None:
    """Let go of the compiler's own code, which is mapped from a file and not needed any more."""
    with contextlib.suppress(OSError, AttributeError):  # Only Linux has both.
        library = ctypes.CDLL(None)
        for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines():
            span, rights, *_ = line.split()
            if rights == "r-xp" and "llvmlite" in line:
                start, end = (int(edge, 16) for edge in span.split("-"))
                library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _DONT_NEED)


def _digest(binding: Any) -> str:  # noqa: ANN401
    """Name the sources, how they are compiled, and the processor."""
    folder = Path(__file__).parent
    files = (json_bytes.__file__, fused_text.__file__, fused.__file__, folder / "compiling.py", __file__)
    known = [Path(str(file)).read_bytes() for file in files]
    known += [binding.get_host_cpu_name().encode(), binding.get_host_cpu_features().flatten().encode()]
    return hashlib.sha256(b"\n".join(known)).hexdigest()[:16]
