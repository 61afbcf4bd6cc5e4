"""Building HTML that can't be injected into: text is escaped unless it was built here."""

from collections.abc import Iterable
from html import escape

__all__ = ["Markup", "element", "join"]

_VOID = frozenset({"meta", "rect", "line", "br"})


class Markup(str):
    """HTML that was built from escaped parts."""

    __slots__ = ()

    def __html__(self) -> str:
        """Say to a template that nothing is left to escape."""
        return self


def element(name: str, /, *children: str, **attributes: str | float) -> Markup:
    """Return an element; children that are no `Markup` are escaped.

    A trailing underscore is dropped from an attribute's name, other underscores become hyphens.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(f"{value}", quote=True)}"'
        for key, value in attributes.items()
    )
    if name in _VOID:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{join(children)}</{name}>")


def join(children: Iterable[str]) -> Markup:
    """Return the children one after the other, escaped where they are text."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children))
