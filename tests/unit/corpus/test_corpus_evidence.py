"""A scan's evidence: what stands in the chain before the draw, and what verifying finds afterwards."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from openbeian.corpus.manifest import make_manifest, read_manifest
from openbeian.corpus.units import File
from openbeian.corpus.verifying import verify_folder
from openbeian.evidence.commitment import digest_of
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.notes import sign_checkpoint, verifier_key
from tests.unit.corpus.conftest import jsonl, run

LOG = Ed25519Signer.generate()
KEY = verifier_key(LOG, "log.example")
NOTE = sign_checkpoint("log.example", 7, b"\x07" * 32, LOG, datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
def log(tmp_path: Path) -> tuple[Path, str]:
    """A checkpoint in a file, and the log's key."""
    path = tmp_path / "checkpoint"
    path.write_text(NOTE, "utf-8")
    return path, KEY


def test_a_scan_leaves_sealed_evidence_and_nothing_temporary(scanned: Path) -> None:
    assert sorted(path.name for path in scanned.iterdir()) == [
        "evidence.jsonl",
        "head.dsse.json",
        "keys.json",
        "manifest.jsonl",
        "result.json",
    ]
    assert [one.code for one in verify_folder(scanned)] == ["seed_from_commitment"]
    assert "holds" in run("verify", "out")


def test_a_result_that_was_touched_is_refused(scanned: Path) -> None:
    path = scanned / "result.json"
    path.write_bytes(path.read_bytes().replace(b'"hit_documents":3', b'"hit_documents":0'))
    assert "broken_evidence" in run("verify", "out", "--json", code=1)
    run("report", "out", code=2)
    run("verify", "nothing", code=2)


def reseal(folder: Path, result: dict) -> None:
    """Write a result and seal it, as who forges it would."""
    content = orjson.dumps(result)
    (folder / "result.json").write_bytes(content)
    lines = (folder / "evidence.jsonl").read_bytes().splitlines()
    close = orjson.loads(lines[2])
    close["body"]["result"] = hashlib.sha256(content).hexdigest()
    close_line = json.dumps(close, separators=(",", ":"), sort_keys=True).encode()
    (folder / "evidence.jsonl").write_bytes(b"\n".join([*lines[:2], close_line, b""]))


def codes(*options: str, code: int = 0) -> list[str]:
    return [one["code"] for one in json.loads(run("verify", "out", "--json", *options, code=code))]


def test_a_sample_that_does_not_follow_from_the_seed_is_found(scanned: Path) -> None:
    result = orjson.loads((scanned / "result.json").read_bytes())
    result["tally"]["sample"][0][3] = "chosen"
    reseal(scanned, result)
    found = json.loads(run("verify", "out", "--json", code=1))
    assert [one["code"] for one in found] == ["redraw_differs", "seed_from_commitment", "bad_signature"]
    assert found[0]["text"]["zh"] == "1 条抽样的次序与种子不符：样本不是抽出来的。"


def test_drawing_again_finds_a_sample_that_was_not_drawn_and_files_that_were_changed(scanned: Path) -> None:
    assert codes("--redraw") == ["seed_from_commitment"]
    assert "same files, same sample" in run("verify", "out", "--redraw", "--quiet")
    result = orjson.loads((scanned / "result.json").read_bytes())
    sample = result["tally"]["sample"]
    source = sample.pop(0)[4]
    result["tally"]["samples"][source].pop(0)
    reseal(scanned, result)
    (scanned / "head.dsse.json").unlink()
    # Whoever left a document out has the right rank for all others.
    assert codes() == ["seed_from_commitment", "unsigned"]
    assert codes("--redraw", code=1) == [
        "seed_from_commitment",
        "unsigned",
        "redraw_differs",
        "redraw_differs",
    ]
    assert not list(scanned.glob("redrawing-*"))
    content = Path("c.jsonl").read_bytes()
    Path("c.jsonl").write_bytes(content.replace("毒品".encode(), "食品".encode()))
    assert codes("--redraw", code=1)[2:] == ["file_changed"]
    Path("c.jsonl").unlink()
    assert codes("--redraw", code=1)[2:] == ["file_missing"]


