"""What `manage.py check` says of how people sign in."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

__all__: list[str] = []


@register
def _second_factor(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:  # noqa: ARG001  Django's signature
    if settings.BEIAN_SECOND_FACTOR:
        return []
    words = (
        "BEIAN_WITHOUT_SECOND_FACTOR is set: officers and administrators sign in by password alone. "
        "That is for demonstrations; take it out."
    )
    kind = Error if settings.BEIAN_PRODUCTION else Caution
    return [kind(words, id="accounts.second_factor")]
