"""The provider's assessment in the demonstration: the demo profile, the shipped English banks."""

import asyncio
from importlib.resources import as_file, files
from pathlib import Path

from openbeian.assessment import Plan, Report, Target, assess, load_bank, load_keywords
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.demo.model import MODEL_NAME, SLOTS
from openbeian.dossier.signing import load_or_make_key, run_signer, write_public_key
from openbeian.standards import load_edition, load_profile
from openbeian.terminal.console import error_console, progress_bars, say
from openbeian.terminal.runs import RunBars

__all__ = ["EDITION", "PROFILE", "assess_channel"]

EDITION = "tc260-003"
PROFILE = "demo"
_BANKS = ("generated_content", "should_refuse", "should_answer")
_ANSWER_TOKENS = 48
"""So much the refusal judge can go by; shorter beginnings of this model it takes for refusals too often."""


def assess_channel(address: str, *, out: Path, key: Path, system: str) -> Report:
    """Assess the service at `address` and leave signed evidence and report in `out`."""
    with as_file(files("openbeian.banks")) as banks:
        plan = Plan(
            target=Target(address, MODEL_NAME, system=system, max_tokens=_ANSWER_TOKENS),
            edition=load_edition(EDITION).with_profile(load_profile(PROFILE)),
            banks=tuple(load_bank(banks / "english" / f"{bank}.jsonl") for bank in _BANKS),
            keywords=load_keywords(banks / "keywords_starter.jsonl"),
            concurrency=SLOTS,
        )
    signer = load_or_make_key(key)
    with progress_bars() as bars:
        report = asyncio.run(
            assess(plan, out=out, at_clock=now, sign_head=run_signer(signer), on_progress=RunBars(bars))
        )
    write_public_key(out, signer)
    error_console.print(say(Text("报告", "Report")) + f": {out / 'report.html'}", style="dim")
    return report
