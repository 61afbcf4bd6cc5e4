"""Import every module of the gate with nothing but its own dependencies in sight.

The gate's site sees cryptography, rfc8785 and the standard library; a stray import of Django or of
openbeian fails here, as it would at an operator's.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROBE = """
import importlib, pkgutil, sys
CLOSED = {"openbeian", "django", "ninja", "typer", "rich", "numpy", "yaml", "orjson", "pydantic"}
class Closed:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in CLOSED:
            raise ImportError(f"the gate must stand alone, but imports {name}")
sys.meta_path.insert(0, Closed())
import openbeian_gate
for module in pkgutil.walk_packages(openbeian_gate.__path__, "openbeian_gate."):
    importlib.import_module(module.name)
print("every module of the gate imports alone")
"""

if __name__ == "__main__":
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, check=False)  # noqa: S603
    sys.exit(done.returncode)
