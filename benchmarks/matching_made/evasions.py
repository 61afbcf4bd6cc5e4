# ruff: noqa: E501  the pairs of traditional characters stand in long lines
"""Ways of hiding a term, made without the matcher's tables, for `matching_recall.py`."""

import random
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

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

Hide = Callable[[str, random.Random], str | None]


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
