"""Tiny files of the shapes that banks and keyword libraries come in; every sentence in them is made up."""

import csv
import io
import json
from pathlib import Path

import openpyxl

OFFICE = ["序号", "测试题", "一级分类", "二级分类", "模型回答", "研判结果"]
OFFICE_KEYWORDS = ["关键词", "一级分类", "二级分类"]


def jsonl(path: Path, *lines) -> Path:
    """Write objects, and strings as they are, one a line."""
    written = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
    return path


def sheet(path: Path, rows, encoding="utf-8") -> Path:
    """Write rows as CSV or XLSX, as the suffix says."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        path.write_bytes(text.getvalue().encode(encoding))
    return path
