"""What the public reads: one entry for each service on file, kept in step with the filings made here.

Entries come from two places. A filing made here has its entry written in the same transaction; a service
that somebody else published has an entry that says where each of its facts was read, and no certificate.
"""

from collections.abc import Sequence
from typing import Final

from openbeian.industries import Classification, Entry, classify, classify_many
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.filings.search import digest, search_tokens

__all__ = ["classes_of", "enter", "follow", "found_by", "reclassify", "rewrite", "rules_on"]

_SURE_ENOUGH: Final = 0.5
"""From which confidence a class is taken; below it the entry stays unclassified until a person decides."""


def enter(filing: Filing) -> RegisterEntry:
    """Write the entry of a new filing; call inside the transaction that makes it."""
    found = classify(filing.service_name, filing.provider_name, _scope_of(filing))
    entry = RegisterEntry(
        **classes_of(found),
        key=filing.number,
        filing=filing,
        number=filing.number,
        route=filing.route,
        jurisdiction=filing.jurisdiction,
        service_name=filing.service_name,
        service_latin=filing.service_latin,
        model_name=filing.model_name,
        provider_name=filing.provider_name,
        provider_name_en=filing.provider_name_en,
        provider_uscc=filing.provider_uscc,
        profile=filing.profile,
        status=filing.status,
        status_since=filing.status_since,
        issued_on=filing.issued_on,
        listed_on=filing.issued_on,
        round=filing.round,
        base_number=_base_number(filing),
    )
    _set_found_by(entry)
    entry.save(force_insert=True)
    return entry


def rewrite(filing: Filing) -> None:
    """Take what became other on file over into its entry; call inside the transaction that changes it."""
    entry = RegisterEntry.objects.get(filing=filing)
    entry.filing = filing
    entry.service_name, entry.model_name = filing.service_name, filing.model_name
    entry.provider_name = filing.provider_name
    entry.base_number = _base_number(filing)
    _set_found_by(entry)
    entry.save()


def _base_number(filing: Filing) -> str:
    facts = filing.application.facts
    return "" if facts.get("model.origin") == "own" else str(facts.get("model.base_number", ""))


def classes_of(found: Classification) -> dict[str, str]:
    """Return the columns that a classification fills: what is not sure enough stays empty for a person."""
    return {
        "industry": found.industry.value if found.confidence >= _SURE_ENOUGH else "",
        "service_type": found.service_type.value if found.type_confidence >= _SURE_ENOUGH else "",
    }


def rules_on(entries: Sequence[RegisterEntry]) -> list[Classification]:
    """Return what the rules say of each entry now; fetch `filing__application` together with them."""
    return classify_many(
        [
            Entry(one.service_name, one.provider_name, _scope_of(one.filing) if one.filing else "")
            for one in entries
        ]
    )


def reclassify(entry: RegisterEntry, *, industry: str, service_type: str) -> None:
    """Write other classes into an entry; nothing else does. Call inside the transaction that says why."""
    entry.industry, entry.service_type = industry, service_type
    entry.save(update_fields=["industry", "service_type"])


def _scope_of(filing: Filing) -> str:
    return str(filing.application.facts.get("service.scope", ""))


def follow(filing: Filing) -> None:
    """Take a filing's changed status over into its entry; call inside the transaction that changes it."""
    RegisterEntry.objects.filter(filing=filing).update(status=filing.status, status_since=filing.status_since)


def found_by(entry: RegisterEntry) -> dict[str, str]:
    """Return the columns that an entry is found by, made of what it says."""
    is_filed_here, is_model = entry.filing_id is not None, entry.route == "filing"
    # Of a published application the name of the model is that of the one it calls.
    own_model = entry.model_name if is_filed_here and entry.model_name else entry.service_name
    names = [entry.service_name, entry.model_name]
    name = digest("name", entry.service_name)
    return {
        "search_tokens": search_tokens(
            [entry.number, entry.service_latin, entry.provider_name_en],
            names=names,
            companies=[entry.provider_name],
        ),
        "number_digest": digest("number", entry.number),
        "name_digest": name,
        "model_digest": _digest_of_model(own_model, entry.service_name, name) if is_model else "",
        "provider_digest": digest("provider", entry.provider_name),
        "base_digest": digest("number", entry.base_number) or digest("name", entry.base_name),
    }


def _digest_of_model(model: str, service: str, digest_of_service: str) -> str:
    return digest_of_service if model == service else digest("name", model)


def _set_found_by(entry: RegisterEntry) -> None:
    for name, value in found_by(entry).items():
        setattr(entry, name, value)
