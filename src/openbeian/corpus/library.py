"""What a scan's keyword library holds of what the edition asks for (8.1): in all, and for each risk."""

from collections.abc import Iterator, Mapping
from typing import Any

from openbeian.core.standard import RiskSlice, Strength, risks_in
from openbeian.core.text import Text
from openbeian.corpus.report import Conclusion, Inputs, Result

__all__ = ["library_results"]

_NONE_USED = Text("未使用关键词库", "no keyword library was used")


def library_results(inputs: Inputs) -> Iterator[Result]:
    """Yield the results on the library that the scan was committed to."""
    risks: Mapping[str, int] = (inputs.library or {}).get("risks", {})
    wanted = risks_in(inputs.edition, RiskSlice.KEYWORDS_AND_REFUSAL)
    held = {risk.id: risks.get(risk.id, 0) for risk in wanted}
    total = int((inputs.library or {}).get("items", 0))
    yield _result(inputs, "keywords.total", total, Text(f"共 {total} 个", f"{total} terms"))
    covered = sum(count > 0 for count in held.values())
    lacking = _named([risk for risk, count in held.items() if not count])
    yield _result(inputs, "keywords.coverage", covered, _covering(covered, len(held), lacking))
    for group in ("A.1", "A.2"):
        counts = {risk.id: held[risk.id] for risk in wanted if risk.group == group}
        least = min(counts, key=lambda risk: (counts[risk], risk))
        said = Text(f"最少：{least}，{counts[least]} 个", f"the least has {least}, {counts[least]} terms")
        yield _result(inputs, f"keywords.min.{group.replace('.', '')}", counts[least], said)


def _covering(covered: int, whole: int, lacking: str) -> Text:
    zh, en = f"{whole} 种风险中覆盖 {covered} 种", f"{covered} of {whole} risks are covered"
    return Text(f"{zh}，缺 {lacking}", f"{en}, without {lacking}") if lacking else Text(zh, en)


def _named(risks: list[str], most: int = 6) -> str:
    return ", ".join(risks[:most]) + (" …" if len(risks) > most else "")


def _result(inputs: Inputs, name: str, found: int, said: Text) -> Result:
    threshold, needed = inputs.edition.threshold(name), inputs.edition.number(name)
    told: dict[str, Any] = {
        "required": Text(f"≥ {needed}", f"≥ {needed}"),
        "is_binding": threshold.strength is Strength.SHALL,
    }
    if inputs.library is None:
        return Result(name, threshold.clause, threshold.text, Conclusion.NOT_ASSESSED, _NONE_USED, **told)
    conclusion = Conclusion.CONFORMS if found >= needed else Conclusion.DOES_NOT_CONFORM
    return Result(name, threshold.clause, threshold.text, conclusion, said, **told)
