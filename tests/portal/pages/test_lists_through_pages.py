"""Published lists through the pages: brought in, looked at, decided, taken over, and what came of it."""

from django.core.files.uploadedfile import SimpleUploadedFile

from openbeian.portal.applications.storage import path_of
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.models import BroughtList, TakenList
from openbeian.published import LIMITS
from tests.portal.pages.world import html_of

LIST = (
    "序号,属地,模型名称,备案单位,备案编号\n"
    "1,广东,小知,深圳小知科技有限公司,Guangdong-XiaoZhi-202604020001\n"
    "2,广东,大知,深圳大知科技有限公司,Guangdong-DaZhi-202604020001\n"
    "4,北京,,北京某某科技有限公司,\n"
)
LATER = (
    "序号,属地,模型名称,备案单位,备案编号,备案时间\n"
    "1,广东,小知,深圳小知科技有限公司,Guangdong-XiaoZhi-202604020009,\n"
    "2,广东,大知,深圳大知科技有限公司,Guangdong-DaZhi-202604020001,2026/4/2\n"
)


def _bring(client, text: str, name: str = "名单.csv", series: str = "filing"):
    file = SimpleUploadedFile(name, text.encode("gb18030"))
    return client.post("/lists/", {"file": file, "series": series})


def test_a_list_is_looked_at_decided_and_taken_over(page, cast):
    client = page("publisher")
    answer = _bring(client, LIST)
    first = BroughtList.objects.get()
    assert answer.url == f"/lists/{first.pk}/"
    html = html_of(client.get(answer.url))
    assert "Nothing is left to decide" in html
    assert "小知" in html
    assert "Rows left out" in html_of(client.get(f"{answer.url}?show=left_out"))
    assert "名单.csv" in html_of(client.get("/lists/"))
    client.post(f"/lists/{first.pk}/take/")
    assert RegisterEntry.objects.count() == 2


def _conflict(client) -> tuple[str, str]:
    """Bring in two lists that contradict, take the first one over; return where list and conflict are."""
    client.post(f"{_bring(client, LIST).url}take/")
    address = _bring(client, LATER, name="后来.csv").url
    html = html_of(client.get(address))
    assert "1</b> Conflicts to decide" in html
    return address, f"{address}conflicts/" + html.split(f'href="{address}conflicts/')[1].split('"')[0]


def test_a_conflict_is_compared_decided_and_remembered(page, cast):
    client = page("publisher")
    address, at = _conflict(client)
    assert "Please mend the following" in html_of(client.post(at, {}))
    html = html_of(client.get(at))
    assert "differs" in html
    entry = RegisterEntry.objects.get(service_name="小知")
    fields = [part.split('"')[0] for part in html.split('type="radio" name="')[1:]]
    client.post(at, {fields[0]: f"take:{entry.pk}", "reason": "与发证机关核对过。"})
    html = html_of(client.get(at))
    assert "Decided by publisher" in html
    assert "与发证机关核对过。" in html
    assert "Take this row" in html_of(client.get(f"{address}?show=settled"))
    assert "2026-04-02" in html_of(client.get(f"{address}?show=changed"))
    answer = client.post(f"{address}take/")
    entry.refresh_from_db()
    assert entry.number.endswith("9")
    html = html_of(client.get(answer.url))
    assert "took the row" in html
    assert "<ins>Guangdong-XiaoZhi-202604020009</ins>" in html
    assert "Compare" not in html_of(client.get(f"{address}?show=conflicts"))
    assert "与发证机关核对过。" in html_of(client.get(f"{address}?show=remembered"))
    assert client.get(at).url == address
    client.post(f"{address}take/")
    assert TakenList.objects.first().changed == 0


def test_what_is_no_list_is_refused_in_one_sentence_and_not_kept(page, cast, monkeypatch):
    client = page("publisher")
    assert "no headings of a list" in html_of(_bring(client, "只是一段话。"))
    assert "Please mend the following" in html_of(client.post("/lists/", {}))
    monkeypatch.setattr("openbeian.portal.register.list_forms.LIMITS", LIMITS._replace(file_bytes=10))
    assert "that is no list" in html_of(_bring(client, LIST))
    assert not BroughtList.objects.exists()


def test_auditors_look_and_provinces_do_not(page, cast):
    address = _bring(page("publisher"), LIST).url
    auditor = page("auditor")
    html = html_of(auditor.get("/lists/"))
    assert "Upload and preview" not in html
    assert "Take over into the register" not in html_of(auditor.get(address))
    assert auditor.post(f"{address}take/").status_code == 403
    assert _bring(auditor, LIST, name="别的.csv").status_code == 403
    kept = auditor.get(f"{address}file/")
    assert b"".join(kept.streaming_content).decode("gb18030") == LIST
    path_of(BroughtList.objects.get().sha256).unlink()
    assert auditor.get(f"{address}file/").status_code == 404
    assert page("gd_decider").get("/lists/").status_code == 403
    assert page("gd_decider").get(address).status_code == 403
    assert auditor.get("/lists/99/file/").status_code == 404
