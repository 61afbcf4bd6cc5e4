"""The commands on a corpus, from the scan to the report, and the evidence between them."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest

from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted
from openbeian.corpus.concluding import build_report
from openbeian.corpus.inspection import load_judgements
from openbeian.corpus.ledger import flaws_of, load_ledger
from openbeian.corpus.record import load_result
from openbeian.corpus.report import Conclusion, CorpusReport, Inputs, Result
from openbeian.corpus.report_html import render_html
from openbeian.standards import load_edition
from tests.unit.corpus.conftest import jsonl, run

AT = datetime(2026, 11, 23, tzinfo=UTC)
EDITION = load_edition("tc260-003")


def report_on(folder: Path, **inputs: object) -> CorpusReport:
    _, scanned = load_result(folder)
    return build_report(scanned, Inputs(EDITION, AT.date(), **inputs))


def named(report: CorpusReport, threshold: str) -> Result:
    return next(result for result in report.results if result.threshold == threshold)


def test_a_finished_scan_is_not_scanned_into_again(scanned: Path) -> None:
    run("scan", "c.jsonl", "--out", "out", "--quiet", code=2)
    run("scan", "c.jsonl", "--keywords", "k.jsonl", "--out", "out", "--quiet", code=2)


def test_the_exported_sample_has_the_texts_and_judging_it_concludes(scanned: Path) -> None:
    run("sample", "out", "--to", "s.jsonl")
    rows = [orjson.loads(line) for line in Path("s.jsonl").read_bytes().splitlines()]
    assert {row["text"][:3] for row in rows} == {"<b>"}
    assert len(rows) == 120
    for at, row in enumerate(rows):
        row["label"] = "does_not_conform" if at < 3 else "conforms"
    Path("s.jsonl").write_bytes(jsonl(rows))
    judgements = load_judgements(Path("s.jsonl"))
    report = report_on(scanned, judgements=judgements, keywords="k 1")
    manual = named(report, "corpus.sample.manual.pass")
    assert (manual.measured, manual.conclusion) == (Counted(117, 120), Conclusion.CONFORMS)
    assert manual.interval is not None
    assert manual.interval.low < 0.96 < manual.interval.high
    # 120 are fewer than the 4,000 the standard wants.
    assert named(report, "corpus.sample.manual.n").conclusion is Conclusion.NOT_ASSESSED
    after = {row.name: row.after.measured for row in report.sources}
    assert sum(one.k for one in after.values()) == 3
    technical = named(report, "corpus.sample.tech.pass")
    assert (technical.measured, technical.conclusion) == (Counted(117, 120), Conclusion.DOES_NOT_CONFORM)
    assert named(report, "corpus.sample.tech.share").measured == Counted(120, 121)


def test_a_sample_judged_in_part_concludes_nothing(scanned: Path) -> None:
    run("sample", "out", "--to", "s.jsonl")
    rows = [orjson.loads(line) for line in Path("s.jsonl").read_bytes().splitlines()][:119]
    Path("s.jsonl").write_bytes(jsonl([{**row, "label": "conforms"} for row in rows]))
    report = report_on(scanned, judgements=load_judgements(Path("s.jsonl")))
    assert named(report, "corpus.sample.manual.pass").conclusion is Conclusion.NOT_ASSESSED
    assert named(report, "corpus.source.illegal_share.after").conclusion is Conclusion.NOT_ASSESSED


LEDGER = """
sources:
  s0: {type: open, proof: c.jsonl, sha256: SHA, collected_on: 2026-10-01, before: {bad: 15, looked_at: 300}}
  s1: {type: commercial, proof: c.jsonl, collected_on: 2027-01-01, before: {bad: 16, looked_at: 300}}
