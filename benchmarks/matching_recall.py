# ruff: noqa: E501  the page that is written has long lines
"""Measure keyword matching and personal information: what is found of what is hidden, and what wrongly.

Run: python benchmarks/matching_recall.py CORPUS_FOLDER KEYWORDS.txt.gz [--write docs/reference/matching.md]

CORPUS_FOLDER holds *.jsonl or *.jsonl.gz with a field `text`: real text, taken as clean. KEYWORDS is a list, a
term a line. Evasions are made without the matcher's tables:

- lookalikes by drawing all letters of the basic plane with two fonts and comparing the pictures;
- separators from the keyboard and the symbols of GB 2312, with some emoji;
- invisible characters by their category in Unicode (Cf, and fillers and selectors by name);
- traditional characters by pairs that are listed here;
- pinyin by pypinyin, which the matcher uses too, so there only precision tells anything.
"""

import argparse
import gzip
import random
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson
from PIL import Image, ImageDraw, ImageFont

from openbeian.corpus.identifiers import passes_luhn
from openbeian.corpus.personal import PERSONAL_LABELS, PersonalKind, find_personal
from openbeian.corpus.scripts import scripts
from openbeian.matching import Keyword, KeywordMatcher, fold, join_texts
from openbeian.matching.spellings import SPELLING_LABELS, Spelling, spellings

