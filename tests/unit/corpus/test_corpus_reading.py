"""What the reader makes of good files and of broken ones."""

import bz2
import gzip
import io
import json
import lzma
import random
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.corpus import Fields, Problem, ProblemKind, plan_units, read_unit
from openbeian.corpus.lines import LONGEST_LINE
from tests.unit.corpus.conftest import Write, documents, jsonl, read_all

ROWS = [
    {"id": f"d{n}", "source": "novel" if n % 2 else "news", "text": f"第{n}篇" * (n + 1)} for n in range(40)
]
EXPECTED = [(row["id"], row["source"], row["text"]) for row in ROWS]


def kinds(problems: list[Problem]) -> list[str]:
    return [problem.kind for problem in problems]


@pytest.mark.parametrize(
    ("ending", "compress"),
    [
        ("", bytes),
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
        (".zst", zstandard.ZstdCompressor().compress),
    ],
)
def test_the_same_documents_come_out_of_every_compression(write: Write, ending: str, compress) -> None:
    path = write(f"a.jsonl{ending}", compress(jsonl(ROWS)))
    batches, problems = read_all(path)
    assert [row[1:] for row in documents(batches)] == EXPECTED
    assert problems == []


@given(unit_bytes=st.integers(1, 3000), blank=st.booleans(), ended=st.booleans())
def test_cutting_a_file_anywhere_gives_every_document_once(
    tmp_path_factory: pytest.TempPathFactory, unit_bytes: int, *, blank: bool, ended: bool
) -> None:
    content = jsonl(ROWS).replace(b"\n", b"\n\n" if blank else b"\n")
    path = tmp_path_factory.mktemp("cut") / "a.jsonl"
    path.write_bytes(content if ended else content.rstrip(b"\n"))
    whole, _ = read_all(path)
    cut, problems = read_all(path, unit_bytes=unit_bytes)
    assert documents(cut) == documents(whole)
    assert len(documents(cut)) == len(ROWS)
    assert problems == []


def test_a_document_without_id_or_source_is_named_by_its_file(write: Write) -> None:
    path = write(
        "a.jsonl", jsonl([{"text": "一"}, {"text": "二", "id": 7, "source": 3}, {"text": "三", "id": []}])
    )
    batches, _ = read_all(path)
    assert documents(batches) == [
        (0, f"{path}#0", str(path), "一"),
        (15, "7", "3", "二"),
        (48, f"{path}#48", str(path), "三"),
    ]


def test_each_broken_line_is_noted_with_its_place_and_the_others_are_read(write: Write) -> None:
    good = b'{"text":"ok"}\n'
    lines = [
        (b'{"text":"cut\n', ProblemKind.BROKEN_JSON),
        (b'{"text":"a\0b"}\n', ProblemKind.NUL_BYTES),
        ('{"text":"中文"}\n'.encode("gb18030"), ProblemKind.WRONG_ENCODING),
        (b'{"body":"x"}\n', ProblemKind.MISSING_FIELD),
        (b'{"text":5}\n', ProblemKind.MISSING_FIELD),
        (b'["text"]\n', ProblemKind.BROKEN_JSON),
        (b"7\n", ProblemKind.BROKEN_JSON),
    ]
    content, expected = good, []
    for line, kind in lines:
        expected.append((len(content), kind))
        content += line + good
    batches, problems = read_all(write("a.jsonl", content))
    assert len(documents(batches)) == len(lines) + 1
    assert [(problem.offset, problem.kind) for problem in problems] == expected


def test_a_byte_order_mark_and_carriage_returns_are_no_problem(write: Write) -> None:
    batches, problems = read_all(write("a.jsonl", b'\xef\xbb\xbf{"text":"a"}\r\n{"text":"b"}\r\n'))
    assert [row[3] for row in documents(batches)] == ["a", "b"]
    assert problems == []


