"""What is the same on every page in one language, looked up or written once instead of for each page."""

from typing import Final

from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import mark_safe
from django.utils.text import unescape_string_literal

from openbeian.core.text import Text
from openbeian.portal.web.languages import current_language

__all__ = ["compile_part", "constant_words"]

_QUOTES: Final = frozenset("\"'")
_END: Final = "endfixed"


class _Words(Node):
    """Words in two languages that a template says as they are."""

    def __init__(self, words: Text) -> None:
        self._words = words

    def render(self, context: Context) -> str:  # noqa: ARG002  Django's signature
        """Return the words in the language of the page."""
        return self._words.in_(current_language())


class _Part(Node):
    """A part of a template that knows nothing of its page but the language."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._written: dict[str, str] = {}

    def render(self, context: Context) -> str:
        """Return the part, written the first time somebody asks for it in this language."""
        language = current_language()
        if language not in self._written:
            # Without the page's own variables: what varies would show at once as missing.
            self._written[language] = self.nodelist.render(context.new({}))
        return self._written[language]


def constant_words(token: Token) -> Node | None:
    """Return the node of a tag that says two quoted texts and nothing else; None of any other."""
    written = token.split_contents()[1:]
    if len(written) != len(Text._fields) or not all(map(_is_quoted, written)):
        return None
    # What a template says itself is markup, as for Django's own tags.
    return _Words(Text(*(mark_safe(unescape_string_literal(one)) for one in written)))  # noqa: S308


def _is_quoted(written: str) -> bool:
    return written[0] in _QUOTES and written[0] == written[-1] and written[0] not in written[1:-1]


def compile_part(parser: Parser, token: Token) -> Node:  # noqa: ARG001  Django's signature
    """Return the node of `{% fixed %}…{% endfixed %}`."""
    nodelist = parser.parse((_END,))
    parser.delete_first_token()
    return _Part(nodelist)
