"""The public folder over HTTP: what gates poll."""

import pytest
from django.test import RequestFactory

from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.outbox import append
from openbeian.portal.log.public_files import public_file
from tests.portal.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published():
    append("test.happened", "s", facts={}, hashes={}, at=AT)
    publish_everything(open_for_publishing(), at=AT)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/snapshot.json", "application/json"),
        ("/keys.json", "application/json"),
        ("/log/checkpoint", "text/plain; charset=utf-8"),
        ("/log/tile/0/000.p/1", "application/octet-stream"),
        ("/log/tile/entries/000.p/1", "application/octet-stream"),
    ],
)
def test_public_files_are_served_with_validators(client, home, address, kind):
    response = client.get(address)
    body = b"".join(response.streaming_content)
    assert response.status_code == 200
    assert response["Content-Type"] == kind
    assert body == (home / "public" / address.lstrip("/")).read_bytes()
    assert response["Cache-Control"] == "no-cache"
    for header, value in (
        ("if-none-match", response["ETag"]),
        ("if-modified-since", response["Last-Modified"]),
    ):
        assert client.get(address, headers={header: value}).status_code == 304


def test_a_new_snapshot_is_seen_through_the_old_validator(client):
    first = client.get("/snapshot.json")
    etag = first["ETag"]
    first.close()
    append("filing.suspend", "s", facts={}, hashes={}, at=AT)
    publish_everything(open_for_publishing(), at=AT)
    response = client.get("/snapshot.json", headers={"if-none-match": etag})
    assert response.status_code == 200
    response.close()


def test_full_tiles_may_be_kept_for_ever(client, home):
    tile = home / "public" / "log" / "tile" / "0" / "x001" / "000"
    tile.parent.mkdir(parents=True)
    tile.write_bytes(b"0")
    response = client.get("/log/tile/0/x001/000")
    assert "immutable" in response["Cache-Control"]
    response.close()


@pytest.mark.parametrize(
    "address",
    [
        "/log/.sequencer",
        "/log/../keys/register.pem",
        "/log/%2e%2e/%2e%2e/keys/register.pem",
        "/log//etc/passwd",
        "/log/tile",
        "/log/tile/0/999",
        "/log/nothing",
    ],
)
def test_nothing_else_is_served(client, address):
    assert client.get(address).status_code == 404


def test_public_files_are_only_read():
    assert public_file(RequestFactory().post("/keys.json"), name="keys.json").status_code == 405
