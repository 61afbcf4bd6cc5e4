"""Labelled samples of what the service generates carry the labels of GB 45438-2025."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from openbeian.core.text import Text
from openbeian.dossier.checks.dossier import Attached
from openbeian.dossier.checks.registry import Dossier, Finding, Report, Severity, check, in_whole
from openbeian.dossier.labels import VERDICTS, Verdict, check_file
from openbeian.dossier.labels.errors import UnreadableError

__all__: list[str] = []

_SEVERITIES: Final[dict[Verdict, Severity]] = {
    Verdict.NONCOMPLIANT: "error",
    Verdict.NOT_FOUND: "error",
    Verdict.INCONCLUSIVE: "warning",
}
_MEND: Final = Text(
    "用 beian label add 写入标识，并检查服务输出环节",
    "Label it with beian label add, and look at how the service writes its files",
)
_FILES: Final = {
    "image": (Text("图片", "images"), {".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff"}),
    "audio": (Text("声音", "audio"), {".wav", ".mp3", ".flac", ".ogg", ".m4a"}),
    "video": (Text("视频", "video"), {".mp4", ".mov", ".avi"}),
}


@check(
    "L01",
    clause="7 d)",
    severity="error",
    title=Text("生成内容样例带有合规的标识", "Samples of generated content carry proper labels"),
)
def _labelled(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached in dossier.of_kind("label_sample"):
        verdict, reason = _verdict(attached)
        if verdict is not Verdict.COMPLIANT:
            label = VERDICTS[verdict]
            found = Text(
                f"{label.zh}{reason.zh and '：' + reason.zh}", f"{label.en}{reason.en and ': ' + reason.en}"
            )
            yield report(attached.name, found, _MEND, _SEVERITIES[verdict])


def _verdict(attached: Attached) -> tuple[Verdict, Text]:
    try:
        found = check_file(attached.path)
    except UnreadableError as error:
        return Verdict.INCONCLUSIVE, error.text
    reasons = [one.text for one in found.reasons if one.severity != "note"]
    return found.verdict, reasons[0] if reasons else Text("", "")


@check(
    "L02",
    clause="7 d)",
    severity="warning",
    title=Text(
        "生成图片、声音、视频的附有带标识的样例", "Who generates files attaches labelled samples of each kind"
    ),
    applies=in_whole,
)
def _sampled(dossier: Dossier, report: Report) -> Iterator[Finding]:
    held = {PurePath(one.name).suffix.lower() for one in dossier.of_kind("label_sample")}
    for function, (name, suffixes) in _FILES.items():
        if function in dossier.facts.get("service.functions", ()) and not held & suffixes:
            yield report(
                "service.functions",
                Text(
                    f"服务生成{name.zh}，但没有带标识的样例",
                    f"The service generates {name.en}; no labelled sample is attached",
                ),
                Text("附上样例，以 kind: label_sample 列出", "Attach one and list it as kind: label_sample"),
            )
