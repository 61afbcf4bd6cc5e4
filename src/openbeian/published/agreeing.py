"""Whether two rows state the same fact, however they spell it."""

from openbeian.published.names import number_key, provider_key, service_key
from openbeian.published.rows import FIELDS, PublishedRow

__all__ = ["holds", "holds_all", "is_later_name", "is_recognised", "values_agree"]

_KEYS = {
    "service": service_key,
    "base_model": service_key,
    "number": number_key,
    "base_number": number_key,
}


def values_agree(field: str, one: PublishedRow, other: PublishedRow) -> bool:
    """Say whether two rows don't contradict each other in `field`: what is empty contradicts nothing.

    Former names never contradict, and providers agree if one was once called what the other is called.
    """
    here, there = one.value(field), other.value(field)
    if not here or not there or here == there or field == "former_names":
        return True
    if field == "provider":
        was_called = provider_key(other.provider) in _provider_keys(one)
        return was_called or provider_key(one.provider) in _provider_keys(other)
    key = _KEYS.get(field)
    return key is not None and key(str(here)) == key(str(there))


def holds(field: str, known: PublishedRow, row: PublishedRow) -> bool:
    """Say whether an entry already says what a row says in `field`."""
    if not row.value(field):
        return True
    if not known.value(field):
        return False
    if field == "provider":
        return provider_key(row.provider) in _provider_keys(known)
    if field == "former_names":
        return _provider_keys(known) >= {provider_key(name) for name in row.former_names}
    return values_agree(field, known, row)


def holds_all(known: PublishedRow, row: PublishedRow) -> bool:
    """Say whether an entry already says everything that a row says."""
    return known.series is row.series and all(holds(field, known, row) for field in FIELDS)


def is_later_name(row: PublishedRow, earlier: PublishedRow) -> bool:
    """Say whether a row names as former what its provider is called in another."""
    own, other = provider_key(row.provider), provider_key(earlier.provider)
    return bool(own and other) and own != other and other in _provider_keys(row)


def is_recognised(known: PublishedRow, row: PublishedRow) -> bool:
    """Say whether service or provider, stated by both, are the same: a number alone is not enough."""
    same_service = values_agree("service", known, row)
    has_providers = bool(known.provider and row.provider)
    return same_service or (has_providers and values_agree("provider", known, row))


def _provider_keys(row: PublishedRow) -> set[str]:
    return {provider_key(name) for name in (row.provider, *row.former_names)} - {""}
