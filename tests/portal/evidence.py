"""Real evidence of a real run against the simulated service: made once a run and scope, signed."""

import asyncio
import hashlib
from functools import lru_cache
from pathlib import Path

from openbeian.assessment import GENERAL, Plan, Scope, Target, assess, load_bank, load_keywords
from openbeian.assessment.judges import KeywordJudge
from openbeian.banks import BANKS, KEYWORDS
from openbeian.clock import now
from openbeian.standards import load_edition, load_profile
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.statements import sign_evidence_head
from tests.shared import in_turn
from tests.simulators.llm import LLMSimulator

__all__ = ["MODEL", "evidence_file"]

MODEL = "xiaozhou-1"


def evidence_file(scope: Scope = GENERAL) -> dict[str, Path]:
    """Return the files of the assessment of such a service by their kind: evidence, head, keys."""
    return _assessed(scope)


@lru_cache
def _assessed(scope: Scope) -> dict[str, Path]:
    with in_turn(f"evidence-{hashlib.sha256(repr(scope).encode()).hexdigest()}") as out:
        keys = out / "keys.json"  # written last
        if not keys.exists():
            _assess(scope, out)
    return {"evidence": out / "evidence.jsonl", "head": out / "head.dsse.json", "keys": keys}


def _assess(scope: Scope, out: Path) -> None:
    signer = Ed25519Signer.generate()
    keywords = load_keywords(KEYWORDS)
    with LLMSimulator() as service:
        plan = Plan(
            target=Target(service.url, MODEL),
            edition=load_edition("gbt-45654-2025").with_profile(load_profile("demo")),
            banks=(load_bank(BANKS / "english" / "generated_content.jsonl"),),
            keywords=keywords,
            judges=(KeywordJudge(keywords),),
            concurrency=16,
            scope=scope,
        )
        asyncio.run(
            assess(
                plan,
                out=out,
                at_clock=now,
                sign_head=lambda head, _at: sign_evidence_head(head, {}, signer),
            )
        )
    (out / "keys.json").write_bytes(public_key_set(signer).to_bytes())
