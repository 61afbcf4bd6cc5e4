"""Who inspects: people by name for the provider, by pseudonym in the evidence.

Evidence goes to offices and stays for ever, so a name in it is a salted hash. The salt is secret, or a
list of staff would give every name away; it lies with the names in `inspectors.json` beside the run, which
is handed to nobody, so that the provider can still say who judged.
"""

import hashlib
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson

from openbeian.core.errors import BadInputError

__all__ = ["PEOPLE_FILE", "pseudonym_of"]

PEOPLE_FILE: Final = "inspectors.json"


def pseudonym_of(name: str, run: Path, *, make_salt: Callable[[], bytes], is_first: bool) -> str:
    """Return the pseudonym of a person in a run; new people are written into the run's list.

    Args:
        name: the person's name or staff number; capitals and spaces make no difference.
        run: the run's directory.
        make_salt: makes the salt when the list is new.
        is_first: whether nobody has inspected the run yet, so that there may be no list.

    Raises:
        BadInputError: The name is empty, or the list is missing or broken.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    if not plain:
        raise BadInputError(
            "研判人姓名为空；请用 --by 写明。", "The inspector has no name; give one with --by."
        )
    path = run / PEOPLE_FILE
    known = _load(path, make_salt=make_salt, is_first=is_first)
    digest = hashlib.sha256(bytes.fromhex(known["salt"]) + plain.encode()).hexdigest()
    pseudonym = f"inspector-{digest[:16]}"
    if pseudonym not in known["people"]:
        known["people"][pseudonym] = name.strip()
        _save(path, known)
    return pseudonym


def _load(path: Path, *, make_salt: Callable[[], bytes], is_first: bool) -> dict[str, Any]:
    if is_first and not path.exists():
        return {"people": {}, "salt": make_salt().hex()}
    try:
        known = orjson.loads(path.read_bytes())
        whole = isinstance(known["people"], dict) and bool(bytes.fromhex(known["salt"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_list(path) from error
    if not whole:
        raise _no_list(path)
    found: dict[str, Any] = known
    return found


def _no_list(path: Path) -> BadInputError:
    return BadInputError(
        f"{path} 缺失或损坏，无法认出以前的研判人；请放回原文件。",
        f"{path} is missing or broken, so that earlier inspectors can't be told; put the original back.",
    )


def _save(path: Path, known: dict[str, Any]) -> None:
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    part.replace(path)
