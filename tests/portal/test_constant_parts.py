"""What a template says on every page is written once a language, as it would be written anew."""

from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation

from openbeian.portal.filings.indexing import indexing_at_once
from openbeian.portal.register.forms import SearchForm
from openbeian.portal.web.languages import current_language


def said(template: str, language: str, **known: object) -> str:
    with translation.override(language):
        return Template("{% load beian %}" + template).render(Context(known))


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "<b>查找</b>"), ("en", "<b>Search</b>")])
def test_a_fixed_part_is_written_in_each_language_and_knows_nothing_of_the_page(language: str, words: str):
    part = Template('{% load beian %}{% fixed %}<b>{% t "查找" "Search" %}</b>{{ name }}{% endfixed %}')
    for other in ("zh-hans", "en", language, language):
        with translation.override(other):
            assert current_language() == other
            shown = part.render(Context({"name": other}))
    assert shown == words


def test_words_with_values_or_from_variables_are_said_and_escaped_as_ever():
    assert said("""{% t "共 {n} 项" 'All {n}' n=n %}""", "en", n="<1>") == "All &lt;1&gt;"
    assert said("{% t zh en %}", "zh-hans", zh="甲<", en="A") == "甲&lt;"
    assert said("""{% t "甲'乙" "a 'quoted' word" %}""", "en") == "a 'quoted' word"
    assert said("""{% t "甲" "b"|upper %}""", "en") == "B"


@pytest.mark.django_db
def test_filters_show_what_was_chosen_and_nobody_sees_what_another_wrote():
    for written in ('甲"<', "", "乙"):
        form = SearchForm(QueryDict(urlencode({"jurisdiction": "GD", "provider": written})))
        form.wanted()
        assert '<option value="GD" selected>' in form.usual_filters
        assert ("乙" in form.rarer_filters) == (written == "乙")
        assert '甲"<' not in form.rarer_filters
    wrong = SearchForm(QueryDict("since=x&jurisdiction=XX"))
    wrong.wanted()
    assert "field--wrong" in wrong.usual_filters
    assert "field--wrong" in wrong.rarer_filters


@pytest.mark.django_db
def test_a_long_list_leaves_the_database_as_it_found_it():
    def stands() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size")
            size = cursor.fetchall()
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1")
            return [*size, *cursor.fetchall()]

    before = stands()
    with transaction.atomic(), indexing_at_once():
        assert stands() != before
    assert stands() == before
    with pytest.raises(KeyError), transaction.atomic(), indexing_at_once():
        raise KeyError
    assert stands() == before