DOCUMENT = 800
DOCUMENTS = 12_000
TERMS = 4_000
LATIN_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
HAN_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PAIRS = (
    "国國 学學 会會 时時 来來 对對 发發 开開 关關 门門 问問 间間 车車 东東 马馬 鸟鳥 鱼魚 龙龍 风風 飞飛 书書 说說 话話 语語 读讀 请請 让讓 认認 "
    "识識 证證 词詞 试試 诗詩 该該 谁誰 调調 谈談 论論 议議 记記 讲講 许許 设設 访訪 评評 钱錢 银銀 铁鐵 钟鐘 错錯 锁鎖 枪槍 杀殺 药藥 赌賭 卖賣 "
    "买買 贩販 货貨 贵貴 费費 贪貪 败敗 赔賠 赚賺 质質 爱愛 妈媽 妇婦 娱娛 奸姦 孙孫 宝寶 实實 审審 宪憲 导導 将將 尔爾 尘塵 层層 岁歲 岛島 币幣 "
    "师師 帐帳 广廣 庆慶 应應 庙廟 废廢 异異 弹彈 强強 归歸 当當 录錄 彻徹 径徑 忆憶 怀懷 态態 总總 恶惡 惊驚 惨慘 惩懲 战戰 戏戲 户戶 执執 扩擴 "
    "扫掃 扬揚 护護 报報 担擔 拟擬 拥擁 择擇 挥揮 损損 据據 敌敵 数數 断斷 旧舊 显顯 权權 杂雜 条條 极極 构構 标標 树樹 样樣 档檔 桥橋 检檢 楼樓 "
    "欢歡 残殘 毁毀 气氣 汉漢 汤湯 沟溝 没沒 泪淚 泽澤 洁潔 测測 济濟 浑渾 浓濃 涛濤 润潤 涨漲 渐漸 温溫 湾灣 湿濕 满滿 滚滾 滞滯 灭滅 灯燈 灵靈 "
    "灾災 炉爐 点點 烂爛 热熱 烟煙 烧燒 爷爺 牺犧 状狀 独獨 狱獄 猎獵 环環 现現 电電 画畫 疗療 疯瘋 监監 盖蓋 盘盤 着著 矿礦 码碼 确確 礼禮 祸禍 "
    "离離 种種 积積 称稱 稳穩 穷窮 竞競 笔筆 简簡 类類 粮糧 紧緊 纪紀 约約 级級 纯純 纸紙 线線 组組 细細 织織 终終 经經 结結 绕繞 给給 络絡 绝絕 "
    "统統 继繼 绩績 绪緒 续續 维維 综綜 绿綠 缓緩 编編 缘緣 缩縮 网網 罗羅 罚罰 职職 联聯 聪聰 肤膚 胁脅 胜勝 脑腦 脏臟 脱脫 脸臉 舰艦 艺藝 节節 "
    "苏蘇 荣榮 获獲 营營 蓝藍 虑慮 虚虛 补補 装裝 见見 规規 视視 觉覺 觊覬 触觸 计計 订訂 讨討 训訓 军軍 轮輪 软軟 轻輕 载載 较較 辆輛 输輸 辞辭 "
    "边邊 达達 迁遷 过過 运運 还還 这這 进進 远遠 违違 连連 迟遲 适適 选選 遗遺 邮郵 邻鄰 郑鄭 酱醬 释釋 针針 钢鋼 铜銅 长長 闭閉 闲閒 闹鬧 闻聞 "
    "阳陽 阴陰 阵陣 阶階 际際 陆陸 陈陳 险險 随隨 隐隱 难難 雾霧 静靜 页頁 项項 顺順 须須 顾顧 顿頓 预預 领領 频頻 题題 颜顏 额額 饭飯 饮飲 饱飽 "
    "馆館 驱驅 驾駕 骂罵 骗騙 骚騷 验驗 鸡雞 鸣鳴 麦麥 黄黃 齐齊 万萬 与與 专專 业業 丝絲 丢丟 两兩 严嚴 丧喪 个個 丰豐 临臨 为為 丽麗 举舉 义義 "
    "乐樂 习習 乡鄉 乱亂 争爭 亏虧 云雲 亚亞 产產 亲親 亿億 仅僅 从從 仓倉 仪儀 们們 价價 众眾 优優 伙夥 伟偉 传傳 伤傷 伦倫 伪偽 体體 债債 倾傾 "
    "偿償 储儲 儿兒 党黨 兰蘭 兴興 养養 内內 册冊 写寫 农農 决決 况況 冻凍 净淨 减減 凤鳳 击擊 则則 刘劉 创創 别別 剂劑 剑劍 剧劇 劝勸 办辦 务務 "
    "动動 励勵 劳勞 势勢 区區 医醫 华華 协協 单單 卫衛 却卻 厂廠 历歷 压壓 厌厭 参參 双雙 变變 叶葉 号號 叹嘆 吓嚇 启啟 员員 呜嗚 响響 团團 园園 "
    "围圍 图圖 圆圓 圣聖 场場 坏壞 块塊 坚堅 坛壇 垒壘 墙牆 声聲 处處 备備 复復 够夠 头頭 夹夾 夺奪 奋奮 奖獎 "
)
TRADITIONAL = {pair[0]: pair[1] for pair in PAIRS.split()}
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Hide = Callable[[str, random.Random], str | None]


class Row(NamedTuple):
    """One line of the table of recall."""

    name: str
    found: int
    hidden: int
    aim: str


def texts_of(folder: Path) -> Iterator[str]:
    """Yield the texts of all JSONL files of a folder."""
    for path in sorted(folder.glob("*.jsonl*")):
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for line in islice(file, 6000):
                yield orjson.loads(line)["text"]


