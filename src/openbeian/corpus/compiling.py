"""Make machine code of the pass of `fused.py`, with Numba.

Run: python -m openbeian.corpus.compiling > FILE

A program of its own: Numba takes a second and 40 MB to load, and more to compile, of which a process never
gives all back. What it writes, `compiled.py` loads without Numba.
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from types import FunctionType
from typing import Any, Final

import numpy as np

from openbeian.corpus import fused, fused_text, json_bytes
from openbeian.corpus.compiled import NEVER_CALLED, target_machine
from openbeian.corpus.fused import Names, take_lines
from openbeian.corpus.fused_text import ALIKE, Space, Tables

__all__ = ["compile_pass", "unknown_in"]

_INLINED: Final = frozenset({"character", "_take_han", "_wide"})
"""What is called for every character; the compiler inlines the rest as it sees fit."""
_UNCOUNTED: Final[Mapping[str, bool]] = {"_nrt": False}
"""Arrays are borrowed from the caller, and none is made: counting who uses them takes half of the time."""


def compile_pass() -> bytes:
    """Return the name of the compiled function, a line feed, and the object file that holds it.

    Raises:
        ImportError: Numba is not installed.
        LookupError: Its code calls what `compiled.py` does not know, as that of another version may.
    """
    numba = import_module("numba")
    register = import_module("numba.extending").register_jitable
    for name, function in (vars(json_bytes) | vars(fused_text) | vars(fused)).items():
        if isinstance(function, FunctionType):
            register(inline="always" if name in _INLINED else "never", **_UNCOUNTED)(function)
    types = numba.types
    signature = types.void(types.CPointer(types.voidptr), types.CPointer(types.uint64), types.uint64)
    compiled = numba.cfunc(signature, error_model="numpy")(_entry(numba.carray))
    binding = import_module("llvmlite.binding")
    module = binding.parse_assembly(compiled.inspect_llvm())
    if unknown := unknown_in(module):
        raise LookupError(f"the compiled pass calls {', '.join(unknown)}: see NEVER_CALLED")
    return bytes(compiled.native_name.encode() + b"\n" + target_machine(binding).emit_object(module))


def unknown_in(module: Any) -> list[str]:  # noqa: ANN401  llvmlite has no types
    """Return what the code takes from elsewhere, and neither LLVM, Python nor `compiled.py` gives it."""
    declared = (one.name for one in (*module.functions, *module.global_variables) if one.is_declaration)
    return sorted(
        name for name in declared if not name.startswith(("llvm.", "Py")) and name not in NEVER_CALLED
    )


def _entry(array: Any) -> Any:  # noqa: ANN401  Numba has no types
    """Return `take_lines` with the addresses and sizes of its arrays."""
    byte, unit, entry, number, place = np.uint8, np.uint16, np.uint32, np.int64, np.uint64

    def take(at: Any, size: Any, stop: Any) -> None:  # noqa: ANN401
        names = Names(array(at[1], size[1], byte), array(at[2], size[2], byte), array(at[3], size[3], byte))
        tables = Tables(
            array(at[4], size[4], entry), array(at[5], size[5], unit), array(at[6], size[6], byte)
        )
        space = Space(
            array(at[7], size[7], unit),
            array(at[8], size[8], unit),
            array(at[9], (size[9], ALIKE + 1), number),
            array(at[10], size[10], number),
            array(at[11], size[11], number),
            array(at[12], size[12], number),
            array(at[13], size[13], number),
            array(at[14], size[14], number),
            array(at[15], size[15], number),
            array(at[16], size[16], number),
            array(at[17], size[17], number),
            array(at[18], size[18], number),
            array(at[19], size[19], place),
            array(at[20], size[20], place),
        )
        take_lines(array(at[0], size[0], byte), stop, names, tables, space)

    return take


if __name__ == "__main__":
    sys.stdout.buffer.write(compile_pass())
