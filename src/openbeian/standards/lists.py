"""The lists that editions share: taxonomy, sources, jurisdictions; and the profiles."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from openbeian.core.clauses import Provenance
from openbeian.core.jurisdictions import Jurisdiction
from openbeian.core.standard import LeftOut, Profile, Source
from openbeian.core.taxonomy import Aspect, AspectGroup, Risk, RiskGroup, RiskSlice, Taxonomy
from openbeian.core.text import Text
from openbeian.standards.reading import DATA, Entry, available, read_file

__all__ = ["PROFILE_NAMES", "load_jurisdictions", "load_profile", "load_sources", "load_taxonomy"]

PROFILE_NAMES = available(DATA / "profiles")


@lru_cache
def load_taxonomy(folder: Path = DATA) -> Taxonomy:
    """Return the risks, the slices of them, and the aspects."""
    file = read_file(folder / "taxonomy.yaml")
    groups, risks = [], []
    for entry in file.entries("groups"):
        group = entry.string("id")
        groups.append(RiskGroup(group, entry.text("text")))
        leaves = entry.entry("risks")
        risks += [Risk(risk_id, group, leaves.text(risk_id)) for risk_id in leaves.fields]
    return Taxonomy(tuple(groups), tuple(risks), _aspects(file), _slices(file))


def _aspects(file: Entry) -> tuple[Aspect, ...]:
    by_group = ((group, file.entry("aspects").entry(group)) for group in AspectGroup)
    return tuple(Aspect(slug, names.text(slug), group) for group, names in by_group for slug in names.fields)


def _slices(file: Entry) -> tuple[tuple[RiskSlice, tuple[str, ...]], ...]:
    slices = file.entry("slices")
    return tuple((risk_slice, slices.strings(risk_slice)) for risk_slice in RiskSlice)


@lru_cache
def load_sources(folder: Path = DATA) -> Mapping[str, Source]:
    """Return where the facts were read, by id."""
    file = read_file(folder / "sources.yaml")
    return MappingProxyType(
        {
            source_id: Source(
                source_id, Text(entry.string("zh"), entry.string("en")), entry.string("address")
            )
            for source_id, entry in file.named()
        }
    )


@lru_cache
def load_jurisdictions(folder: Path = DATA) -> Mapping[str, Jurisdiction]:
    """Return the jurisdictions by code, in the official order of the provinces."""
    file = read_file(folder / "jurisdictions.yaml")
    return MappingProxyType(
        {
            code: Jurisdiction(
                code,
                Text(entry.string("zh"), entry.string("en")),
                entry.string("zh_short"),
                entry.string("pinyin"),
                entry.choice("provenance", Provenance, Provenance.V2),
            )
            for code, entry in file.named()
        }
    )


@lru_cache
def load_profile(name: str, folder: Path = DATA) -> Profile:
    """Return the profile with this name.

    Raises:
        BadInputError: There is no such profile, or its file is wrong.
    """
    file = read_file(folder / "profiles" / f"{name}.yaml")
    values = file.entry("values")
    left_out = file.entry("left_out")
    return Profile(
        name=file.string("name"),
        text=file.text("text"),
        notice=file.text("notice"),
        values=tuple((threshold, values.value(threshold)) for threshold in values.fields),
        left_out=tuple(LeftOut(threshold, left_out.text(threshold)) for threshold in left_out.fields),
    )
