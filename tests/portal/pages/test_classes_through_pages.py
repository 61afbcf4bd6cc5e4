"""Classes through the pages: what waits, one click, another choice, a correction, the decisions as CSV."""

import pytest

from openbeian.portal.filings.models import ClassDecision, RegisterEntry
from tests.portal.pages.world import html_of
from tests.portal.test_classes import published


@pytest.fixture
def entry(cast) -> RegisterEntry:
    """Take over a service that the rules have a guess about, but are not sure of."""
    published(("银行助手", "某商业银行股份有限公司", "GD"))
    RegisterEntry.objects.update(industry="")
    return RegisterEntry.objects.get()


def test_the_first_guess_is_taken_with_one_click(page, cast, entry):
    client = page("gd_reviewer")
    html = html_of(client.get("/classes/"))
    assert "Set finance · assistant" in html.replace("\n", " ")
    fields = {
        name: html.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("industry", "service_type", "reason")
    }
    client.post(f"/classes/{entry.pk}/", fields)
    assert ClassDecision.objects.get().reason == "Took the rules’ first guess"
    html = html_of(client.get("/classes/"))
    assert "Nothing is waiting" in html
    assert "1 set; the rules’ first guess was the same for 1 industries" in html


def test_any_entry_is_found_and_corrected(page, cast, entry):
    client = page("publisher")
    assert "银行助手" in html_of(client.get("/classes/?q=银行"))
    assert "Nothing matches" in html_of(client.get("/classes/?q=zzzz"))
    at = f"/classes/{entry.pk}/"
    assert "Please mend the following" in html_of(client.post(at, {}))
    client.post(at, {"industry": "legal", "service_type": "agent", "reason": "=核对过"})
    html = html_of(client.get(at))
    assert "Saving again corrects it" in html
    assert "=核对过" in html
    assert "set by a person" in html_of(client.get("/classes/?q=银行"))
    table = client.get("/classes/corrections.csv").content.decode("utf-8-sig")
    assert "银行助手,某商业银行股份有限公司,legal,agent,office,finance,assistant" in table
    assert table.rstrip().endswith("'=核对过")


def test_each_province_sees_its_own_and_nobody_else_the_page(page, cast, entry):
    assert "银行助手" not in html_of(page("zj_reviewer").get("/classes/"))
    assert page("zj_reviewer").get(f"/classes/{entry.pk}/").status_code == 404
    answer = page("gd_decider").post(
        f"/classes/{entry.pk}/", {"industry": "legal", "service_type": "agent", "reason": "x"}
    )
    assert answer.status_code == 403
    assert "Set the classes" not in html_of(page("gd_decider").get("/classes/"))
    assert "<select" not in html_of(page("gd_decider").get(f"/classes/{entry.pk}/"))
    assert page("gd_preparer").get("/classes/").status_code == 403
    assert "entries to be classified" in html_of(page("gd_reviewer").get("/work/"))
