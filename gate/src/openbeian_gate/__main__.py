"""`python -m openbeian_gate`: the same as `beian-gate`."""

import sys

from openbeian_gate.cli import main

if __name__ == "__main__":
    sys.exit(main())
