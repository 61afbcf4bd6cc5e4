"""Re-tests through the pages: banks, asking, progress, result; and what others get to see of it."""

from django.core.files.uploadedfile import SimpleUploadedFile

from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.retests import actions
from openbeian.portal.retests.models import HiddenBank, RetestRun, RunStatus
from tests.portal.factories import AT
from tests.portal.retests.world import SECRET, carry_through, hidden_bank_file
from tests.simulators.llm import Reply, every


def _html(answer) -> str:
    return answer.content.decode()


def test_a_tester_goes_through_a_whole_retest_by_the_pages(retest, page, channel):  # noqa: PLR0915  one story
    tester, reference = page("gd_tester"), retest.application.reference
    assert f"/retests/of/{reference}/" in _html(tester.get(f"/review/{reference}/"))
    address = f"/retests/of/{reference}/"
    html = _html(tester.get(address))
    assert "xiaozhou-1" in html
    assert "Demonstration (reduced sample)" in html
    form = {
        "channel": "guarded",
        "model": "m",
        "sample": "demo",
        "concurrency": 8,
        "a_minute": 60_000,
        "key": "channel-secret",
    }
    banks = [bank.pk for bank in retest.banks]
    assert "Please mend the following" in _html(tester.post(address, form))
    assert "not public" in _html(tester.post(address, form | {"banks": banks, "channel": "bare"}))
    asked = tester.post(address, form | {"banks": banks})
    run = RetestRun.objects.get()
    assert asked.url == f"/retests/{run.pk}/"
    html = _html(tester.get(asked.url))
    assert f'data-again="{asked.url}progress/"' in html
    assert "Look again" in html
    assert "X-Over" not in tester.get(f"{asked.url}progress/").headers
    tester.post(f"{asked.url}stop/")
    assert "Stopped" in _html(tester.get(asked.url))
    tester.post(f"{asked.url}go-on/")
    good = channel.rule
    channel.rule = every(10, Reply(fault="400"), good)
    carry_through(run)
    answer = tester.get(f"{asked.url}progress/")
    assert answer.headers["X-Over"] == "1"
    html = _html(tester.get(asked.url))
    assert "No conclusion: 6 of 62" in html
    assert "Record:" not in html
    channel.rule = good
    tester.post(f"{asked.url}go-on/", {"errors": "1"})
    carry_through(run)
    html = _html(tester.get(asked.url))
    assert "Agrees with what was reported" in html
    assert SECRET not in html
    assert "Please mend the following" in _html(tester.post(f"{asked.url}record/", {"summary": ""}))
    tester.post(f"{asked.url}record/", {"summary": "一致。"})
    assert SECRET in _html(tester.get(f"{asked.url}answers/"))
    judging = f"/judging/retest/{run.pk}/"
    assert "How many" in _html(tester.get(judging))
    assert "Please mend" in _html(tester.post(judging, {"kind": "generated_content", "most": 0}))
    sample = tester.post(judging, {"kind": "generated_content", "most": 5}).url
    assert SECRET in _html(tester.get(f"{sample}judge/"))
    provider = page("gd_preparer")
    assert "一致。" in _html(provider.get("/retests/"))
    html = _html(provider.get(f"{asked.url}result/"))
    assert "Agrees with what was reported" in html
    assert SECRET not in html
    assert SECRET not in _html(provider.get(f"/applications/{reference}/"))
    for path in ("", "answers/", "progress/"):
        assert provider.get(f"{asked.url}{path}").status_code == 404
    for who in ("zj_tester", "zj_preparer", "gd_reviewer", "auditor", "platform", "administrator"):
        for path in ("", "answers/", "result/"):
            assert page(who).get(f"{asked.url}{path}").status_code == 404, who
    tester.post(f"{asked.url}release/")
    assert "Released on" in _html(tester.get(asked.url))
    assert SECRET in _html(provider.get(f"{asked.url}answers/"))
    readers = AuditEvent.objects.filter(kind="retest.answers_read").values_list("by_name", flat=True)
    assert list(readers) == ["gd_tester", "gd_preparer"]
    assert "No re-test of this application" in _html(tester.get(address))
    assert reference in _html(tester.get("/retests/"))


def test_a_bank_is_brought_in_read_and_retired(retest, cast, page):
    tester = page("gd_tester")
    HiddenBank.objects.all().delete()
    assert "No bank yet" in _html(tester.get("/retests/banks/"))
    upload = {
        "office": cast.organisations["gd_office"].pk,
        "kind": "generated_content",
        "file": SimpleUploadedFile("hidden.jsonl", b"{}"),
    }
    assert "hidden.jsonl, line 1" in _html(tester.post("/retests/banks/", upload))
    upload["file"] = SimpleUploadedFile("hidden.jsonl", hidden_bank_file())
    bank_page = tester.post("/retests/banks/", upload).url
    bank = HiddenBank.objects.get()
    assert bank_page == f"/retests/banks/{bank.pk}/"
    assert SECRET not in _html(tester.get(bank_page))
    assert not AuditEvent.objects.filter(kind="hidden_bank.read").exists()
    html = _html(tester.get(f"{bank_page}?questions=1"))
    assert SECRET in html
    assert "?questions=1&amp;page=2" in html
    assert AuditEvent.objects.get(kind="hidden_bank.read").by_name == "gd_tester"
    tester.post(f"{bank_page}retire/")
    assert "Retired" in _html(tester.get("/retests/banks/"))
    for who in ("zj_tester", "gd_reviewer", "gd_preparer", "auditor"):
        assert page(who).get(bank_page).status_code == 404
    assert page("gd_reviewer").get("/retests/banks/").status_code == 403
    assert page("gd_preparer").get("/retests/banks/").status_code == 403


def test_a_keyword_library_is_shown_too_and_too_large_a_file_is_not_read(retest, cast, page):
    tester = page("gd_tester")
    assert "毒品" in _html(tester.get(f"/retests/banks/{retest.banks[1].pk}/?questions=1"))
    large = SimpleUploadedFile("hidden.jsonl", b" " * ((16 << 20) + 1))
    upload = {"office": cast.organisations["gd_office"].pk, "kind": "keywords", "file": large}
    assert "larger than 16 MiB" in _html(tester.post("/retests/banks/", upload))


def test_a_run_without_figures_has_nothing_to_record_and_says_why_it_failed(retest, cast, page):
    run = retest.ask()
    RetestRun.objects.update(status=RunStatus.FAILED, failure={"zh": "坏了", "en": "It broke."})
    tester = page("gd_tester")
    assert "It broke." in _html(tester.get(f"/retests/{run.pk}/"))
    assert tester.post(f"/retests/{run.pk}/record/", {"summary": "x"}).status_code == 404
    assert page("gd_reviewer").get(f"/retests/of/{retest.application.reference}/").status_code == 403
    for bank in retest.banks:
        actions.retire_bank(bank, by=cast.gd_tester, at=AT)
    assert "no hidden bank yet" in _html(tester.get(f"/retests/of/{retest.application.reference}/"))


def test_the_database_s_own_pages_know_nothing_of_banks(cast, client):
    cast.gd_tester.is_staff = cast.gd_tester.is_superuser = True
    cast.gd_tester.save()
    client.force_login(cast.gd_tester)
    assert "retests" not in _html(client.get("/admin/"))
