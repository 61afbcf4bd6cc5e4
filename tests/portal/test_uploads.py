"""Large files in pieces, over the API: broken off, gone on with, and taken in once their hash is right."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.portal.applications import actions
from openbeian.portal.applications.models import Attachment, Upload
from openbeian.portal.applications.queries import attachments_of
from tests.portal.dossiers import dossier_folder, packed
from tests.portal.factories import AT, Cast, application_at
from tests.portal.test_api_applications import API, _client, _json, _send


@pytest.fixture
def gd(cast: Cast) -> Client:
    return _client(cast)


def announced(data: bytes, name: str = "大.md", kind: str = "document", **changes):
    digest = hashlib.sha256(data).hexdigest()
    return {"kind": kind, "name": name, "size": len(data), "sha256": digest, **changes}


def send(client: Client, address: str, piece: bytes, offset: int):
    return client.patch(
        address, piece, content_type="application/offset+octet-stream", headers={"Upload-Offset": str(offset)}
    )


def test_a_file_is_gone_on_with_where_it_broke_off(gd: Client, cast: Cast, home: Path):
    uploads = f"{API}/{application_at(S.DRAFT, cast).reference}/uploads"
    data = b"0123456789" * 100
    begun = _json(_send(gd, "post", uploads, announced(data)), 201)
    address = f"{uploads}/{begun['id']}"
    assert _json(send(gd, address, data[:400], 0))["offset"] == 400
    wrong = _json(send(gd, address, data[:400], 0), 409)
    assert (wrong["code"], "go on from 400" in wrong["detail"]) == ("offset_differs", True)
    again = _json(_send(gd, "post", uploads, announced(data)), 201)
    assert (again["id"], again["offset"]) == (begun["id"], 400)
    head = gd.head(address)
    assert (head["Upload-Offset"], head["Upload-Length"], head.content) == ("400", "1000", b"")
    assert _json(gd.post(f"{address}/completion"), 409)["detail"].startswith("Only 400 of 1000")
    assert send(gd, address, data[400:], 400)["Upload-Offset"] == "1000"
    assert _json(send(gd, address, b"x", 1000), 422)["detail"].startswith("This piece goes beyond")
    taken = _json(gd.post(f"{address}/completion"), 201)
    assert taken["attachment"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert taken["dossier"] is None
    assert gd.head(address).status_code == 404
    assert not list((home / "uploads" / "partial").iterdir())


def test_a_packed_dossier_is_taken_in(gd: Client, cast: Cast, tmp_path: Path):
    application = application_at(S.DRAFT, cast)
    archive = packed(dossier_folder(tmp_path / "d", facts={"service.scope": "只供测试。", "no.such": "x"}))
    data = archive.read_bytes()
    uploads = f"{API}/{application.reference}/uploads"
    begun = _json(_send(gd, "post", uploads, announced(data, "d.zip", "dossier")), 201)
    send(gd, f"{uploads}/{begun['id']}", data, 0)
    taken = _json(gd.post(f"{uploads}/{begun['id']}/completion"), 201)["dossier"]
    assert "attachments/制度.md" in taken["kept"]
    assert "service.scope" in taken["entries"]
    assert [(one["name"], one["code"]) for one in taken["refused"]] == [("no.such", "bad_input")]
    application.refresh_from_db()
    assert application.facts["service.scope"] == "只供测试。"


def test_what_is_not_what_was_announced_is_forgotten(gd: Client, cast: Cast, home: Path):
    uploads = f"{API}/{application_at(S.DRAFT, cast).reference}/uploads"
    for data, sent, name, code in (
        (b"right", b"wrong", "a.md", "content_differs"),
        (b"MZ program", b"MZ program", "a.pdf", "wrong_file_type"),
        (b"no archive", b"no archive", "a.zip", "hostile_archive"),
    ):
        kind = "dossier" if name.endswith("zip") else "document"
        begun = _json(_send(gd, "post", uploads, announced(data, name, kind)), 201)
        send(gd, f"{uploads}/{begun['id']}", sent, 0)
        assert _json(gd.post(f"{uploads}/{begun['id']}/completion"), 422)["code"] == code
    assert not Upload.objects.exists()
    assert not list((home / "uploads" / "partial").iterdir())
    assert not Attachment.objects.filter(name__startswith="a.").exists()


@pytest.mark.parametrize(
    "changes",
    [{"kind": "virus"}, {"size": 0}, {"size": 10**12}, {"sha256": "x"}, {"name": "a.exe"}, {"name": ".."}],
)
def test_what_can_not_be_is_not_begun(gd: Client, cast: Cast, changes):
    uploads = f"{API}/{application_at(S.DRAFT, cast).reference}/uploads"
    _json(_send(gd, "post", uploads, announced(b"x", **changes)), 422)
    assert not Upload.objects.exists()


def test_uploads_are_few_cancelled_and_forgotten_after_a_week(gd: Client, cast: Cast, settings):
    application = application_at(S.DRAFT, cast)
    uploads = f"{API}/{application.reference}/uploads"
    for n in range(20):
        last = _json(_send(gd, "post", uploads, announced(b"%d" % n)), 201)
    assert "unfinished" in _json(_send(gd, "post", uploads, announced(b"one more")), 409)["detail"]
    assert gd.delete(f"{uploads}/{last['id']}").status_code == 204
    _json(_send(gd, "post", uploads, announced(b"one more")), 201)
    later = AT + timedelta(days=400)
    values = {**announced(b"later"), "by": cast.gd_preparer, "at": later}
    assert actions.start_upload(application, **values) == Upload.objects.get()
    other = {**values, "size": 6}
    assert actions.start_upload(application, **other).size == Upload.objects.get().size == 6


@pytest.mark.parametrize(
    "wrong", [{"sha256": "0" * 63}, {"sha256": "G" * 64}, {"size": 0}, {"kind": "poem"}], ids=str
)
def test_what_is_announced_wrongly_is_never_begun(cast: Cast, wrong: dict[str, object]):
    application = application_at(S.DRAFT, cast)
    with pytest.raises(BadInputError):
        actions.start_upload(application, **(announced(b"x") | wrong), by=cast.gd_preparer, at=AT)
    assert not Upload.objects.exists()


def test_foreign_keys_and_readers_send_nothing(gd: Client, cast: Cast):
    application = application_at(S.DRAFT, cast)
    uploads = f"{API}/{application.reference}/uploads"
    begun = _json(_send(gd, "post", uploads, announced(b"x")), 201)
    address = f"{uploads}/{begun['id']}"
    other = _client(cast, "zj_preparer", "zj_provider")
    reader = _client(cast, scopes=("read",))
    for client, status in ((other, 404), (reader, 403), (Client(), 401)):
        assert _send(client, "post", uploads, announced(b"y")).status_code == status
        assert send(client, address, b"x", 0).status_code == status
        assert client.post(f"{address}/completion").status_code == status
        assert client.delete(address).status_code == status
    assert not attachments_of(application).filter(name="大.md").exists()


def test_a_piece_is_no_larger_than_sixteen_mebibytes_and_a_full_disk_is_told(gd: Client, cast: Cast, home):
    application = application_at(S.DRAFT, cast)
    upload = actions.start_upload(application, **announced(b"x", size=20 << 20), by=cast.gd_preparer, at=AT)
    address = f"{API}/{application.reference}/uploads/{upload.key}"
    assert "16 MiB" in _json(send(gd, address, bytes((16 << 20) + 1), 0), 422)["detail"]
    (home / "uploads" / "partial").write_bytes(b"a file where a folder should be")
    assert _json(send(gd, address, b"x", 0), 503)["code"] == "could_not_run"
