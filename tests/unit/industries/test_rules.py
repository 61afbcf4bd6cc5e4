"""The rules as data: complete in both languages, and wrong files are named with the remedy."""

import shutil

import pytest

from openbeian.core.errors import BadInputError
from openbeian.industries import Industry, ServiceType, load_rules
from openbeian.industries.rules import DATA


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(DATA, tmp_path / "rules")


def replace(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_class_has_a_name_in_both_languages():
    rules = load_rules()
    assert set(rules.industry_names) == set(Industry)
    assert set(rules.type_names) == set(ServiceType)
    assert all(rules.name(label).zh and rules.name(label).en for label in (*Industry, *ServiceType))


def test_every_well_known_provider_says_how_we_know_and_stands_in_one_list():
    providers = load_rules().providers
    assert all(provider.source.zh and provider.source.en for provider in providers)
    names = [provider.name for provider in providers]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("classes.yaml", "  legal: {zh: 法律, en: legal}\n", "", "It must list exactly these classes"),
        ("classes.yaml", "{zh: 法律, en: legal}", "{zh: 法律}", "It must have zh and en"),
        ("words.yaml", "strong: [代码,", "strong: [代码, 代码,", "“代码” stands twice; keep it once."),
        ("words.yaml", "known_provider: 3", "known_provider: 0", "must be a positive whole number"),
        ("words.yaml", "scope: 2,", "", "“scope” must be a positive whole number"),
        ("providers.yaml", "industry: general", "industry: everything", "must be one of"),
    ],
)
def test_a_wrong_file_is_named_with_the_entry_and_the_remedy(copy, file, old, new, said):
    replace(copy / file, old, new)
    with pytest.raises(BadInputError, match=file) as raised:
        load_rules(copy)
    assert said in raised.value.text.en


def test_a_new_word_is_a_line_in_a_file(copy):
    replace(copy / "words.yaml", "strong: [代码,", "strong: [写程序, 代码,")
    assert "写程序" in {word.word for word in load_rules(copy).words}
