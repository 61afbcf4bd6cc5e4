"""`python -m openbeian_gate`: the same as `beian-gate`."""

import sys

from openbeian_gate.cli import main

__all__: list[str] = []

if __name__ == "__main__":  # pragma: no cover  # runs in a process of its own
    sys.exit(main())
