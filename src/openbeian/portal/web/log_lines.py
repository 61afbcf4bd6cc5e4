"""Log lines that nothing typed by anybody can forge: one event, one line; a traceback is set in below it."""

import logging
import unicodedata
from typing import Final

__all__ = ["OneLineFormatter"]

_BREAKING: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
_SET_IN: Final = "  | "


class OneLineFormatter(logging.Formatter):
    """Writes line breaks, terminal escapes and direction marks of a message as escapes."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name
        """Return the event's one line."""
        return _one_line(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802  the same
        """Return the traceback with every line set in, so that none looks like an event."""
        return _set_in(super().formatException(ei))  # type: ignore[arg-type]  # as logging hands it over

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  the same
        """Return the stack, set in alike."""
        return _set_in(super().formatStack(stack_info))


def _one_line(text: str) -> str:
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    if unicodedata.category(character) in _BREAKING:
        return character.encode("unicode_escape").decode()
    return character


def _set_in(text: str) -> str:
    return "\n".join(_SET_IN + _one_line(line) for line in text.splitlines())
