"""The verdict on a file: does it carry one label, is that right, and if not, why."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath

from openbeian.core.text import Text
from openbeian.dossier.labels.container import Container, Place, check_places, unknown
from openbeian.dossier.labels.errors import UnreadableError
from openbeian.dossier.labels.registry import container_of
from openbeian.dossier.labels.source import Source, opened
from openbeian.dossier.labels.values import AIGCLabel, Reason, parse_label

__all__ = ["VERDICTS", "Report", "Verdict", "check_file", "check_source", "places_and_reasons"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Verdict(StrEnum):
    """What an office would say of the file's label."""

    COMPLIANT = "compliant"
    NONCOMPLIANT = "noncompliant"
    NOT_FOUND = "not_found"
    INCONCLUSIVE = "inconclusive"


VERDICTS = {
    Verdict.COMPLIANT: Text("合规", "compliant"),
    Verdict.NONCOMPLIANT: Text("不合规", "noncompliant"),
    Verdict.NOT_FOUND: Text("未发现标识", "no label found"),
    Verdict.INCONCLUSIVE: Text("无法判断", "inconclusive"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one file, with every reason.

    `places` says where labels stand in the metadata; `notices` where each answer of a text says in words that
    it was generated (`start`, `middle`, `end`, None), None for formats whose visible or audible label a
    program can't see.
    """

    kind: str
    verdict: Verdict
    label: AIGCLabel | None
    places: tuple[str, ...]
    notices: tuple[str | None, ...] | None
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, object]:
        """Return the report as JSON values."""
        return {
            "kind": self.kind,
            "verdict": self.verdict.value,
            "label": self.label.as_json() if self.label else None,
            "places": list(self.places),
            "notices": None if self.notices is None else list(self.notices),
            "reasons": [{**reason._asdict(), "text": reason.text._asdict()} for reason in self.reasons],
        }


def check_file(path: Path) -> Report:
    """Return the verdict on the file at `path`.

    Raises:
        UnreadableError: it is missing or may not be read; whatever is wrong inside is a verdict.
    """
    with opened(path) as source:
        return check_source(path.name, source)


def check_source(name: str, source: Source) -> Report:
    """Return the verdict on the bytes of a file called `name`."""
    container = container_of(name, source)
    if container is None:
        return Report("", Verdict.INCONCLUSIVE, None, (), None, (_unsupported(source),))
    places, reasons = places_and_reasons(container, source)
    notices, notice_reasons = _notices(container, source)
    labels = []
    for place in places:
        label, problems = parse_label(place.value)
        labels.append(label)
        reasons.extend(problems)
    reasons += [*_uniqueness(places), *notice_reasons, *_names(container, name)]
    is_found = bool(places) or (not container.has_metadata and any(notices or ()))
    return Report(
        container.kind,
        _verdict(reasons, is_found=is_found),
        next((label for label in labels if label), None),
        tuple(place.where for place in places),
        notices,
        tuple(reasons),
    )


def places_and_reasons(container: Container, source: Source) -> tuple[list[Place], list[Reason]]:
    """Return the labels in the metadata; where reading fails, what was found before and the reason."""
    places: list[Place] = []
    reasons: list[Reason] = []
    try:
        for found in container.read(source):
            if isinstance(found, Place):
                places.append(found)
                check_places(len(places))
            else:
                reasons.append(found)
    except UnreadableError as error:
        reasons.append(Reason("unreadable", "unknown", error.text))
    return places, reasons


def _verdict(reasons: list[Reason], *, is_found: bool) -> Verdict:
    severities = {reason.severity for reason in reasons}
    # What is wrong stays wrong, whatever else could not be read.
    if "fail" in severities:
        return Verdict.NONCOMPLIANT
    if "unknown" in severities:
        return Verdict.INCONCLUSIVE
    return Verdict.COMPLIANT if is_found else Verdict.NOT_FOUND


def _uniqueness(places: list[Place]) -> Iterator[Reason]:
    if len(places) > 1:
        where = ", ".join(place.where for place in places[:10])
        yield Reason(
            "several_labels",
            "fail",
            Text(
                f"文件有 {len(places)} 处标识（{where}），只应有一处",
                f"the file has {len(places)} labels ({where}); there should be one",
            ),
        )


def _notices(container: Container, source: Source) -> tuple[tuple[str | None, ...] | None, list[Reason]]:
    if container.notice is None:
        return None, []
    try:
        notices = tuple(container.notice.read(source))
    except UnreadableError as error:
        return (), [Reason("unreadable", "unknown", error.text)]
    return notices, list(_notice_reasons(container, notices))


def _notice_reasons(container: Container, notices: tuple[str | None, ...]) -> Iterator[Reason]:
    missing = notices.count(None)
    if container.has_metadata:
        if missing:
            yield Reason(
                "no_words", "note", Text("正文没有文字标识", "the text itself has no words of notice")
            )
        return
    yield Reason(
        "words_only",
        "note",
        Text(
            "这种文件没有元数据，只看文字标识", "this kind of file has no metadata; only words are looked for"
        ),
    )
    if not notices:
        yield unknown("no_answer", "没有找到回答的文本", "no text of an answer was found")
    elif 0 < missing < len(notices):
        yield Reason(
            "words_missing",
            "fail",
            Text(
                f"{len(notices)} 条回答中有 {missing} 条没有文字标识",
                f"{missing} of {len(notices)} answers have no words of notice",
            ),
        )


def _names(container: Container, name: str) -> Iterator[Reason]:
    suffix = PurePath(name).suffix.lower()
    if suffix not in container.extensions:
        yield Reason(
            "other_extension",
            "note",
            Text(f"内容是 {container.kind}，扩展名却是 {suffix}", f"it is {container.kind}, named {suffix}"),
        )


def _unsupported(source: Source) -> Reason:
    if source[: len(_OLE)] == _OLE:
        return unknown(
            "locked_or_old",
            "是加了密码的 Office 文档或旧版格式（doc、xls、ppt），无法读取",
            "it is an Office document with a password or in an old format (doc, xls, ppt)",
        )
    return unknown(
        "unknown_format",
        "无法识别文件格式，或不是本命令支持的格式",
        "its format is not known, or is none that can be labelled",
    )