@pytest.mark.parametrize("unit_bytes", [64 << 20, 5 << 20])
def test_a_line_of_200_mb_is_left_out_and_what_follows_is_read(write: Write, unit_bytes: int) -> None:
    start = b'{"text":"a"}\n{"text":"'
    path = write("a.jsonl", start + b"x" * 200_000_000 + b'"}\n{"text":"b"}\n')
    batches, problems = read_all(path, unit_bytes=unit_bytes)
    assert [row[3] for row in documents(batches)] == ["a", "b"]
    assert problems == [Problem(str(path), 13, ProblemKind.TOO_LONG)]


def test_a_line_just_over_the_limit_is_left_out_wherever_it_is_cut(write: Write) -> None:
    long = b'{"text":"' + b"x" * (LONGEST_LINE - 10) + b'"}'
    path = write("a.jsonl", b'{"text":"a"}\n' + long + b'\n{"text":"b"}\n')
    for unit_bytes in (100 << 20, 1 << 20):
        batches, problems = read_all(path, unit_bytes=unit_bytes)
        assert [row[3] for row in documents(batches)] == ["a", "b"]
        assert kinds(problems) == [ProblemKind.TOO_LONG]


@pytest.mark.parametrize("count", [2_000, 40_000])
@pytest.mark.parametrize(
    ("ending", "compress", "decompress"),
    [
        (".gz", gzip.compress, lambda content: zlib.decompressobj(31).decompress(content)),
        (".xz", lzma.compress, lambda content: lzma.LZMADecompressor().decompress(content)),
        (".bz2", bz2.compress, lambda content: bz2.BZ2Decompressor().decompress(content)),
        (
            ".zst",
            zstandard.compress,
            lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content),
        ),
    ],
)
def test_a_truncated_file_gives_what_stands_before_the_end(
    write: Write, count: int, ending: str, compress, decompress
) -> None:
    chance = random.Random(4)
    many = jsonl([{"text": f"{n} " + "".join(chance.choices("随机文字", k=n % 50))} for n in range(count)])
    content = compress(many)
    content = content[: len(content) * 2 // 3]
    whole = decompress(content)
    batches, problems = read_all(write(f"a.jsonl{ending}", content))
    rows = documents(batches)
    (problem,) = problems
    assert problem.kind == ProblemKind.TRUNCATED
    assert len(whole) - (1 << 14) <= problem.offset <= len(whole)
    read = whole[: problem.offset].rpartition(b"\n")[0]
    assert [row[3] for row in rows] == [json.loads(line)["text"] for line in read.splitlines()]
    assert rows or count < 40_000, "bz2 and zstandard give nothing of a block that is cut off"


def test_a_file_that_is_not_what_its_name_says_is_noted(write: Write) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.zst", "c.parquet"):
        batches, problems = read_all(write(name, b"no such thing" * 10))
        assert documents(batches) == []
        assert len(problems) == 1


def test_a_line_of_plain_text_is_a_document(write: Write) -> None:
    path = write("a.txt", "一\n\n  二 \n".encode() + b"\xff\n" + "三".encode())
    batches, problems = read_all(path)
    assert [(row[0], row[3]) for row in documents(batches)] == [(0, "一"), (5, "二"), (14, "三")]
    assert [(one.offset, one.kind) for one in problems] == [(12, ProblemKind.WRONG_ENCODING)]


def test_rows_of_a_table_are_documents_and_broken_ones_are_noted(write: Write) -> None:
    content = 'id,text,source\n1,"多\n行",news\n2,好,\n3\n4,"坏\0"\n5,'.encode() + b"\xd6\xd0,\n6,last,x\n"
    path = write("a.csv", content)
    batches, problems = read_all(path)
    assert documents(batches) == [
        (3, "1", "news", "多\n行"),
        (4, "2", str(path), "好"),
        (8, "6", "x", "last"),
    ]
    assert [(one.offset, one.kind) for one in problems] == [
        (5, ProblemKind.MISSING_FIELD),
        (6, ProblemKind.NUL_BYTES),
        (7, ProblemKind.WRONG_ENCODING),
    ]


def test_a_table_without_the_text_column_is_noted(write: Write) -> None:
    assert kinds(read_all(write("a.csv", b"a,b\n1,2\n"))[1]) == [ProblemKind.MISSING_FIELD]
    assert kinds(read_all(write("empty.csv", b""))[1]) == [ProblemKind.MISSING_FIELD]


def test_row_groups_of_parquet_are_units(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pa.parquet.write_table(pa.Table.from_pylist([*ROWS, {"id": "x", "text": None}]), path, row_group_size=7)
    assert len(plan_units([str(path)]).units) == 6
    batches, problems = read_all(path)
    assert [row[1:] for row in documents(batches)] == EXPECTED
    assert [row[0] for row in documents(batches)] == list(range(40))
    assert problems == [Problem(str(path), 40, ProblemKind.MISSING_FIELD, "text")]


def test_parquet_without_the_text_column_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pa.parquet.write_table(pa.table({"body": ["x"]}), path)
    assert kinds(read_all(path)[1]) == [ProblemKind.MISSING_FIELD]


def record(kind: str, content_type: str, body: bytes) -> bytes:
    out = io.BytesIO()
    out.write(f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a/{kind}\r\n".encode())
    out.write(f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    return out.getvalue() + body + b"\r\n\r\n"


def test_the_plain_text_records_of_a_wet_file_are_documents(write: Write) -> None:
    content = [
        record("warcinfo", "application/warc-fields", b"x"),
        record("conversion", "text/plain", "网页正文".encode()),
        record("response", "application/http; msgtype=response", b"HTTP/1.1 200"),
        record("conversion", "text/plain", b"\xff"),
    ]
    path = write("a.wet.gz", b"".join(gzip.compress(one) for one in content))
    batches, problems = read_all(path)
    assert [row[1:] for row in documents(batches)] == [("http://a/conversion", str(path), "网页正文")]
    assert kinds(problems) == [ProblemKind.UNKNOWN_FORMAT, ProblemKind.WRONG_ENCODING]


def test_a_wet_file_that_ends_early_or_is_none_is_noted(write: Write) -> None:
    whole = record("conversion", "text/plain", b"12345")
    for content in (whole[:-6], b"hello", whole.replace(b"Content-Length: 5", b"Content-Size: 5")):
        batches, problems = read_all(write("a.wet", content))
        assert documents(batches) == []
        assert len(problems) == 1


def test_a_directory_without_files_and_files_of_no_known_kind_are_noted(write: Write, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert plan_units([str(tmp_path / "empty")]).problems == (
        Problem(str(tmp_path / "empty"), 0, ProblemKind.NO_FILES),
    )
    odd = write("d/a.docx", b"")
    write("d/.hidden.jsonl", b"")
    write("d/sub/b.jsonl", jsonl(ROWS))
    plan = plan_units([str(tmp_path / "d"), str(tmp_path / "d" / "sub")])
    assert [Path(unit.path).name for unit in plan.units] == ["b.jsonl"]
    assert plan.problems == (Problem(str(odd), 0, ProblemKind.UNKNOWN_FORMAT),)


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no corpus"):
        plan_units([str(tmp_path / "nothing")])


def test_a_file_that_vanishes_before_it_is_read_is_noted(write: Write) -> None:
    path = write("a.jsonl", jsonl(ROWS))
    (unit,) = plan_units([str(path)]).units
    path.unlink()
    problems: list[Problem] = []
    assert list(read_unit(unit, Fields(), problems.append)) == []
    assert kinds(problems) == [ProblemKind.BROKEN_FILE]


def test_an_fsspec_address_is_read_like_a_path(write: Write) -> None:
    path = write("a.jsonl.gz", gzip.compress(jsonl(ROWS)))
    batches, problems = read_all(f"file://{path.parent}")
    assert [row[1:] for row in documents(batches)] == EXPECTED
    assert problems == []
