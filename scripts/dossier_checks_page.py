"""The page that lists every check of a dossier, and which of A01 to A39 it is for."""

from collections.abc import Callable, Iterable, Sequence

from openbeian.dossier.checks import CHECKS
from openbeian.dossier.checks.phrases import load_claims
from openbeian.dossier.checks.requirements import AUTOMATION_LABELS, load_requirements

__all__ = ["parts"]

_SEVERITIES = {"error": "错误 · error", "warning": "警告 · warning", "note": "说明 · note"}
_Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]


def parts(table: _Table) -> list[str]:
    """Return the title and the parts of the page; `table` writes a Markdown table."""
    requirements = load_requirements()
    used: dict[str, list[str]] = {}
    for one in requirements:
        for check in one.checks:
            used.setdefault(check, []).append(one.id)
    return [
        "# 材料检查 · Checks of a dossier",
        "`beian dossier check` 与门户用同一份检查表；门户只运行它看得到的材料的检查。编号固定不变。",
        "The command and the portal share them; the portal runs those that speak of what it has. Ids stay.",
        "错误：改正前不能提交；警告：审查时会被退回；说明：由人留意。",
        "Errors keep a dossier from being handed in, an office sends warnings back, notes are for people.",
        f"## 检查 · Checks ({len(CHECKS)})",
        table(
            ["编号 id", "级别 severity", "条款 clause", "中文", "English", "A01–A39"],
            (
                [
                    f"`{one.id}`",
                    _SEVERITIES[one.severity],
                    one.clause,
                    *one.title,
                    " ".join(used.get(one.id, ())),
                ]
                for one in CHECKS.values()
            ),
        ),
        "## 要求与检查 · Requirements and their checks",
        table(
            [
                "要求 id",
                "条款 clause",
                "中文",
                "English",
                "怎样检查 how",
                "检查 checks",
                "由人判断 for a person",
            ],
            (
                [
                    one.id,
                    one.clause,
                    *one.text,
                    " · ".join(AUTOMATION_LABELS[one.automation]),
                    " ".join(f"`{check}`" for check in one.checks),
                    " · ".join(one.person) if one.person else "",
                ]
                for one in requirements
            ),
        ),
        "## 夸大表述 · Phrases that over-claim",
        table(
            ["id", "为什么退回", "Why it is sent back", "改写", "What to write instead"],
            ([f"`{claim.id}`", *claim.reason, *claim.better] for claim in load_claims()),
        ),
    ]