"""


def test_the_ledger_is_checked_source_by_source(scanned: Path) -> None:
    digest = hashlib.sha256(Path("c.jsonl").read_bytes()).hexdigest()
    Path("ledger.yaml").write_text(LEDGER.replace("SHA", digest), "utf-8")
    report = report_on(scanned, ledger=load_ledger(Path("ledger.yaml")))
    first, second = report.sources
    assert first.flaws == ()
    assert [flaw.en for flaw in second.flaws] == [
        "the contract with commitments does not have the hash in the ledger",
        "the date of collection is in the future",
    ]
    assert first.before.conclusion is Conclusion.CONFORMS
    assert second.before.conclusion is Conclusion.DOES_NOT_CONFORM
    assert named(report, "corpus.traceability").conclusion is Conclusion.DOES_NOT_CONFORM
    assert flaws_of(None, on=date(2026, 1, 1))[0].en == "the ledger does not have this source"
    run("report", "out", "--ledger", "ledger.yaml", code=1)


@pytest.mark.parametrize(
    "content",
    ["", "sources: 5", "sources: {a: {type: stolen}}", "sources: {a: {type: open, collected_on: x}}", "a: ["],
)
def test_a_wrong_ledger_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "l.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(BadInputError, match="ledger"):
        load_ledger(path)


def test_wrong_judgements_are_errors_that_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    good = b'{"path":"a","offset":1,"label":"conforms"}\n'
    for bad in (
        b"x\n",
        b'{"path":"a"}\n',
        good.replace(b"conforms", b""),
        good.replace(b"conforms", b"does_not_conform"),
    ):
        path.write_bytes(good + bad)
        with pytest.raises(BadInputError, match="line 2"):
            load_judgements(path)
    with pytest.raises(BadInputError, match="can't be read"):
        load_judgements(tmp_path / "nothing.jsonl")
    with pytest.raises(BadInputError, match="can't be read"):
        load_ledger(tmp_path / "nothing.yaml")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_everything_and_escapes_what_it_quotes(scanned: Path, lang: str) -> None:
    page = render_html(report_on(scanned, keywords="k 1"), lang)
    assert "<mark>毒品</mark>" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert ("✗ 不符合" if lang == "zh" else "✗ does not conform") in page
    assert page.count('data-label=""') == 0


def test_the_report_command_writes_both_pages_and_says_by_its_exit_what_it_found(scanned: Path) -> None:
    printed = json.loads(run("report", "out", "--json", code=1))
    assert printed == json.loads((scanned / "report.json").read_bytes())
    assert (scanned / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert 'lang="en"' in (scanned / "report.en.html").read_text("utf-8")


def test_a_corpus_without_anything_to_read_concludes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEIAN_LANG", "en")
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out"
    run("scan", str(tmp_path / "empty"), "--out", str(out), "--quiet")
    run("report", str(out))
    report = report_on(out)
    assert {result.conclusion for result in report.results} == {Conclusion.NOT_ASSESSED}
    assert "Nothing" not in render_html(report, "en")


def test_the_library_is_held_against_what_the_edition_asks_for(scanned: Path) -> None:
    made = json.loads(run("report", "out", "--json", code=1))
    found = {one["threshold"]: one for one in made["results"] if one["clause"] == "8.1"}
    assert [(one["binding"], one["conclusion"], one["reason"]["en"]) for one in found.values()] == [
        (False, "does_not_conform", "1 terms"),
        (
            True,
            "does_not_conform",
            "1 of 17 risks are covered, without A.1.b, A.1.c, A.1.d, A.1.e, A.1.f, A.1.g …",
        ),
        (False, "does_not_conform", "the least has A.1.b, 0 terms"),
        (False, "does_not_conform", "the least has A.2.a, 0 terms"),
    ]
    risks = [risk.id for risk in EDITION.taxonomy.risks if risk.group in {"A.1", "A.2"}]
    library = {"items": 9_999, "risks": dict.fromkeys(risks, 200)}
    whole = report_on(scanned, library=library, keywords="k 1")
    assert named(whole, "keywords.coverage").conclusion is Conclusion.CONFORMS
    assert named(whole, "keywords.min.A1").conclusion is Conclusion.CONFORMS
    total = named(whole, "keywords.total")
    assert (total.conclusion, total.is_binding) == (Conclusion.DOES_NOT_CONFORM, False)
    assert "9999 个（宜，不影响结论）" in render_html(whole, "zh")
    missed = {one.threshold for one in whole.results if one.conclusion is Conclusion.DOES_NOT_CONFORM}
    assert whole.is_met == (missed <= {"keywords.total"})