def test_documents_that_the_result_does_not_count_are_found(scanned: Path) -> None:
    result = orjson.loads((scanned / "result.json").read_bytes())
    result["tally"]["sources"]["s0"]["documents"] -= 1
    reseal(scanned, result)
    (scanned / "head.dsse.json").unlink()
    assert codes("--redraw", code=1)[2:] == ["documents_differ"]


def test_a_manifest_that_was_changed_after_the_draw_is_refused(scanned: Path) -> None:
    path = scanned / "manifest.jsonl"
    before = path.read_bytes()
    (entry,) = [orjson.loads(line) for line in before.splitlines()]
    path.write_bytes(jsonl([{**entry, "sha256": "0" * 64}]))
    found = json.loads(run("verify", "out", "--json", code=1))
    assert "was changed afterwards" in found[0]["text"]["en"]
    assert "was changed afterwards" in " ".join(run("report", "out", code=2).split())
    path.unlink()
    assert "manifest.jsonl is missing" in json.loads(run("verify", "out", "--json", code=1))[0]["text"]["en"]
    path.write_bytes(before)
    assert codes() == ["seed_from_commitment"]


def test_who_changes_the_manifest_and_the_commitment_gets_another_seed(scanned: Path) -> None:
    path = scanned / "evidence.jsonl"
    lines = path.read_bytes().splitlines()
    first = orjson.loads(lines[0])
    first["body"]["of"]["corpus"]["manifest"] = "0" * 64
    for body in ({}, {"commitment": digest_of(first["body"]["of"])}):
        first["body"] |= body
        forged = json.dumps(first, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
        second = orjson.loads(lines[1]) | {"prev": hashlib.sha256(forged).hexdigest()}
        path.write_bytes(forged + b"\n" + orjson.dumps(second, option=orjson.OPT_SORT_KEYS) + b"\n")
        (found,) = verify_folder(scanned)
        assert found.code == "broken_evidence"
        assert ("does not follow" if body else "is not that of its content") in found.text.en


def test_the_commitment_stands_in_the_chain_before_the_checkpoint_that_draws(
    scanned: Path, log: tuple[Path, str]
) -> None:
    del scanned
    note, key = log
    scan = ["scan", "c.jsonl", "--out", "two", "--quiet", "--seed-from", "checkpoint"]
    told = " ".join(run(*scan, code=2).split())
    (committed,) = [orjson.loads(line) for line in Path("two/evidence.jsonl").read_bytes().splitlines()]
    assert committed["body"]["commitment"] in told
    run(*scan, "--checkpoint", str(note), "--log-key", key)
    records = [orjson.loads(line) for line in Path("two/evidence.jsonl").read_bytes().splitlines()]
    assert [record["kind"] for record in records] == ["commitment", "draw", "close"]
    assert records[1]["body"]["seed_from"]["kind"] == "checkpoint"
    assert json.loads(run("verify", "two", "--json", "--log-key", key))[0]["code"] == "unsigned"
    run(
        "scan", "c.jsonl", "--out", "three", "--quiet", "--seed-from", "checkpoint", "--checkpoint", str(note)
    )
    unchecked = json.loads(run("verify", "three", "--json"))
    assert [one["code"] for one in unchecked] == ["checkpoint_unchecked", "unsigned"]


def test_a_manifest_made_before_is_taken_if_it_names_the_same_files(scanned: Path) -> None:
    del scanned
    run("manifest", "c.jsonl", "--to", "m.jsonl", "--quiet")
    run("scan", "c.jsonl", "--out", "two", "--manifest", "m.jsonl", "--quiet")
    assert json.loads(run("verify", "two", "--json"))[1]["code"] == "manifest_was_given"
    assert Path("two/manifest.jsonl").read_bytes() == Path("m.jsonl").read_bytes()
    (entry,) = [orjson.loads(line) for line in Path("m.jsonl").read_bytes().splitlines()]
    for changed, said in (
        ({"bytes": 1}, "listed are 1"),
        ({"path": "d.jsonl"}, "c.jsonl is not listed; d.jsonl is not there"),
        ({"sha256": 5}, "m.jsonl, line 1: no entry"),
    ):
        Path("m.jsonl").write_bytes(jsonl([entry | changed]))
        told = run("scan", "c.jsonl", "--out", "three", "--manifest", "m.jsonl", "--quiet", code=2)
        assert said in " ".join(told.split())
    assert not Path("three").exists()
    run("scan", "c.jsonl", "--out", "three", "--manifest", "n.jsonl", "--quiet", code=2)


def test_a_manifest_that_was_interrupted_goes_on_and_files_that_cannot_be_read_are_in_it(
    tmp_path: Path,
) -> None:
    sizes = {"a": 3, "b": 4, "c": 5}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    files = [File(str(tmp_path / name), size) for name, size in sizes.items()]
    whole = make_manifest(files, tmp_path / "m.jsonl", workers=2)
    known = whole.entries[0]._replace(sha256="known")
    (tmp_path / "m.jsonl.part").write_bytes(known.line + whole.entries[1].line[:-9])
    done: list[int] = []
    again = make_manifest(files, tmp_path / "m.jsonl", progress=done.append)
    # The first was hashed before, the second is torn.
    assert again.entries == (known, *whole.entries[1:])
    assert done == [3, 4, 5]
    assert not (tmp_path / "m.jsonl.part").exists()
    assert read_manifest(tmp_path / "m.jsonl") == again
    (gone,) = make_manifest([File(str(tmp_path / "gone"), 7)], tmp_path / "g.jsonl").entries
    assert gone == (str(tmp_path / "gone"), 7, "")


def test_the_manifest_names_every_file_by_its_hash(scanned: Path) -> None:
    run("manifest", "c.jsonl", "--to", "m.jsonl")
    content = Path("c.jsonl").read_bytes()
    assert [orjson.loads(line) for line in Path("m.jsonl").read_bytes().splitlines()] == [
        {"bytes": len(content), "path": "c.jsonl", "sha256": hashlib.sha256(content).hexdigest()}
    ]


def test_hashing_that_is_stopped_goes_on_from_there(tmp_path: Path) -> None:
    files = [File(str(tmp_path / f"{n}"), 1000) for n in range(40)]
    for file in files:
        Path(file.path).write_bytes(bytes(file.size))
    told: list[int] = []

    def stop(size: int) -> None:
        told.append(size)
        if len(told) > 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_manifest(files, tmp_path / "m.jsonl", progress=stop)
    begun = (tmp_path / "m.jsonl.part").read_bytes().splitlines()
    assert len(begun) == 1
    assert len(make_manifest(files, tmp_path / "m.jsonl").entries) == 40


def test_an_interrupted_scan_keeps_its_manifest_and_another_corpus_is_refused(scanned: Path) -> None:
    evidence = scanned / "evidence.jsonl"
    lines = evidence.read_bytes().splitlines(keepends=True)
    # Killed in the middle of the line that ends it.
    evidence.write_bytes(b"".join(lines[:2]) + lines[2][:-9])
    scan = ["scan", "c.jsonl", "--keywords", "k.jsonl", "--out", "out", "--quiet"]
    made_at = (scanned / "manifest.jsonl").stat().st_mtime_ns
    run(*scan)
    assert (scanned / "manifest.jsonl").stat().st_mtime_ns == made_at
    with Path("c.jsonl").open("ab") as file:
        file.write(b"more\n")
    assert "holds another scan already" in " ".join(run(*scan, code=2).split())


def test_evidence_that_does_not_begin_with_commitment_and_draw_is_refused(scanned: Path) -> None:
    path = scanned / "evidence.jsonl"
    first, second, _ = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first)
    assert "must begin with a commitment and a draw" in verify_folder(scanned)[0].text.en
    path.write_bytes(first + second.replace(b'"kind":"commitment"', b'"kind":"guess"'))
    assert "the draw is incomplete" in verify_folder(scanned)[0].text.en


def test_a_broken_chain_of_verdicts_is_found(scanned: Path) -> None:
    (scanned / "inspection.jsonl").write_bytes(b"{}\n")
    assert [one.code for one in verify_folder(scanned)] == ["seed_from_commitment", "broken_inspection"]
