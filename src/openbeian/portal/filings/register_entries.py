"""What the public reads: one entry for each service on file, kept in step with the filings made here.

Entries come from two places. A filing made here has its entry written in the same transaction; a service
that somebody else published has an entry that says where each of its facts was read, and no certificate.
"""

from typing import Final

from openbeian.industries import Classification, classify
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.filings.search import search_tokens

__all__ = ["classes_of", "enter", "follow", "tokens_of"]

_SURE_ENOUGH: Final = 0.5
"""From which confidence a class is taken; below it the entry stays unclassified until a person decides."""


def enter(filing: Filing) -> RegisterEntry:
    """Write the entry of a new filing; call inside the transaction that makes it."""
    scope = str(filing.application.facts.get("service.scope", ""))
    found = classify(filing.service_name, filing.provider_name, scope)
    return RegisterEntry.objects.create(
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
        search_tokens=tokens_of(filing),
    )


def classes_of(found: Classification) -> dict[str, str]:
    """Return the columns that a classification fills: what is not sure enough stays empty for a person."""
    return {
        "industry": found.industry.value if found.confidence >= _SURE_ENOUGH else "",
        "service_type": found.service_type.value if found.type_confidence >= _SURE_ENOUGH else "",
    }


def follow(filing: Filing) -> None:
    """Take a filing's changed status over into its entry; call inside the transaction that changes it."""
    RegisterEntry.objects.filter(filing=filing).update(status=filing.status, status_since=filing.status_since)


def tokens_of(written: Filing | RegisterEntry) -> str:
    """Return the search column: everything a person might look an entry up by."""
    return search_tokens(
        [
            written.number,
            written.service_name,
            written.service_latin,
            written.model_name,
            written.provider_name,
            written.provider_name_en,
        ]
    )
