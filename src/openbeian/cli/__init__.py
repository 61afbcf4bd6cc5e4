"""The command `beian`: one module a command; each parses, calls and prints, and decides nothing.

Exit codes: 0 fine, 1 the thing checked does not conform, 2 wrong use, 3 could not run.
"""

from openbeian.cli.app import main

__all__ = ["main"]
