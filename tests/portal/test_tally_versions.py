"""Statistics are counted and written once for each version of the tallies, and anew after every change."""

import pytest
from django.db import transaction

from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.tallies.keeping import rebuild
from openbeian.portal.tallies.queries import version

pytestmark = pytest.mark.django_db


def add(key: str) -> None:
    RegisterEntry.objects.create(
        key=key, route="filing", jurisdiction="GD", listed_on="2026-01-02", issued_on="2026-01-02"
    )


def test_every_change_gives_another_version_and_none_comes_back():
    seen = [version()]
    add("one")
    seen.append(version())
    assert version() == seen[-1], "looking changes nothing"
    RegisterEntry.objects.update(status="revoked")
    seen.append(version())
    with transaction.atomic():
        point = transaction.savepoint()
        add("undone")
        seen.append(version())
        transaction.savepoint_rollback(point)
    assert version() == seen[-2]
    add("two")
    seen.append(version())
    RegisterEntry.objects.all().delete()
    seen.append(version())
    rebuild()
    seen.append(version())
    assert len({one and one.marks for one in seen}) == len(seen)


def test_page_and_api_show_what_was_written_since_they_were_last_asked(client):
    add("one")
    for count in (1, 2):
        html = client.get("/statistics/?lang=en").content.decode()
        assert f"{count} in 1 provinces" in html
        assert f"1 个属地共 {count} 项" in client.get("/statistics/?lang=zh").content.decode()
        (sheet,) = (
            one for one in client.get("/api/v1/statistics").json() if one["id"] == "filings-by-jurisdiction"
        )
        assert sheet["rows"][0][-1] == count
        add(f"more-{count}")


def test_the_api_answers_that_nothing_has_changed(client):
    add("one")
    for address in ("/api/v1/statistics", "/api/v1/statistics/filings-by-month"):
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    before = client.get("/api/v1/statistics/filings-by-month").headers["ETag"]
    add("two")
    again = client.get("/api/v1/statistics/filings-by-month", headers={"if-none-match": before})
    assert again.status_code == 200
