"""Checks of the form itself: is every entry there and well formed, do the entries fit together."""

from collections.abc import Iterator

from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check
from openbeian.dossier.form import check_facts

__all__: list[str] = []


@check(
    "F01",
    clause="filing practice",
    severity="error",
    title=Text("表中各项齐全且格式正确", "Every entry is there and well formed"),
)
def _entries(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for problem in check_facts(dossier.facts):
        yield report(problem.field.id, problem.found, problem.mend)


@check(
    "F02",
    clause="6 a)",
    severity="error",
    title=Text("非自研模型须有已备案的基座模型", "A model that is not one's own rests on a filed one"),
)
def _base_model(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if dossier.facts.get("model.origin") in {"fine_tuned", "called"} and not dossier.facts.get(
        "model.base_number"
    ):
        yield report(
            "model.base_number",
            Text("未填写基座模型备案号", "The filing number of the base model is missing"),
            Text(
                "填写基座模型的备案号；基座未备案的不能使用",
                "Give it; a base model that is not on file can't be used",
            ),
        )


@check(
    "F04",
    clause="filing practice",
    severity="warning",
    title=Text("两个测试通道不同", "The two test channels differ"),
)
def _channels(dossier: Dossier, report: Report) -> Iterator[Finding]:
    bare, guarded = (dossier.facts.get(f"channels.{name}") for name in ("bare", "guarded"))
    if bare and bare == guarded:
        yield report(
            "channels.guarded",
            Text("两个通道的地址相同", "Both channels have the same address"),
            Text("分别提供未加与加装安全策略的通道", "Offer one without and one with the safety strategy"),
        )


@check(
    "D16",
    clause="filing practice",
    severity="error",
    title=Text("材料目录的 dossier.yaml 可读", "The folder's dossier.yaml can be read"),
)
def _statement(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if dossier.unread is not None:
        yield report(
            "dossier.yaml",
            dossier.unread,
            Text("改正后重新打包上传", "Correct it, then pack and upload the folder again"),
        )
