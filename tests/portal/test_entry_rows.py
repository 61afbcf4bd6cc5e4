"""The rows of a list of entries: every fact of an entry is text, whatever stands in it."""

from datetime import date

from django.utils import translation

from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.templatetags.entries import rows


def row_of(language: str, **facts: object) -> str:
    entry = RegisterEntry(**{"key": "k", "route": "filing", "jurisdiction": "GD", "status": "valid", **facts})
    with translation.override(language):
        return rows([entry])


def test_what_a_list_states_is_never_markup():
    hostile = "<b>&'\""
    html = row_of("zh-hans", key=f"a {hostile}", service_name=hostile, provider_name=hostile, number=hostile)
    assert "<b>" not in html
    assert html.count("&lt;b&gt;&amp;&#x27;&quot;") == 3
    assert "/register/a%20%3Cb%3E&amp;&#x27;%22/" in html


def test_a_row_says_what_is_known_and_what_is_not():
    listed = row_of("en", route="registration", profile="demo")
    assert listed.count("not published") == 2
    assert "from a published list" in listed
    assert '<span class="tag tag--soft">registration</span>' in listed
    assert "DEMO" in listed
    filed = row_of("zh-hans", filing_id=1, number="N-1", issued_on=date(2026, 1, 2), status="revoked")
    assert '<time datetime="2026-01-02">' in filed
    assert "撤销" in filed
    assert "广东" in filed
