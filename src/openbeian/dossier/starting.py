"""A new dossier's folder: `dossier.yaml` with every entry of the form explained, and what lies beside it."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

import yaml

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text
from openbeian.dossier.folder import FOLDER_FILE
from openbeian.dossier.folder_reading import read_nested, read_top
from openbeian.dossier.form import Facts, Field, form_for, route_of
from openbeian.dossier.kinds import ATTACHMENT_KINDS
from openbeian.trust.files import replace_file

__all__ = ["read_facts", "save_facts", "start_folder"]

_FOLDERS: Final = ("evidence", "attachments", "documents")
_README: Final = "README.md"
_FACTS: Final = re.compile(r"^facts:.*?(?=^[^\s#]|\Z)", re.MULTILINE | re.DOTALL)


def start_folder(
    path: Path, *, edition: str, profile: str = "", facts: Facts | None = None, force: bool = False
) -> list[Path]:
    """Make the folder of a new dossier and return the files written.

    Raises:
        BadInputError: There is a `dossier.yaml` already and `force` is off.
        CouldNotRunError: The folder can't be written.
    """
    file = path / FOLDER_FILE
    if file.exists() and not force:
        raise BadInputError(
            f"{file} 已存在；请换一个目录，或用 --force 覆盖。",
            f"{file} exists already; choose another folder, or overwrite it with --force.",
        )
    written = Template(_shipped(FOLDER_FILE)).substitute(
        edition=edition,
        profile=profile or "''",
        facts=_facts_block(facts or {}).rstrip("\n"),
        kinds=", ".join(ATTACHMENT_KINDS),
    )
    try:
        for folder in _FOLDERS:
            (path / folder).mkdir(parents=True, exist_ok=True)
        replace_file(file, written.encode())
        if not (path / _README).exists():
            replace_file(path / _README, _shipped(_README).encode())
    except OSError as error:
        raise _cannot_write(path, error) from error
    return [file, path / _README]


def _shipped(name: str) -> str:
    return files(__package__).joinpath("new_folder").joinpath(name).read_text(encoding="utf-8")


def save_facts(path: Path, facts: Facts) -> None:
    """Put `facts` into the folder's `dossier.yaml` and leave every other line of it as it is.

    Raises:
        BadInputError: The file can't be read.
        CouldNotRunError: It can't be written.
    """
    file = path / FOLDER_FILE
    read_top(file)
    before, block = file.read_text(encoding="utf-8"), _facts_block(facts)
    found = _FACTS.search(before)
    after = before + block if found is None else _replaced(before, found, block)
    try:
        replace_file(file, after.encode())
    except OSError as error:
        raise _cannot_write(path, error) from error


def _replaced(before: str, found: re.Match[str], block: str) -> str:
    """Keep the comments at the end of the old block: they belong to what follows."""
    lines = found[0].splitlines(keepends=True)
    end = len(lines)
    while end > 1 and (lines[end - 1].startswith("#") or not lines[end - 1].strip()):
        end -= 1
    return before[: found.start()] + block + "".join(lines[end:]) + before[found.end() :]


def read_facts(path: Path) -> Facts:
    """Return the facts of a YAML file: nested, flat, or under `facts` as in `dossier.yaml`.

    Raises:
        BadInputError: The file is missing or no YAML mapping.
    """
    if not path.is_file():
        raise BadInputError(
            f"没有文件 {path}；请核对 --from。", f"There is no file {path}; check what --from names."
        )
    top = read_top(path)
    return read_nested(top.entry("facts") if top.has("facts") else top)


def _cannot_write(path: Path, error: OSError) -> CouldNotRunError:
    return CouldNotRunError(
        f"无法写入 {path}（{error.strerror}）；请检查磁盘空间与权限。",
        f"{path} can't be written ({error.strerror}); check the disk and your rights.",
    )


def _facts_block(facts: Facts) -> str:
    """Return `facts:` with every entry the route asks for, its label and help above it."""
    asked = form_for(route_of(facts))
    lines = ["facts:"]
    for section in asked:
        lines += [f"  # {_said(section.label)}", f"  {section.id}:"]
        for field in section.fields:
            lines += [f"    # {line}" for line in _explained(field)]
            lines += [f"    {line}" for line in _entry(field.id.partition(".")[2], facts.get(field.id))]
    known = {field.id for section in asked for field in section.fields}
    others = {name: value for name, value in facts.items() if name not in known}
    for name, value in others.items():
        lines += [f"  {line}" for line in _entry(name, value)]
    return "\n".join(lines) + "\n"


def _explained(field: Field) -> Iterator[str]:
    yield f"{_said(field.label)}（{'必填 required' if field.required_on else '选填 optional'}）"
    if field.help.zh:
        yield _said(field.help)
    if field.choices:
        yield " | ".join(f"{choice.id} {choice.label.zh}" for choice in field.choices)


def _said(text: Text) -> str:
    return f"{text.zh} {text.en}"


def _entry(name: str, value: object) -> list[str]:
    """Return an entry as lines of YAML; an empty one keeps its place."""
    if value in (None, "", [], ()):
        return [f"{name}:"]
    plain = value if isinstance(value, str) else list(value)  # type: ignore[call-overload]  # a list of ids
    dumped = yaml.safe_dump({name: plain}, allow_unicode=True, default_flow_style=False, width=10_000)
    return str(dumped).rstrip("\n").split("\n")
