"""Words of forms: chosen when they are shown, because the language is only known then."""

from django.utils.functional import lazy

from openbeian.core.text import Text
from openbeian.portal.web.languages import current_language

__all__ = ["later", "now"]


def now(words: Text) -> str:
    """Say something in the language of the page being made."""
    return words.in_(current_language())


def _chosen(zh: str, en: str) -> str:
    return now(Text(zh, en))


later = lazy(_chosen, str)
"""Say something, in Chinese or English, in the language of whatever page will show it."""
