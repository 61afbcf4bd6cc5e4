"""The ways of applying, through the pages: a packed dossier, a dry run, the route finder, hostile entries."""

import re
import zipfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.dossier.form import FIELDS
from openbeian.portal.applications import actions
from openbeian.portal.applications.models import Application
from tests.portal.dossiers import dossier_folder, packed
from tests.portal.factories import AT, BASE, Cast, application_at, confirm_all, filing_at
from tests.portal.pages.world import html_of


def upload(archive: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(archive.name, archive.read_bytes(), content_type="application/zip")


def spoilt(tmp_path: Path) -> Path:
    archive = packed(dossier_folder(tmp_path / "d", facts={"service.name": "小舟二号"}))
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("attachments/run.exe", b"x")
    return archive


def hostile(tmp_path: Path) -> Path:
    archive = tmp_path / "h.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../x.md", b"x")
    return archive


def test_an_application_is_begun_with_a_packed_dossier_and_has_it_replaced(page, cast: Cast, tmp_path):
    client, provider = page("gd_preparer"), cast.organisations["gd_provider"].pk
    address = "/applications/new/dossier/"
    assert "beian dossier pack" in html_of(client.get(address))
    refused = client.post(address, {"organisation": provider, "file": upload(hostile(tmp_path))})
    assert "leads out of the folder" in html_of(refused)
    before = Application.objects.count()
    taken = html_of(client.post(address, {"organisation": provider, "file": upload(spoilt(tmp_path))}))
    assert Application.objects.count() == before + 1
    application = Application.objects.order_by("-pk").first()
    assert (application.service_name, application.profile) == ("小舟二号", "demo")
    assert "run.exe" in taken
    assert "attachments/制度.md" in taken
    again = f"/applications/{application.reference}/files/dossier/"
    assert client.get(again).status_code == 200
    whole = packed(dossier_folder(tmp_path / "e"))
    assert "Dossier taken in, but" not in html_of(client.post(again, {"file": upload(whole)}))
    assert "leads out" in html_of(client.post(again, {"file": upload(hostile(tmp_path))}))
    assert "id_file" in html_of(client.post(again, {}))
    assert page("zj_preparer").get(again).status_code == 404
    assert page("gd_reviewer").get(address).status_code == 403


def test_a_dry_run_shows_what_a_reviewer_would_see(page, cast: Cast, tmp_path):
    client, before = page("gd_preparer"), Application.objects.count()
    assert client.get("/applications/dry-run/").status_code == 200
    shown = html_of(client.post("/applications/dry-run/", {"file": upload(spoilt(tmp_path))}))
    assert "must be mended before it can be handed in" in shown
    assert "run.exe" in shown
    assert "D01" in shown
    assert "leads out" in html_of(client.post("/applications/dry-run/", {"file": upload(hostile(tmp_path))}))
    assert Application.objects.count() == before
    assert page("gd_reviewer").get("/applications/dry-run/").status_code == 403


def test_the_route_is_found_by_three_answers_and_the_base_looked_up(cast: Cast):
    everybody = Client(headers={"accept-language": "en"})
    base = filing_at(cast, service__latin_name="Base", service__name="甲基座", place="zj")
    ask = "/route/?public=yes&origin=called&base="
    assert "three questions" in html_of(everybody.get("/route/")).lower()
    assert "registration number" in html_of(everybody.get(f"{ask}{BASE}"))
    named = html_of(everybody.get(f"{ask}甲基座"))
    assert base.number in named
    assert "Registration: dealt with" in named
    similar = html_of(everybody.get(f"{ask}甲基"))
    assert "similar name" in similar
    assert f"base={base.number}" in similar
    assert "Neither is needed" in html_of(everybody.get("/route/?public=no&origin=own"))
    assert "id_origin" in html_of(everybody.get("/route/?public=yes"))
    api = "/api/v1/route?public=true&origin"
    told = everybody.get(f"{api}=fine_tuned&base={base.number.lower()}").json()
    assert (told["outcome"], told["base"]["status"]) == ("filing", "valid")
    assert everybody.get(f"{api}=called&base=nobody").json()["base"] is None
    assert everybody.get(f"{api}=stolen").status_code == 422


def test_where_it_is_says_by_when_the_office_acts(page, cast: Cast):
    application = application_at(S.SUBMITTED, cast)
    html = html_of(page("gd_preparer").get(f"/applications/{application.reference}/"))
    assert "2026-11-30" in html
    assert "Administrative Licensing Law" in html
    returned = application_at(S.CORRECTION, cast)
    assert "Licensing" not in html_of(page("gd_preparer").get(f"/applications/{returned.reference}/"))


def mark(n: int) -> str:
    return f"<script>x{n}</script>\"'><img src=x{n} onerror=x>{{{{7*7}}}}"


def hostile_entries(*, without: tuple[str, ...] = ()) -> dict[str, str]:
    free = [one.id for one in FIELDS.values() if one.kind in {"text", "longtext"} and one.id not in without]
    return {name: mark(n) for n, name in enumerate(free)}


def unescaped(html: str) -> list[str]:
    return re.findall(r"<script>x\d+|<img src=x\w+|=\"[^\"]*\"'><img", html)


def seen(client: Client, *addresses: str) -> None:
    marks = 0
    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        html = html_of(answer)
        assert not unescaped(html), address
        marks += html.count("&lt;script&gt;x")
    assert marks


def test_what_providers_and_officers_type_is_shown_as_text_everywhere(page, cast: Cast):
    draft = application_at(S.DRAFT, cast)
    actions.save_facts(draft, hostile_entries(), by=cast.gd_preparer, at=AT)
    at = f"/applications/{draft.reference}"
    sections = sorted({name.partition(".")[0] for name in FIELDS})
    seen(page("gd_preparer"), "/applications/", f"{at}/", f"{at}/check/", f"{at}/withdraw/", f"{at}/files/")
    seen(page("gd_preparer"), *(f"{at}/form/{one}/" for one in sections))
    # What an office gets has to pass the checks: names that must equal the evidence, and short fields, stay.
    handed_in = application_at(S.DRAFT, cast)
    entries = hostile_entries(without=("model.name", "service.latin_name"))
    kept = {name: value[: FIELDS[name].max_length] for name, value in entries.items()}
    actions.save_facts(handed_in, kept, by=cast.gd_preparer, at=AT)
    actions.attach(
        handed_in, kind="document", name=f"{mark(900)[:40]}.md", chunks=[b"x"], by=cast.gd_preparer, at=AT
    )
    _through_review(handed_in, cast)
    reviewed = f"/review/{handed_in.reference}"
    seen(page("gd_reviewer"), f"{reviewed}/", f"{reviewed}/return/", "/review/?all=1")
    seen(page("gd_preparer"), f"/applications/{handed_in.reference}/", "/applications/")


def _through_review(application: Application, cast: Cast) -> None:
    confirm_all(application, cast)
    actions.submit(application, by=cast.gd_preparer, at=AT)
    actions.accept(application, by=cast.gd_intake, at=AT)
    actions.return_for_correction(
        application,
        items=[actions.CorrectionItem(mark(901)[:80], mark(902), "other")],
        by=cast.gd_reviewer,
        at=AT,
    )
    actions.reply(application.corrections.get(), text=mark(903), by=cast.gd_preparer, at=AT)
    actions.resubmit(application, by=cast.gd_preparer, at=AT)
