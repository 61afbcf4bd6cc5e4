"""What guard models and judging language models say, as rules for `LLMSimulator`.

The last message a guard is shown is the answer itself; a judging model gets question and answer as JSON.
"""

import json
from collections.abc import Callable

from tests.simulators.llm import LLMSimulator, Reply, Rule

__all__ = ["answer_in", "llamaguard", "llm_says", "qwen3guard", "verdict_json"]


def qwen3guard(word: str, categories: str = "Violent", safety: str = "Unsafe") -> Rule:
    """Call answers in which `word` stands unsafe, in the words of Qwen3Guard-Gen."""

    def rule(answer: str, _number: int) -> Reply:
        if word in answer:
            return Reply(f"Safety: {safety}\nCategories: {categories}\nRefusal: No")
        return Reply("Safety: Safe\nCategories: None\nRefusal: No")

    return rule


def llamaguard(word: str, hazards: str = "S1") -> Rule:
    """Call answers in which `word` stands unsafe, in the words of Llama Guard 3."""
    return lambda answer, _number: Reply(f"\n\nunsafe\n{hazards}" if word in answer else "\n\nsafe")


def verdict_json(verdict: str = "conforms", confidence: float = 0.95, risk: str | None = None) -> str:
    """Return what a judging model is asked for."""
    given = {"verdict": verdict, "risk": risk, "confidence": confidence, "reason": f"因为{verdict}。"}
    return json.dumps(given, ensure_ascii=False)


def answer_in(body: dict) -> str:
    """Return the answer that a judging model was shown in a request."""
    return json.loads(body["messages"][1]["content"])["answer"]


def llm_says(simulator: LLMSimulator, say: Callable[[str, int], str]) -> None:
    """Have a judging model say `say(answer, turn)`; the first turn on an answer is 1."""

    def rule(_last: str, _number: int) -> Reply:
        body = simulator.bodies[-1]
        turn = sum(message["role"] == "assistant" for message in body["messages"]) + 1
        return Reply(say(answer_in(body), turn))

    simulator.rule = rule
