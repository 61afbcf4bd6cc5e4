"""Building HTML that can't be injected into: text is escaped unless it was built here."""

from html import escape

__all__ = ["Markup", "element"]

_VOID = frozenset({"meta", "br"})


class Markup(str):
    """HTML that was built from escaped parts."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Markup:
    """Return an element; children that are no `Markup` are escaped.

    A trailing underscore is dropped from an attribute's name, other underscores become hyphens.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    inner = "".join(child if isinstance(child, Markup) else escape(child) for child in children)
    return Markup(f"<{name}{given}>{inner}</{name}>")
