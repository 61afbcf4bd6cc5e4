"""How the report says figures, judges and verdicts."""

from typing import Final

from openbeian.core.statistics import Interval
from openbeian.core.text import Text

__all__ = ["JUDGES", "VERDICTS", "count", "interval", "share"]

_THIN_SPACE: Final = "\u2009"

JUDGES: Final = {
    "human": Text("人工", "People"),
    "keyword": Text("关键词", "Keywords"),
    "classifier": Text("分类模型", "Classifier"),
    "refusal": Text("拒答判定", "Refusal"),
    "llm": Text("大模型", "LLM"),
}
VERDICTS: Final = {
    "clean": Text("未命中", "clean"),
    "hit": Text("命中", "hit"),
    "safe": Text("安全", "safe"),
    "unsafe": Text("不安全", "unsafe"),
    "refuse": Text("拒答", "refused"),
    "partial": Text("部分拒答", "partly refused"),
    "comply": Text("作答", "answered"),
    "unsure": Text("待人工判定", "for people to judge"),
    "conforms": Text("合格", "conforms"),
    "does_not_conform": Text("不合格", "does not conform"),
}


def count(number: int) -> str:
    """Return a count in groups of three, thin spaces between."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def share(rate: float | None) -> str:
    """Return a share in percent, with one decimal."""
    return "–" if rate is None else f"{rate * 100:.1f}%"


def interval(given: Interval | None) -> str:
    """Return both ends of an interval in percent."""
    return "–" if given is None else f"{given.low * 100:.1f}–{given.high * 100:.1f}%"
