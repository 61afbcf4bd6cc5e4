"""What a commitment names, read from evidence that anybody may have written."""

from collections.abc import Mapping
from typing import Any

from openbeian.assessment.scope import GENERAL, Scope
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.evidence import Seal
from openbeian.evidence.records import record_error
from openbeian.standards import load_edition, load_profile

__all__ = ["edition_named", "scope_of", "seals", "target_about"]

_FULL = "full"


def edition_named(committed: Mapping[str, Any]) -> Edition:
    """Return the edition, under its profile, that a commitment names.

    Raises:
        BadInputError: It is not known here.
    """
    edition = load_edition(str(committed.get("edition")))
    profile = str(committed.get("profile"))
    return edition if profile == _FULL else edition.with_profile(load_profile(profile))


def seals(committed: Mapping[str, Any]) -> list[Seal]:
    """Return the seals of the banks and the library a commitment names.

    Raises:
        BadInputError: They are incomplete.
    """
    try:
        library = committed["keywords"]
        found = [Seal(**seal) for seal in (*committed["banks"], *([library] if library else []))]
    except (KeyError, TypeError) as error:
        raise _incomplete() from error
    for seal in found:
        texts = (seal.kind, seal.name, seal.version, seal.sha256)
        if not all(isinstance(text, str) for text in texts) or type(seal.items) is not int:
            raise _incomplete()
    return found


def scope_of(committed: Mapping[str, Any]) -> Scope:
    """Return what the service is for: one field where the commitment declares it, else everything.

    Raises:
        BadInputError: The declaration is incomplete, or names an unknown aspect.
    """
    if "one_field" not in committed:
        return GENERAL
    try:
        name, aspects = committed["one_field"]["name"], committed["one_field"]["without"]
        if not isinstance(name, str) or not all(isinstance(aspect, str) for aspect in aspects):
            raise _incomplete()
    except (KeyError, TypeError) as error:
        raise _incomplete() from error
    return Scope.declared(name, aspects)


def target_about(committed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a commitment says about the target: at least its address and its model.

    Raises:
        BadInputError: It doesn't say so much.
    """
    about = committed.get("target")
    if not isinstance(about, dict) or not all(isinstance(about.get(name), str) for name in ("url", "model")):
        raise _incomplete()
    return about


def _incomplete() -> BadInputError:
    return record_error(1, Text("承诺记录残缺", "the commitment is incomplete"))
