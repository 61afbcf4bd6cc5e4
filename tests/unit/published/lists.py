"""Small lists in every kind of file; the firms and services in them are made up."""

import csv
import io
from pathlib import Path

import openpyxl

FILING = ["序号", "属地", "模型名称", "备案单位", "备案编号", "备案时间"]
REGISTRATION = ["序号", "属地", "应用名称", "登记单位", "上线编号", "登记时间"]
ROW = ["1", "广东", "小知", "深圳小知科技有限公司", "Guangdong-XiaoZhi-202604020001", "2026/4/2"]


def csv_bytes(*rows, encoding="utf-8", delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def html_bytes(*rows, tag="td"):
    lines = "".join("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in row) + "</tr>" for row in rows)
    return f"<!doctype html><html><body><table>{lines}</table></body></html>".encode()


def xlsx_bytes(*rows, sheets=None):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in (sheets or {"名单": rows}).items():
        sheet = book.create_sheet(title)
        for row in lines:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def pdf_bytes(*texts, rules=(), size=9, height=600):
    """Return a PDF of one page: `texts` are (x, y, text), `rules` are (x, y, x, y); in points from below.

    The font is a composite one whose codes are UTF-16, with the map that says so.
    """
    drawn = [f"{x0} {y0} m {x1} {y1} l S" for x0, y0, x1, y1 in rules]
    for x, y, text in texts:
        code = text.encode("utf-16-be").hex()
        drawn.append(f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{code}> Tj ET")
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
        "1 begincodespacerange <0000> <ffff> endcodespacerange "
        "1 beginbfrange <0000> <ffff> <0000> endbfrange endcmap end end"
    )
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 800 {height}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>"
    )
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [6 0 R] "
        "/ToUnicode 7 0 R >>"
    )
    descendant = (
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    tree = ("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
    bodies = [*tree, page, _stream("\n".join(drawn)), font, descendant, _stream(to_unicode)]
    data, starts = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        starts.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    count = len(bodies) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
    return data + f"{end}startxref\n{len(data)}\n%%EOF\n".encode()


def ruled_pdf(*rows, widths=(40, 60, 110, 160, 200, 100), line=30):
    """Return a PDF with a ruled table; a cell with a line break has its lines under each other."""
    edges = [30]
    for width in widths:
        edges.append(edges[-1] + width)
    texts, top = [(200, 580, "已备案信息")], 560
    for at, row in enumerate(rows):
        for x, cell in zip(edges, row, strict=False):
            for down, part in enumerate(cell.split("\n")):
                texts += [(x + 3, top - at * line - 12 - 11 * down, part)] if part else []
    bottom = top - len(rows) * line
    rules = [(x, bottom, x, top) for x in edges]
    rules += [(edges[0], top - at * line, edges[-1], top - at * line) for at in range(len(rows) + 1)]
    return pdf_bytes(*texts, rules=rules)


def _stream(text):
    return f"<< /Length {len(text.encode())} >>\nstream\n{text}\nendstream"


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
