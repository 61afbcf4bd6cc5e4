"""The pass over bytes gives what reading with care gives, whatever the bytes are."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.corpus import Fields, Hashes, Kernel, Problem, plan_units
from openbeian.corpus.blocks import BlockTaker
from openbeian.corpus.columns import Columns
from openbeian.corpus.compiled import compiled_pass
from openbeian.corpus.documents import Reading
from openbeian.corpus.fused import TakeLines, take_lines
from openbeian.corpus.lines import Lines
from openbeian.corpus.reading import read_columns
from openbeian.corpus.tally import Limits
from openbeian.corpus.work import Scanner, Settings
from openbeian.matching.spots import find_spots

KERNEL = Kernel(
    [("毒品", "A.1.a"), ("槍枝", "A.1.b"), ("bad word", "A.2.a")],
    seed=b"12345678",
    limits=Limits(sample=9, sample_per_source=4, contexts=3, problems=90),
)
PIECES = [
    "毒品", "枪枝", "Ｂad Word", "好。", "a1", "é", "𠀀", "😀", "𝟙", "毒\u200b品", "13800138000",
    "138 0013 8000", " ", "ガ", "\n", '"', "\\", "\x01", "\0", "粤B12345", "a.b@c.cn", "안녕", "/",
    "\U000e0061", "11010519491231002x", "毒*品", "毒😀品", "毒，", "，品，", "a.b.", "s е", "カ", "・",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
NAMES = st.sampled_from(["s1", "来源", "", 'q"', "b\\", 7, 0, -3, 1.5, True, None, ["x"]])
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "text": TEXTS | st.sampled_from([None, 5, ["a"]]),
        "source": NAMES,
        "id": NAMES,
        "n": st.sampled_from([0, -1.25, True, False, None, "文\\n", {"text": "x"}, 10**30, 1e300]),
        "文": TEXTS,
    },
)


def written(row: dict[str, Any], way: int) -> bytes:
    match way:
        case 0:
            return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        case 1:
            return json.dumps(row).encode()
        case 2:
            return b" \t" + json.dumps(row, ensure_ascii=False, separators=(" ,", " : ")).encode() + b" \r"
        case _:
            return b'{"text":"first",' + json.dumps(row, ensure_ascii=False).encode()[1:]


LINES = st.builds(written, ROWS, st.integers(0, 3))
ODD_LINES = [
    b"",
    b"  ",
    b"{}",
    b'{"text":"a"',
    b'{"text":"a"}}',
    b'{"text":"a",}',
    b'{"text":"a" "id":"b"}',
    b'{"text"}',
    b'{"text":a"}',
    b'{"text":"\xff"}',
    b'{"text":"\xc0\x80"}',
    b'{"text":"\xe0\x80\x80"}',
    b'{"text":"\xed\xa0\x80"}',
    b'{"text":"\xf4\x90\x80\x80"}',
    b'{"text":"\xf0\x8f\xbf\xbf"}',
    b'{"text":"\xf8\x88\x80\x80"}',
    b'{"text":"\xe4\xb8',
    b'{"text":"\x1f"}',
    b'{"text":"\x7f"}',
    b'{"text":"\\ud83d\\ude00\\u0041\\uD840\\uDC00"}',
    b'{"text":"\\ud83d"}',
    b'{"text":"\\ud83d\\u0041"}',
    b'{"text":"\\ude00"}',
    b'{"text":"\\u12',
    b'{"text":"\\u12G4"}',
    b'{"text":"\\x"}',
    b'{"text":"\\b\\f\\n\\r\\t\\/\\"\\\\"}',
    b'{"te\\u0078t":"a"}',
    b'{"text":"a","id":12,"source":0}',
    b'{"text":"a","id":012}',
    b'{"text":"a","id":1e3}',
    b'{"text":"a","id":-0}',
    b'{"text":"a","id":123456789012345678901}',
    b'{"text":"a","id":"1","id":"2"}',
    b'{"text":"a","source":"\\u0041"}',
    b'{"text":"a","n":01}',
    b'{"text":"a","n":1.}',
    b'{"text":"a","n":-}',
    b'{"text":"a","n":-1.50}',
    b'{"text":"a","n":nul}',
    b'{"text":"a","n":truefalse}',
    b'{"text":"a","n":"\\q"}',
    b"\xef\xbb\xbf" + b'{"text":"a"}',
    b'["text"]',
    b"7",
]


READING = Reading("p", Fields(), print)


def looked_at(path: Path, how: TakeLines | None, unit_bytes: int = 64 << 20) -> tuple[object, ...]:
    tally, hashes, problems = KERNEL.tally(), Hashes([], []), []

    def note(problem: Problem) -> None:
        tally.note(problem)
        problems.append(problem)

    taker = BlockTaker(how) if how else None
    for unit in plan_units([str(path)], unit_bytes=unit_bytes).units:
        for batch in read_columns(unit, Fields(), note, taker):
            KERNEL.add(batch, tally, hashes)
    return tally.as_json(), sorted(zip(*hashes, strict=True)), problems


@settings(max_examples=30)
@given(lines=st.lists(LINES | st.sampled_from(ODD_LINES), max_size=8), is_ended=st.booleans())
def test_any_lines_give_what_reading_with_care_gives(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], *, is_ended: bool
) -> None:
    path = tmp_path_factory.mktemp("fused") / "a.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n" * is_ended)
    assert looked_at(path, take_lines) == looked_at(path, None)


@settings(max_examples=30)
@given(texts=st.lists(TEXTS, min_size=1, max_size=6))
def test_where_a_term_may_be_disguised_is_noted_on_the_way(texts: list[str]) -> None:
    content = b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)
    columns, _ = BlockTaker(take_lines).take(READING, Lines(0, content, len(content)))
    assert isinstance(columns, Columns)
    noted, found = columns.joined.spots, find_spots(columns.joined.units)
    assert [places.tolist() for places in noted] == [places.tolist() for places in found]


@pytest.mark.parametrize("line", ODD_LINES)
def test_each_odd_line_is_read_as_with_care(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"text":"毒品"}\n'.encode() * 3 + line + b'\n{"text":"b"}')
    assert looked_at(path, take_lines) == looked_at(path, None)


def test_plain_lines_are_taken_and_others_are_left() -> None:
    rows = [
        {"id": "a", "source": "s", "text": "好\n"},
        {"text": "😀", "n": -1.5, "ok": True, "no": None, "is": False, "more": 'x"'},
        {"id": 7, "source": 3, "text": ""},
    ]
    lines = [json.dumps(row).encode() for row in rows]
    content = b"\n".join([*lines, b'{"text":"left","n":[]}', *lines]) + b"\n"
    columns, left = BlockTaker(take_lines).take(READING, Lines(100, content, len(content)))
    assert isinstance(columns, Columns)
    assert columns.texts == ["好\n", "😀", ""] * 2
    assert columns.identities[:3] == [b"a", b"p#%d" % (101 + len(lines[0])), b"7"]
    assert [columns.names[owner] for owner in columns.owners.tolist()] == ["s", "p", "3"] * 2
    assert [(one.offset, one.content) for one in left] == [
        (100 + sum(len(line) + 1 for line in lines), b'{"text":"left","n":[]}')
    ]
    assert columns.size + len(left[0].content) + 1 == len(content)


def test_a_file_whose_lines_are_mostly_left_is_read_with_care(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openbeian.corpus.lines._BLOCK", 1000)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text":"x","meta":{}}\n' * 200)
    assert looked_at(path, take_lines) == looked_at(path, None)


def test_fields_of_the_same_name_are_read_with_care(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text":"x"}\n')
    (unit,) = plan_units([str(path)]).units
    (batch,) = read_columns(unit, Fields(id="text"), print, BlockTaker(take_lines))
    assert batch.ids == ["x"]


def test_a_file_that_is_gone_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text":"x"}\n')
    (unit,) = plan_units([str(path)]).units
    path.unlink()
    problems: list[Problem] = []
    assert list(read_columns(unit, Fields(), problems.append, BlockTaker(take_lines))) == []
    assert [problem.kind for problem in problems] == ["broken_file"]


def test_compiled_it_does_the_same(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    rows = [
        {"id": f"d{n}", "source": f"s{n % 3}", "text": "，".join(PIECES[n % 9 : n % 25])} for n in range(900)
    ]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join([*(written(row, at % 4) for at, row in enumerate(rows)), *ODD_LINES]) + b"\n")
    taken = compiled_pass()
    assert taken is not None
    expected = looked_at(path, None)
    assert looked_at(path, taken) == expected
    assert looked_at(path, taken, 5000) == expected


def test_a_scan_takes_the_pass_once_there_is_much_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": n, "source": f"s{n % 2}", "text": "，".join(PIECES[n % 5 : n % 11])} for n in range(80)]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(written(row, 1) + b"\n" for row in rows))
    unit, *others = plan_units([str(path)], unit_bytes=3000).units
    assert others
    wanted = Settings((("毒品", "A.1.a"),), b"12345678")
    expected = [Scanner(wanted).scan(one) for one in (unit, *others)]
    monkeypatch.setattr("openbeian.corpus.work._WORTH_COMPILING", 3000)
    monkeypatch.setattr("openbeian.corpus.work.compiled_pass", lambda: take_lines)
    scanner = Scanner(wanted)
    for part, one in zip([scanner.scan(one) for one in (unit, *others)], expected, strict=True):
        assert (part.tally.as_json(), part.hashes) == (one.tally.as_json(), one.hashes)
