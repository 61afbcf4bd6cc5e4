"""Adding a label: one file in, the same file with one label out, or nothing changed and a sentence why."""

from collections.abc import Iterable
from pathlib import Path

from openbeian.dossier.labels.check import Report, Verdict, check_source, places_and_reasons
from openbeian.dossier.labels.container import Container
from openbeian.dossier.labels.errors import AlreadyLabelledError, CannotLabelError, UnreadableError
from openbeian.dossier.labels.registry import container_of
from openbeian.dossier.labels.source import Source, Splice, opened, put_in_place, write_spliced
from openbeian.dossier.labels.values import AIGCLabel, check_label

__all__ = ["add_label"]


def add_label(
    path: Path, label: AIGCLabel, *, target: Path | None = None, replace: bool = False, notice: bool = False
) -> Report:
    """Write the file at `path` with `label` to `target`, or in its own place, and return what it then says.

    Texts without metadata get words instead of `label`; `notice` adds the words to Markdown too. The new file
    is checked before it takes its name, so a file is either right or as it was.

    Raises:
        WrongValueError: the label breaks a rule.
        AlreadyLabelledError: there is a label, and `replace` was not said.
        TargetExistsError: `target` is there, and `replace` was not said.
        UnreadableError, CannotLabelError: the file can't be read, or not be labelled without other changes.
        NotWrittenError: the disk or the directory refuses.
    """
    check_label(label)
    path = path.resolve()
    target = target.resolve() if target else path
    with opened(path) as source:
        container = container_of(path.name, source)
        if container is None:
            raise UnreadableError(
                "无法识别文件格式，或不是本命令支持的格式", "its format is not known, or can't be labelled"
            )
        if not replace:
            _check_unlabelled(container, source)
        splices = list(_splices(container, source, label, notice=notice))
        written = write_spliced(source, splices, target)
    try:
        report = _checked(written, target.name, container, label)
        put_in_place(written, target, like=path, replace=replace or target == path)
    finally:
        written.unlink(missing_ok=True)
    return report


def _check_unlabelled(container: Container, source: Source) -> None:
    places, _ = places_and_reasons(container, source)
    has_words = not container.has_metadata and container.notice and any(container.notice.read(source))
    if places or has_words:
        where = places[0].where if places else container.kind
        raise AlreadyLabelledError(
            f"文件已有标识（{where}）；如要替换，请加 --force",
            f"the file has a label already ({where}); replace it with --force",
        )


def _splices(container: Container, source: Source, label: AIGCLabel, *, notice: bool) -> Iterable[Splice]:
    if container.has_metadata:
        yield from container.write(source, label.serialise())
    if notice or not container.has_metadata:
        if container.notice is None:
            raise CannotLabelError(
                "文字标识只能加到文本；图片、音视频和文档的显式标识须在生成时加入",
                "words can be added to texts only; what is seen or heard is marked when it is made",
            )
        yield from container.notice.write(source)


def _checked(written: Path, name: str, container: Container, label: AIGCLabel) -> Report:
    with opened(written) as source:
        report = check_source(name, source)
    is_there = report.label == label or not container.has_metadata
    if report.verdict is not Verdict.COMPLIANT or not is_there:
        why = next((reason.text for reason in report.reasons if reason.severity != "note"), None)
        raise CannotLabelError(
            f"写入后复查未通过（{why.zh if why else report.verdict}），文件未改动",
            f"what was written did not pass the check ({why.en if why else report.verdict}); nothing changed",
        )
    return report