def documents(folder: Path) -> list[str]:
    """Return documents of one length, cut from all of the text at even distances."""
    pool = "\n".join(texts_of(folder))
    step = max(DOCUMENT, len(pool) // DOCUMENTS)
    return [pool[at : at + DOCUMENT] for at in range(0, len(pool) - DOCUMENT, step)]


def picture(character: str, font: ImageFont.FreeTypeFont) -> bytes:
    """Return the character as drawn."""
    image = Image.new("1", (96, 96))
    ImageDraw.Draw(image).text((24, 8), character, fill=1, font=font)
    return image.tobytes()


def lookalikes(of: Sequence[str], among: Sequence[str], font_at: Path) -> dict[str, str]:
    """Return for each of some characters those that a font draws exactly alike."""
    font = ImageFont.truetype(str(font_at), 64)
    known = {picture(one, font): one for one in of}
    known.pop(picture("\U000fffff", font), None)
    known.pop(picture(" ", font), None)
    found: dict[str, str] = {}
    for other in among:
        if (one := known.get(picture(other, font))) is not None:
            found[one] = found.get(one, "") + other
    return found


def latin_lookalikes() -> dict[str, str]:
    """Return for each letter of ASCII what looks like it, and is no compatibility form of it."""
    letters = [
        chr(code) for code in range(0x80, 0xD800) if unicodedata.category(chr(code)) in {"Ll", "Lu", "Lo"}
    ]
    letters = [one for one in letters if not "\u3400" <= one < "\u9fff"]
    letters = [one for one in letters if not unicodedata.normalize("NFKD", one)[0].isascii()]
    return lookalikes(LATIN, letters, LATIN_FONT)


def han_lookalikes(terms: Sequence[str]) -> dict[str, str]:
    """Return for the Han characters of the terms which radicals and strokes, and listed kana, look like them."""
    wanted = sorted({one for term in terms for one in term if "\u4e00" <= one < "\u9fff"})
    ranges = (range(0x2E80, 0x2FE0), range(0x31C0, 0x31E4))
    found = lookalikes(wanted, [chr(code) for codes in ranges for code in codes], HAN_FONT)
    for one, kana in ("力カ", "口ロ", "二ニ", "八ハ", "卜ト", "夕タ", "工エ"):
        found[one] = found.get(one, "") + kana
    return found


def separators() -> tuple[str, ...]:
    """Return the signs of a keyboard, the symbols of GB 2312, and some emoji."""
    keyboard = [chr(code) for code in range(0x20, 0x7F) if not chr(code).isalnum()]
    symbols = [bytes((0xA1, low)).decode("gb2312") for low in range(0xA1, 0xFF)]
    kinds = {"Po", "Pd", "Sm", "So", "Zs", "Sk"}
    return (*keyboard, *(one for one in symbols if unicodedata.category(one) in kinds), *"😀🔥❤👍", "\n")


def invisible() -> str:
    """Return the format characters of the basic plane, fillers, joiners and selectors."""
    codes = [code for code in range(0x10000) if unicodedata.category(chr(code)) == "Cf"]
    words = ("HANGUL FILLER", "CHOSEONG FILLER", "JUNGSEONG FILLER", "VARIATION SELECTOR", "GRAPHEME JOINER")
    named = [
        chr(code) for code in range(0x10000) if any(word in unicodedata.name(chr(code), "") for word in words)
    ]
    # Marks of Arabic and Syriac numbers are seen, and line breaks of other kinds are spaces.
    return "".join([chr(code) for code in codes if not 0x600 <= code < 0x8E3] + named)


def between_all(signs: Sequence[str]) -> Hide:
    """Hide with one sign between all letters."""

    def hide(term: str, chance: random.Random) -> str | None:
        plain = "".join(term.split())
        return chance.choice(signs).join(plain) if len(plain) > 2 else None

    return hide


def at_one(signs: Sequence[str], lengths: range) -> Hide:
    """Hide a Chinese term with one sign at one place."""

    def hide(term: str, chance: random.Random) -> str | None:
        if len(term) not in lengths or not all("\u4e00" <= one < "\u9fff" for one in term):
            return None
        at = chance.randrange(1, len(term))
        return term[:at] + chance.choice(signs) + term[at:]

    return hide


def each(change: Callable[[str, random.Random], str]) -> Hide:
    """Hide by changing single characters, half of those that change at all, and one at least."""

    def hide(term: str, chance: random.Random) -> str | None:
        can = [at for at, one in enumerate(term) if change(one, random.Random(0)) != one]  # noqa: S311
        if not can:
            return None
        must = chance.choice(can)
        return "".join(
            change(one, chance) if at in can and (at == must or chance.random() < 0.5) else one
            for at, one in enumerate(term)
        )

    return hide


def among(looks: dict[str, str]) -> Callable[[str, random.Random], str]:
    """Change a character into one that looks like it."""
    return lambda one, chance: chance.choice(looks[one]) if one in looks else one


def wide(one: str, _: random.Random) -> str:
    """Return the full-width form."""
    return chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one


def hidden_in(signs: str) -> Hide:
    """Hide with one to three invisible characters between letters."""

    def hide(term: str, chance: random.Random) -> str | None:
        if len(term) == 1:
            return None
        at = chance.randrange(1, len(term))
        return term[:at] + "".join(chance.choices(signs, k=chance.randrange(1, 4))) + term[at:]

    return hide


def recall(matcher: KeywordMatcher, terms: Sequence[str], hide: Hide, pool: Sequence[str]) -> tuple[int, int]:
    """Return how many terms are found where they stand hidden in clean text, of how many that could be."""
    chance = random.Random(5)  # noqa: S311  the same evasions at every run
    planted: list[tuple[str, str, int]] = []
    for number, term in enumerate(terms):
        hidden = hide(term, chance)
        if hidden is not None and hidden != term:
            around = pool[number % len(pool)]
            cut = chance.randrange(100, 200)
            edges = ("，", "。") if term[0].isascii() or term[-1].isascii() else ("", "")
            text = around[:cut] + edges[0] + hidden + edges[1] + around[cut:300]
            planted.append((term, text, cut + len(edges[0])))
    found = 0
    for (term, _, at), hits in zip(planted, matcher.find_many([text for _, text, _ in planted]), strict=True):
        found += any(hit.term == term and hit.start <= at + 1 and hit.end > at for hit in hits)
    return found, len(planted)


def rows_of_recall(matcher: KeywordMatcher, terms: Sequence[str], pool: Sequence[str]) -> list[Row]:
    """Return the table of recall."""
    signs = separators()
    marks = [one for one in signs if unicodedata.category(one)[0] == "S" and one not in "<>¨"]
    marks += list("*#@&%_")
    latin = among(latin_lookalikes())
    hides: list[tuple[str, Hide, str]] = [
        ("宽度 width", each(wide), "99 %"),
        ("大小写 case", each(lambda one, _: one.swapcase()), "99 %"),
        ("繁体 traditional", each(lambda one, _: TRADITIONAL.get(one, one)), "99 %"),
        ("零宽 zero-width", hidden_in(invisible()), "99 %"),
        ("分隔符，每字之间 separators between all letters, 3 letters and more", between_all(signs), "97 %"),
        ("一个符号，三字以上 one mark, 3 characters and more", at_one(marks, range(3, 99)), "97 %"),
        ("一个符号，两字词 one mark, words of 2 characters", at_one(marks, range(2, 3)), "97 %"),
        ("一个标点，两字词 one sign of punctuation, words of 2", at_one(" ,.、。-/·", range(2, 3)), "—"),
        ("形近字，拉丁词 lookalikes, Latin terms", each(latin), "95 %"),
        ("形近字，汉字词 lookalikes, Chinese terms", each(among(han_lookalikes(terms))), "95 %"),
    ]
    english = [term for term in terms if term.isascii() and term.isalpha()]
    rows = []
    for name, hide, aim in hides:
        of = english * 8 if "Latin" in name else terms
        rows.append(Row(name, *recall(matcher, of, hide, pool), aim))
    return rows


def excess(entries: Sequence[str], docs: Sequence[str], *, disguises: bool) -> tuple[int, int]:
    """Return how many clean documents are hit though no term stands in them literally, and how many are hit."""
    matcher = KeywordMatcher([(term, "A.1.a") for term in entries], disguises=disguises)
    more = hit = 0
    for at in range(0, len(docs), 1000):
        part = docs[at : at + 1000]
        for text, hits in zip(part, matcher.find_many(part), strict=True):
            literal = any(text[one.start : one.end] == one.term for one in hits)
            hit += bool(hits)
            more += bool(hits) and not literal
    return more, hit


def precision_of(way: Spelling, terms: Sequence[str], docs: Sequence[str]) -> tuple[int, int, int]:
    """Return the clean documents a spelling hits, and of one planted in a hundred documents how many are found."""
    chinese = [term for term in terms if all("\u4e00" <= one < "\u9fff" for one in term)]
    chance = random.Random(6)  # noqa: S311
    matcher = KeywordMatcher([Keyword(term, "A.1.a", (), (way,)) for term in chinese], disguises=False)
    plain = KeywordMatcher([(term, "A.1.a") for term in chinese], disguises=False)
    wrong = found = planted = 0
    for at in range(0, len(docs), 1000):
        part = docs[at : at + 1000]
        for hits, less in zip(matcher.find_many(part), plain.find_many(part), strict=True):
            wrong += len(hits) > len(less)
    written = [list(spellings(fold(term), [way])) for term in chance.sample(chinese, len(chinese))]
    texts = [f"{docs[at][:200]}，{chance.choice(ways)}。" for at, ways in enumerate(written) if ways]
    texts = texts[: len(docs) // 100]
    planted = len(texts)
    found = sum(
        any(hit.end > len(text) - 2 for hit in hits)
        for text, hits in zip(texts, matcher.find_many(texts), strict=True)
    )
    return wrong, found, planted


def citizen_number(chance: random.Random) -> str:
    """Return a citizen number."""
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(25_000))
    body = f"{chance.choice(('110105', '440305', '620102'))}{born:%Y%m%d}{chance.randrange(1000):03d}"
    total = sum(weight * int(digit) for weight, digit in zip(CITIZEN_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def card(chance: random.Random) -> str:
    """Return a bank card number."""
    body = chance.choice(("622202", "621226", "4213", "5187"))
    body += "".join(chance.choices("0123456789", k=(18 if body[0] == "6" else 15) - len(body)))
    return next(body + digit for digit in "0123456789" if passes_luhn(body + digit))


def credit_code(chance: random.Random) -> str:
    """Return a unified social credit code."""
    body = "91440300MA" + "".join(chance.choices(CREDIT, k=7))
    total = sum(CREDIT.index(one) * pow(3, at, 31) for at, one in enumerate(body))
    return body + CREDIT[(31 - total % 31) % 31]


PLANTED: dict[PersonalKind, Callable[[random.Random], str]] = {
    PersonalKind.CITIZEN_NUMBER: citizen_number,
    PersonalKind.BANK_CARD: card,
    PersonalKind.CREDIT_CODE: credit_code,
    PersonalKind.MOBILE: lambda chance: (
        f"1{chance.choice(('38', '59', '86', '77'))}{chance.randrange(10**8):08d}"
    ),
    PersonalKind.EMAIL: lambda chance: f"li.lei{chance.randrange(1000)}@mail.example.cn",
    PersonalKind.PLATE: lambda chance: f"粤B{chance.randrange(10**5):05d}",
    PersonalKind.PASSPORT: lambda chance: f"护照号：E{chance.randrange(10**8):08d}",
}

NOISE: tuple[Callable[[random.Random], str], ...] = (
    lambda chance: (
        f"订单号{date(2020, 1, 1) + timedelta(days=chance.randrange(2000)):%Y%m%d}{chance.randrange(10**10):010d}"
    ),
    lambda chance: f"运单 SF{chance.randrange(10**12):012d}",
    lambda chance: f"{chance.randrange(1900, 2030)}年{chance.randrange(1, 13)}月{chance.randrange(1, 29)}日",
    lambda chance: (
        f"{chance.randrange(1900, 2030)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    ),
    lambda chance: f"¥{chance.randrange(10**7) / 100:.2f}",
    lambda chance: f"{chance.randrange(10**10):,}元",
    lambda chance: f"电话0{chance.choice(('10', '21', '755', '571'))}-{chance.randrange(10**8):08d}",
    lambda chance: f"400-{chance.randrange(1000):03d}-{chance.randrange(10**4):04d}",
    lambda chance: f"sha1 {chance.getrandbits(160):040x}",
    lambda chance: f"{chance.getrandbits(128):032x}",
    lambda chance: f"id={chance.randrange(10**17, 10**19)}",
    lambda chance: f"时间戳{chance.randrange(1_400_000_000_000, 1_900_000_000_000)}",
    lambda chance: (
        f"ISBN 978-7-{chance.randrange(10**3):03d}-{chance.randrange(10**5):05d}-{chance.randrange(10)}"
    ),
    lambda chance: f"{chance.random() * 180:.8f}, {chance.random() * 90:.8f}",
    lambda chance: ".".join(str(chance.randrange(256)) for _ in range(4)),
    lambda chance: f"第{chance.randrange(10**4)}条第{chance.randrange(20)}款",
    lambda chance: f"v{chance.randrange(20)}.{chance.randrange(20)}.{chance.randrange(10**6)}",
)


def personal() -> tuple[dict[PersonalKind, tuple[int, int]], int, int]:
    """Return what is found of each kind planted among digits, and what is found that nobody planted."""
    chance = random.Random(8)  # noqa: S311
    texts, wanted = [], []
    for number in range(14_000):
        kind = list(PLANTED)[number % len(PLANTED)]
        noise = [one(chance) for one in chance.choices(NOISE, k=20)]
        at = chance.randrange(len(noise))
        texts.append("，".join([*noise[:at], PLANTED[kind](chance), *noise[at:]]))
        wanted.append(kind)
    joined = join_texts(texts)
    found = find_personal(joined, scripts(joined.units))
    right = {(one.owner, one.kind) for one in found if one.kind is wanted[one.owner]}
    counted = {
        kind: (sum(wanted[owner] is kind for owner, _ in right), wanted.count(kind)) for kind in PLANTED
    }
    return counted, len(found) - len(right), len(texts) * 20


def cost(terms: Sequence[str], docs: Sequence[str]) -> tuple[float, float, float]:
    """Return nanoseconds of processor time a UTF-16 unit: folding, exact matching, and all of it."""
    joined = [join_texts(docs[at : at + 1000]) for at in range(0, len(docs), 1000)]
    exact = KeywordMatcher([(term, "a") for term in terms], disguises=False)
    every = KeywordMatcher([(term, "a") for term in terms])
    works: tuple[Callable[[], object], ...] = (
        lambda: [join_texts(docs[at : at + 1000]) for at in range(0, len(docs), 1000)],
        lambda: [exact.find_joined(one) for one in joined],
        lambda: [every.find_joined(one) for one in joined],
    )
    best = [float("inf")] * len(works)
    for _ in range(3):
        for at, work in enumerate(works):
            started = time.process_time()
            work()
            best[at] = min(best[at], time.process_time() - started)
    units = sum(len(one.units) for one in joined)
    return best[0] / units * 1e9, best[1] / units * 1e9, best[2] / units * 1e9


def share(count: int, whole: int) -> str:
    """Return a share in percent."""
    return f"{100 * count / whole:.2f} %" if whole else "–"


def page(folder: Path, words: list[str]) -> Iterator[str]:
    """Yield the lines of the page."""
    docs = documents(folder)
    chosen = random.Random(3).sample(words, min(TERMS, len(words)))  # noqa: S311
    chosen += [word for word in words if word.isascii() and word.isalpha() and word not in set(chosen)]
    # What the corpora never hold literally: each hit in them is one more than exact matching has.
    whole = "\n".join(docs).lower()
    rare = [word for word in chosen if word.lower() not in whole]
    yield "# Keyword matching and personal information, measured · 关键词匹配与个人信息识别实测\n"
    yield "    python benchmarks/matching_recall.py CORPUS_FOLDER KEYWORDS.txt.gz --write docs/reference/matching.md\n"
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251  a benchmark dates its own table
    yield f"Written by that command on {today}: {len(words)} words of a real list, of them {len(chosen)} for the evasions;"
    yield f"{len(docs)} passages of {DOCUMENT} characters of real Chinese laws, histories and poetry as clean text.\n"
    yield (__doc__ or "").split("\n\n", 2)[2].strip() + "\n"
    yield "## Found of what is hidden · 规避写法的查全率\n"
    yield "| evasion | found | of | recall | aim |\n|---|---|---|---|---|"
    matcher = KeywordMatcher([(term, "A.1.a") for term in chosen])
    for row in rows_of_recall(matcher, chosen, docs):
        yield f"| {row.name} | {row.found} | {row.hidden} | {share(row.found, row.hidden)} | {row.aim} |"
    yield from page_of_excess(words, rare, docs)
    yield from page_of_spellings(rare, docs)
    yield from page_of_cost(rare, docs)
    yield from page_of_personal()


def page_of_excess(words: list[str], rare: list[str], docs: list[str]) -> Iterator[str]:
    """Yield what clean text is hit more than by exact matching."""
    yield "\n## Hit beyond exact matching in clean text · 干净文本的多余命中\n"
    yield "Documents that are hit though no term stands in them literally (aim: at most 0.1 %).\n"
    yield "| list | folding alone | everything | of |\n|---|---|---|---|"
    for name, of in (
        (f"the whole list ({len(words)})", words),
        (f"what the text never holds ({len(rare)})", rare),
    ):
        folded, every = (excess(of, docs, disguises=one)[0] for one in (False, True))
        yield f"| {name} | {folded} ({share(folded, len(docs))}) | {every} ({share(every, len(docs))}) | {len(docs)} |"


def page_of_spellings(rare: list[str], docs: list[str]) -> Iterator[str]:
    """Yield the precision of the optional spellings."""
    yield "\n## Optional spellings · 可选变体\n"
    yield "Off unless a list asks. One document in a hundred holds one that is meant; precision is their share of all hit.\n"
    yield "| spelling | innocent documents hit | found | precision |\n|---|---|---|---|"
    for way in Spelling:
        wrong, found, planted = precision_of(way, rare, docs)
        label = SPELLING_LABELS[way]
        yield f"| {label.zh} {label.en} | {wrong} of {len(docs)} | {found} of {planted} | {share(found, found + wrong)} |"


def page_of_cost(rare: list[str], docs: list[str]) -> Iterator[str]:
    """Yield what evasions cost in clean text."""
    folding, exact, every = cost(rare, docs[:6000])
    yield "\n## What it costs in clean text · 干净文本的开销\n"
    yield f"Nanoseconds of processor time a UTF-16 unit, best of three, in one run on a shared machine: folding {folding:.1f},"
    yield f"exact matching {exact:.1f}, matching with disguises {every:.1f}."


def page_of_personal() -> Iterator[str]:
    """Yield what is found of personal information."""
    counted, wrong, noise = personal()
    right = sum(found for found, _ in counted.values())
    yield "\n## Personal information among digits · 数字密集文本中的个人信息\n"
    yield "One item among twenty numbers that are none: orders, parcels, dates, prices, landlines, hashes, ids, ISBN, coordinates.\n"
    yield "| kind | found | planted | recall (aim 99 %) |\n|---|---|---|---|"
    for kind, (found, planted) in counted.items():
        label = PERSONAL_LABELS[kind]
        yield f"| {label.zh} {label.en} | {found} | {planted} | {share(found, planted)} |"
    yield f"\nFound that nobody planted: {wrong} among {noise} numbers; precision {share(right, right + wrong)} (aim 98 %)."


def main() -> None:
    """Measure and print the page, or write it."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("keywords", type=Path)
    arguments.add_argument("--write", type=Path)
    given = arguments.parse_args()
    if not (given.folder.is_dir() and LATIN_FONT.is_file() and HAN_FONT.is_file()):
        sys.exit("skipped: the corpus or the fonts are not here")
    with gzip.open(given.keywords, "rt", encoding="utf-8") as file:
        words = [word for line in file if len(word := line.strip()) > 1 and fold(word).strip()]
    text = "\n".join(page(given.folder, words)) + "\n"
    if given.write:
        given.write.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
