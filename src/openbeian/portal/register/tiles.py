"""The tile grid: one tile for each province, shaded by how many services it has on file.

A grid is no map: every province has the same area, and nothing of its borders is drawn.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.standards import load_jurisdictions

__all__ = ["Tile", "build_tiles", "leading", "off_grid"]

_GLYPHS: Final = {
    "BJ": "京",
    "TJ": "津",
    "HE": "冀",
    "SX": "晋",
    "NM": "蒙",
    "LN": "辽",
    "JL": "吉",
    "HL": "黑",
    "SH": "沪",
    "JS": "苏",
    "ZJ": "浙",
    "AH": "皖",
    "FJ": "闽",
    "JX": "赣",
    "SD": "鲁",
    "HA": "豫",
    "HB": "鄂",
    "HN": "湘",
    "GD": "粤",
    "GX": "桂",
    "HI": "琼",
    "CQ": "渝",
    "SC": "川",
    "GZ": "贵",
    "YN": "云",
    "XZ": "藏",
    "SN": "陕",
    "GS": "甘",
    "QH": "青",
    "NX": "宁",
    "XJ": "新",
    "HK": "港",
    "MO": "澳",
    "TW": "台",
}
_WITHOUT_OFFICE: Final = {
    "HK": Text("香港", "Hong Kong"),
    "MO": Text("澳门", "Macao"),
    "TW": Text("台湾", "Taiwan"),
}
"""Provinces the filing rules give no office to: their tiles lead nowhere."""

_LEVELS: Final = 4


class Tile(NamedTuple):
    """One province: its code, its letter, its name, its count and how dark it is, 0 to 4."""

    code: str
    glyph: str
    name: Text
    on_file: int
    level: int
    has_office: bool


def build_tiles(counts: Mapping[str, int]) -> list[Tile]:
    """Return the 34 tiles; the darkest is the province with the most."""
    names = {code: one.short for code, one in load_jurisdictions().items()}
    most = max(counts.values(), default=0)
    return [
        Tile(
            code=code,
            glyph=glyph,
            name=names.get(code) or _WITHOUT_OFFICE[code],
            on_file=counts.get(code, 0),
            level=_level(counts.get(code, 0), most),
            has_office=code in names,
        )
        for code, glyph in _GLYPHS.items()
    ]


def leading(tiles: Sequence[Tile]) -> list[Tile]:
    """Return the tile with the most on file, or all of them where several have as many; none without any."""
    most = max(tile.on_file for tile in tiles)
    return [tile for tile in tiles if tile.on_file == most > 0]


def off_grid(counts: Mapping[str, int]) -> list[tuple[Text, int]]:
    """Return what no tile shows, the most first: central bodies, and entries that name no place."""
    names = {code: one.short for code, one in load_jurisdictions().items()}
    left = [(code, count) for code, count in counts.items() if code not in _GLYPHS and count]
    unknown = Text("未写明属地", "no place named")
    return [
        (names.get(code, unknown), count) for code, count in sorted(left, key=lambda one: (-one[1], one[0]))
    ]


def _level(count: int, most: int) -> int:
    # Rounding up: a province with one service must not look like a province with none.
    return -(-count * _LEVELS // most) if count else 0
