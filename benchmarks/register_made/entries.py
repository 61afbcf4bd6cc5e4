"""Synthetic entries of the register, from short word lists; the same for the same number of entries.

Shaped after what is published: nine of ten entries come from published lists, three of ten are
registrations that call a filed model (some models far more often than others), entries become more over
the years, and names repeat as they do in life.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate

from openbeian.industries import Industry, ServiceType
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.stored_rows import take
from openbeian.published import Place, PublishedRow, Series, Source
from openbeian.standards import load_jurisdictions

__all__ = ["DAYS", "FIRST", "made_entries", "made_rows"]

FIRST = date(2023, 8, 15)
DAYS = 1_200
FIRST_WORDS = [
    "小舟",
    "百川",
    "星河",
    "云杉",
    "青禾",
    "晨曦",
    "海棠",
    "灵犀",
    "天枢",
    "明镜",
    "观澜",
    "行云",
    "长风",
    "知音",
    "重楼",
    "银杏",
    "墨韵",
    "丹青",
    "松涛",
    "远山",
]
SECOND_WORDS = [
    "智",
    "星",
    "云",
    "光",
    "信",
    "联",
    "博",
    "创",
    "通",
    "达",
    "华",
    "安",
    "睿",
    "思",
    "图",
    "象",
    "维",
    "元",
    "启",
    "航",
]
FIELDS = [
    "医疗",
    "金融",
    "教育",
    "法律",
    "政务",
    "汽车",
    "客服",
    "编程",
    "零售",
    "物流",
    "工业",
    "文旅",
    "传媒",
    "招聘",
    "农业",
    "能源",
    "地产",
    "家居",
    "健康",
    "气象",
]
KINDS = ["大模型", "智能助手", "问答", "写作", "绘图", "语音", "对话", "翻译", "生成", "助理"]
TRADES = ["科技", "信息技术", "网络科技", "智能科技", "数据", "软件"]
SYLLABLES = [
    "Xiao",
    "Zhou",
    "Bai",
    "Chuan",
    "Xing",
    "He",
    "Yun",
    "Shan",
    "Qing",
    "He",
    "Chen",
    "Xi",
    "Ling",
    "Xi",
    "Tian",
    "Shu",
    "Ming",
    "Jing",
    "Guan",
    "Lan",
]
CITIES = ["", "", "", "市"]


def made_rows(count: int) -> Iterator[PublishedRow]:
    """Yield `count` rows as published lists give them."""
    chance = random.Random(20260101)  # noqa: S311  the same register at every run
    places = list(load_jurisdictions().values())
    weights = list(accumulate(60 if at < 4 else 20 if at < 10 else 5 for at in range(len(places))))
    bases: list[tuple[str, str]] = []
    for number in range(count):
        place = chance.choices(places, cum_weights=weights)[0]
        is_filing = chance.random() < 0.7 or not bases
        day = FIRST + timedelta(int(DAYS * chance.random() ** 0.5))
        word = (
            chance.choice(FIRST_WORDS) + chance.choice(SECOND_WORDS) + chance.choice(SECOND_WORDS + [""] * 9)
        )
        service = word + chance.choice(["", *FIELDS]) + chance.choice(KINDS)
        latin = "".join(chance.choices(SYLLABLES, k=2))
        owner = chance.choice(SECOND_WORDS) + chance.choice(SECOND_WORDS) + chance.choice(SECOND_WORDS)
        provider = f"{place.zh_short}{chance.choice(CITIES)}{owner}{chance.choice(TRADES)}有限公司"
        mark = "" if is_filing else "R"
        called = ("", "")
        if is_filing:
            filing_number = f"{place.pinyin}-{latin}{number}-{day:%Y%m%d}{number % 9999 + 1:04d}"
            if len(bases) < 3_000:
                bases.append((service, filing_number))
        else:
            filing_number = f"{place.pinyin}-{latin}{number}-{mark}{day:%Y%m%d}{number % 9999 + 1:04d}"
            called = bases[min(int(chance.paretovariate(0.6)), len(bases)) - 1]
        yield PublishedRow(
            Series.FILING if is_filing else Series.REGISTRATION,
            service,
            Source(
                f"list-{number // 2000}.xlsx",
                "ab" * 32,
                Place(f"list-{number // 2000}.xlsx", number % 2000, "sheet", "1"),
            ),
            provider=provider,
            number=filing_number,
            sequence=number % 2000 + 1,
            jurisdiction=place.code,
            printed_place=place.zh_short,
            filed_on=day,
            base_model=called[0],
            base_number=called[1],
        )


def made_entries(count: int) -> Iterator[RegisterEntry]:
    """Yield `count` entries, not saved, classes and statuses drawn by chance: one object, filled anew."""
    chance = random.Random(7)  # noqa: S311  the same
    industries, types = [*(each.value for each in Industry), ""], [each.value for each in ServiceType]
    statuses = ["valid"] * 18 + ["suspended", "expired"]
    entry = RegisterEntry()
    for at, row in enumerate(made_rows(count), 1):
        entry.pk, entry.key, entry.status = at, row.number, chance.choice(statuses)
        entry.industry, entry.service_type = chance.choice(industries), chance.choice(types)
        take(entry, row)
        yield entry
