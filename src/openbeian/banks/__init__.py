"""The question banks and the starter keyword library that ship, and the script that builds them.

People write scenarios and frames in `sources/*.yaml`; `beian bank build` makes the JSONL files
from them, always the same ones from the same sources.
"""

from openbeian.banks.rules import BANKS, KEYWORDS

__all__ = ["BANKS", "KEYWORDS"]
