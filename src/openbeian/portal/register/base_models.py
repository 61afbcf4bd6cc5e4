"""The tree from a base model to the applications that call it, by the number or else the name they state."""

from typing import NamedTuple

from django.db.models import Count, Min

from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.filings.search_index import Match
from openbeian.portal.register.searching import Page, called_as, newest

__all__ = ["BaseModel", "base_models", "base_of", "callers_of"]


class BaseModel(NamedTuple):
    """A model that is called; `entry` is None where it is not on file or can't be told from another."""

    entry: RegisterEntry | None
    number: str
    name: str
    callers: int = 0
    """How many entries call it; counted by `base_models` only."""

    @property
    def asked_for(self) -> str:
        """What the register is searched by for those who call it."""
        return self.number or self.name


def base_of(entry: RegisterEntry) -> BaseModel | None:
    """Return the model that an entry says it calls or was made from; None where it says none."""
    if not entry.base_digest:
        return None
    found = _entries_of([entry.base_digest]).get(entry.base_digest)
    return BaseModel(found, entry.base_number, entry.base_name)


def callers_of(entry: RegisterEntry, *, size: int) -> Page:
    """Return the newest `size` entries that call the model of this one, and how many do.

    Those that state its name alone are among them where no other filed model has that name.
    """
    meant = called_as(entry)
    return newest(Match(any_of=(meant,)), size=size) if meant else Page([], None, 0, is_more=False)


def base_models(most: int) -> list[BaseModel]:
    """Return the models that are called by most entries, the most called first, `most` of them."""
    called = RegisterEntry.objects.filter(base_digest__gt="").order_by()
    rows = called.values("base_digest").annotate(callers=Count("pk"), first=Min("pk"))
    counted = list(rows.order_by("-callers", "base_digest")[:most])
    firsts = RegisterEntry.objects.in_bulk([row["first"] for row in counted])
    meant = _entries_of([row["base_digest"] for row in counted])
    together: dict[int | str, BaseModel] = {}
    for row in counted:
        first, entry = firsts[row["first"]], meant.get(row["base_digest"])
        model = BaseModel(entry, first.base_number, first.base_name, row["callers"])
        key = entry.pk if entry else row["base_digest"]
        earlier = together.get(key)
        together[key] = model if earlier is None else _joined(earlier, model)
    return sorted(together.values(), key=lambda model: -model.callers)


def _joined(one: BaseModel, other: BaseModel) -> BaseModel:
    """Return a model that some state by its number and others by its name."""
    number, name = one.number or other.number, one.name or other.name
    return BaseModel(one.entry, number, name, one.callers + other.callers)


def _entries_of(digests: list[str]) -> dict[str, RegisterEntry]:
    """Return the filed models that digests of numbers and names mean; a name that several have means none."""
    models = RegisterEntry.objects.filter(route="filing").defer("search_tokens", "sources")
    found: dict[str, RegisterEntry] = {}
    shared: set[str] = set()
    for entry in models.filter(model_digest__in=digests):
        if entry.model_digest in found:
            shared.add(entry.model_digest)
        found[entry.model_digest] = entry
    for each in shared:
        del found[each]
    found.update({entry.number_digest: entry for entry in models.filter(number_digest__in=digests)})
    return found
