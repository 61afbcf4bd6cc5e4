"""Planting one fault in a copy of a good dossier: in what it states, in a file, or in what is seen of it."""

import html
import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from openbeian.dossier.checks import Dossier, Finding, run_checks
from openbeian.dossier.examining import dossier_in
from openbeian.dossier.folder import read_folder
from tests.unit.dossier.defects.good import ON, good_folder, good_statement

_FIRST_SHEET, _SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"

__all__ = [
    "add",
    "cells_of",
    "change_cell",
    "change_facts",
    "change_part",
    "copy_of_good",
    "edit_bytes",
    "found_in",
    "list_file",
    "remove",
    "state",
]


def copy_of_good(into: Path) -> Path:
    """Return a copy whose files are shared with the original until they are replaced."""
    good = good_folder()
    for path in good.rglob("*"):
        target = into / path.relative_to(good)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, target)
    return into


def found_in(folder: Path, seen: Callable[[Dossier], Dossier] = lambda one: one) -> list[Finding]:
    """Return what the checks find in a folder; `seen` changes what they are given."""
    return run_checks(seen(dossier_in(read_folder(folder), on=ON)))


def edit_bytes(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Replace a file by what `change` makes of it."""
    path = folder / name
    data = path.read_bytes()
    changed = change(data)
    assert changed != data
    path.unlink()
    path.write_bytes(changed)


def state(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what `dossier.yaml` says."""
    said = good_statement()
    change(said)
    path = folder / "dossier.yaml"
    path.unlink()
    path.write_text(yaml.dump(said, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")


def change_facts(folder: Path, **facts: Any) -> None:
    """Change entries of the form: `section__field=value`."""

    def change(said: dict[str, Any]) -> None:
        for name, value in facts.items():
            section, field = name.split("__")
            said["facts"][section][field] = value

    state(folder, change)


def change_part(folder: Path, name: str, old: str, new: str, *, nth: int | None = None) -> None:
    """Replace words inside a Word file, everywhere or the `nth` time only, and leave its PDF as it is."""

    def change(text: str) -> str:
        assert old in text, f"{old} is not in {name}"
        return _replaced(text, old, new, nth)

    _change_xml(folder, name, "word/document.xml", change)


def _change_xml(folder: Path, name: str, part: str, change: Callable[[str], str]) -> None:
    def rewritten(data: bytes) -> bytes:
        made = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for item in old.infolist():
                content = old.read(item)
                new.writestr(item.filename, change(content.decode()) if item.filename == part else content)
        return made.getvalue()

    edit_bytes(folder, name, rewritten)


def _replaced(text: str, old: str, new: str, nth: int | None) -> str:
    pieces = text.split(old)
    if nth is None:
        return new.join(pieces)
    return old.join(pieces[: nth + 1]) + new + old.join(pieces[nth + 1 :])


def change_cell(folder: Path, name: str, row: int, heading: str, value: str) -> None:
    """Change a cell of the first sheet of a workbook, in the row and under the heading given."""
    column = next(letter for letter, written in cells_of(folder, name, 1).items() if written == heading)

    def change(text: str) -> str:
        cell = re.compile(rf'<c r="{column}{row}"([^>]*?)(?: t="\w+")?(?:/>|>.*?</c>)', re.DOTALL)
        new = rf'<c r="{column}{row}"\1 t="inlineStr"><is><t>{value}</t></is></c>'
        return cell.sub(new, text, count=1)

    _change_xml(folder, name, _FIRST_SHEET, change)


def cells_of(folder: Path, name: str, row: int) -> dict[str, str]:
    """Return the texts of a row of the first sheet by the letters of their columns."""
    with zipfile.ZipFile(folder / name) as book:
        text = book.read(_FIRST_SHEET).decode()
        shared = book.read(_SHARED).decode() if _SHARED in book.namelist() else ""
    strings = re.findall(r"<si>.*?<t[^>]*>(.*?)</t>", shared, re.DOTALL)
    found = {}
    for letter, kind, inside in re.findall(
        rf'<c r="([A-Z]+){row}"[^>]*? t="(\w+)"[^>]*>(.*?)</c>', text, re.DOTALL
    ):
        written = html.unescape(re.sub("<[^>]*>", "", inside))
        found[letter] = strings[int(written)] if kind == "s" else written
    return found


def add(folder: Path, name: str, data: bytes | str) -> None:
    """Put another file into the folder, and list it where it lies among the attachments."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def list_file(folder: Path, name: str, data: bytes | str, kind: str = "document") -> None:
    """Add a file and say in `dossier.yaml` what it is."""
    add(folder, name, data)
    state(folder, lambda said: said["attachments"].append({"kind": kind, "file": name}))


def remove(folder: Path, *names: str) -> None:
    """Take files away, from the list as well."""
    for name in names:
        (folder / name).unlink()

    def change(said: dict[str, Any]) -> None:
        said["attachments"] = [one for one in said["attachments"] if one["file"] not in names]

    state(folder, change)
