"""The words, numbers and marks that every page is made of."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from openbeian.core.lifecycle import ApplicationStatus, FilingStatus
from openbeian.core.text import Text
from openbeian.portal.log.proving import prove
from openbeian.portal.web.marks import MARKS
from tests.portal.factories import application_at, filing_at
from tests.portal.pages.world import html_of


def render(source: str, language: str = "en", **values) -> str:
    with translation.override(language):
        return Template("{% load beian %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "values", "shown"),
    [
        ('{% t "好" "Good" %}', {}, "Good"),
        ('{% t "有 {n}" "{n} there" n=what %}', {"what": "<b>"}, "&lt;b&gt; there"),
        ('{% count n "件" "thing" "things" %}', {"n": 1}, '<span class="number">1</span> thing'),
        ('{% count n "件" "thing" "things" %}', {"n": 1234}, '<span class="number">1\u202f234</span> things'),
        ("{{ words|say }}", {"words": Text("好", "Good")}, "Good"),
        ("{{ words|say }}", {"words": {"zh": "好", "en": "Good"}}, "Good"),
        ("{{ words|say }}", {"words": "as typed"}, "as typed"),
        ("{{ many|say_all }}", {"many": [Text("一", "one"), Text("二", "two")]}, "one, two"),
        ("{{ code|jurisdiction }}", {"code": "GD"}, "Guangdong"),
        ("{{ code|jurisdiction }}", {"code": "??"}, "??"),
        ("{{ share|percent }}", {"share": 0.9534}, "95.3%"),
        ("{{ share|percent }}", {"share": None}, "—"),
        ("{{ n|size }}", {"n": 900}, "900\u202fB"),
        ("{{ n|size }}", {"n": 5 * 1024**4}, "5120.0\u202fGiB"),
        ("{{ when|day }}", {"when": None}, "—"),
        ("{{ when|day }}", {"when": date(2026, 11, 23)}, '<time datetime="2026-11-23">2026-11-23</time>'),
        ("{{ kind|log_label|say }}", {"kind": "filing.certified"}, "Certify in a round"),
        ("{{ kind|log_label|say }}", {"kind": "filing.unheard_of"}, "unheard_of"),
        ("{{ kind|log_label|say }}", {"kind": "bulletin.published"}, "Bulletin published"),
        ("{{ id|edition|say }}", {"id": "some-other"}, "some-other"),
        (
            "{{ item|item_label|say }}",
            {"item": "service.scope"},
            "Groups, occasions and uses it is meant for",
        ),
        ("{{ item|item_label|say }}", {"item": "附件二"}, "附件二"),
        ("{{ status|status_label|say }}", {"status": "suspended"}, "Suspended"),
    ],
)
def test_tags_and_filters_say_it_in_the_language_of_the_page(source, values, shown):
    assert render(source, **values) == shown


def test_an_instant_is_shown_in_the_portal_s_time_zone():
    shown = render("{{ when|moment }}", when=datetime(2026, 11, 23, 18, 5, tzinfo=UTC))
    assert shown == '<time datetime="2026-11-24T02:05:00+08:00">2026-11-24 02:05</time>'
    assert "2026-11-24" in render("{{ when|day }}", when=datetime(2026, 11, 23, 18, 5, tzinfo=UTC))


@pytest.mark.parametrize("status", [*ApplicationStatus, *FilingStatus])
def test_every_status_is_shown_by_word_icon_and_colour(status):
    shown = render("{% state status %}", status=status.value)
    assert f"#{MARKS[status].icon}" in shown
    assert f"state--{MARKS[status].tone}" in shown
    assert render("{{ status|status_label|say }}", status=status.value) in shown


def test_an_entry_that_is_not_in_the_log_yet_has_no_proof(cast):
    assert prove(filing_at(cast).log_entry) is None


def test_a_draft_that_was_withdrawn_shows_the_office_nothing_of_itself(page, cast):
    application = application_at(ApplicationStatus.DRAFT, cast)
    page("gd_preparer").post(f"/applications/{application.reference}/withdraw/")
    answer = page("gd_reviewer").get(f"/review/{application.reference}/")
    assert answer.status_code == 200
    assert "顾清和" not in html_of(answer)


def test_the_empty_register_explains_itself(client, db):
    html = client.get("/").content.decode()
    assert "还没有条目" in html
    assert "尚无属地有备案" in html


def test_an_unpublished_entry_says_that_it_waits(cast, client):
    filing = filing_at(cast)
    html = client.get(f"/register/{filing.number}/").content.decode()
    assert "即将发布" in html
