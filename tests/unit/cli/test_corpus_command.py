"""`beian corpus` for other programs: every command's answer as JSON."""

import hashlib
import json


def test_a_scan_its_sample_its_report_and_its_proof_speak_json(beian, tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"id": f"d{n}", "source": f"s{n % 2}", "text": f"第{n}篇，讲花草树木。"} for n in range(40)]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in [*rows, rows[0]]), encoding="utf-8")
    out = tmp_path / "scan"

    def ask(command, *arguments):
        return beian("corpus", command, *arguments, "--json")

    counts = json.loads(ask("scan", corpus, "--out", out).stdout)
    assert {"documents": 41, "duplicates": 1, "problems": 0}.items() <= counts.items()
    sample = tmp_path / "sample.jsonl"
    assert json.loads(ask("sample", out, "--to", sample).stdout)["entries"] == len(
        sample.read_text(encoding="utf-8").splitlines()
    )
    assert json.loads(ask("report", out).stdout) == json.loads(
        (out / "report.json").read_text(encoding="utf-8")
    )
    assert {one["severity"] for one in json.loads(ask("verify", out).stdout)} == {"note"}
    manifest = tmp_path / "manifest.jsonl"
    written = json.loads(ask("manifest", corpus, "--to", manifest).stdout)
    assert written == {"written": str(manifest), "entries": 1, "sha256": _sha256(manifest)}


def _sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()
