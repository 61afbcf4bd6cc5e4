"""The parts of docs/reference/industry-classification.md: how well entries are classified, and by what."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from openbeian.core.text import Text
from openbeian.industries import Place, Rules, load_rules
from openbeian.industries.measuring import (
    SETS,
    Judged,
    Share,
    confusions,
    judge,
    labelled_names,
    share,
    without_providers,
)

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]

_SETS = {
    "dev": Text("编写规则时参看", "looked at while the rules were written"),
    "held_out": Text("先于规则标注，未用于任何取舍", "labelled before the rules, used for no choice"),
    "third_party": Text(
        "他人的名单与分类，未用于任何取舍", "a list and labels of others, used for no choice"
    ),
}
_BANDS = ((0.0, 0.0, "0"), (0.0, 0.5, "0–0.5"), (0.5, 1.0, "0.5–1"))


_METHOD = Text(
    "由 `openbeian.industries` 的规则与 `labelled/` 中人工标注的名称算出。",
    "Computed from the rules of `openbeian.industries` and the names labelled by hand in its `labelled/`.",
)
_IN_DOUBT = Text(
    "把握为零即没有依据：行业记为「其他」，应由人判定。",
    "Confidence 0 means nothing to go by: the industry is then “other”, and a person should look.",
)
_CAVEAT = Text(
    "「只看词」不用知名提供者名单。维护规则的人也标注了 `held_out`，读过其中的名称，所以它的数字偏高，"
    "不能当作对陌生单位的估计；`third_party` 多为高校研究模型，单位用简称，又比名录条目难。"
    "真实名录的数字在两者之间的何处，要等完整标注一份官方名单才知道。",
    "“Words only” does without the list of well-known providers. Who wrote the rules labelled `held_out` "
    "and had read its names, so its figure is too high to stand for providers that nobody here knows; "
    "`third_party` is mostly research models of universities under short names and harder than a register's "
    "rows. Where between the two a real register lies is not known until an official list is labelled whole.",
)
_WEIGHTS = Text(
    "词的分量：强词 2、弱词 1，乘以所在位置：{places}；知名提供者 {known}。",
    "A strong word counts 2, a weak one 1, times the place: {places}; a well-known provider counts {known}.",
)


def parts(table: Table) -> list[str]:
    """Return the page piece by piece; `table` sets a head and rows as Markdown."""
    rules = load_rules()
    judged = {which: judge(rules, labelled_names(which)) for which in SETS}
    return [
        "# 行业与服务类型的判定 · Classification by industry and service type",
        _lines(_METHOD),
        "## 准确率 · Accuracy",
        _accuracy(rules, judged, table),
        _lines(_CAVEAT),
        "## 把握与准确率 · Confidence and accuracy",
        _lines(_IN_DOUBT),
        _by_confidence(judged, table),
        "## 误判 · Confusions",
        *_confused(rules, judged, table),
        "## 各类的标注数与依据 · Labels and rules of each class",
        _classes(rules, table),
        _providers(rules, table),
    ]


def _lines(text: Text) -> str:
    return f"{text.zh}\\\n{text.en}"


def _accuracy(rules: Rules, judged: dict[str, tuple[Judged, ...]], table: Table) -> str:
    rows = []
    for which, names in judged.items():
        bare = judge(without_providers(rules), labelled_names(which))
        typed = [each.type_right for each in names if each.labelled.service_type is not None]
        rows.append(
            [
                f"`{which}`：{_SETS[which].zh} · {_SETS[which].en}",
                _share(share([each.industry_right for each in names])),
                _share(share([each.industry_right for each in bare])),
                _share(share(typed)) if typed else "",
            ]
        )
    head = ["名称 names", "行业 industry", "行业，只看词 industry, words only", "服务类型 service type"]
    return table(head, rows) + "\n\n括号内为 95 % 威尔逊区间。In brackets Wilson's 95 % interval."


def _by_confidence(judged: dict[str, tuple[Judged, ...]], table: Table) -> str:
    rows = []
    for which, names in judged.items():
        cells = []
        for low, high, _ in _BANDS:
            inside = [
                each.industry_right
                for each in names
                if low < each.found.confidence <= high or low == high == each.found.confidence
            ]
            cells.append(_share(share(inside)) if inside else "")
        rows.append([f"`{which}`", *cells])
    return table(["名称 names", *(label for _, _, label in _BANDS)], rows)


def _confused(rules: Rules, judged: dict[str, tuple[Judged, ...]], table: Table) -> list[str]:
    pieces = []
    for which, names in judged.items():
        rows = [
            [
                _both(rules.name(labelled)),
                _both(rules.name(found)),
                str(count),
                _examples(names, labelled, found),
            ]
            for labelled, found, count in confusions(names)
        ]
        head = ["标注 labelled", "判定 found", "次数 times", "名称 names"]
        pieces += [f"### `{which}`", table(head, rows)]
    return pieces


def _examples(names: Sequence[Judged], labelled: str, found: str) -> str:
    wrong = [
        each.labelled.service_name
        for each in names
        if (each.labelled.industry, each.found.industry) == (labelled, found)
    ]
    return "、".join(wrong)


def _classes(rules: Rules, table: Table) -> str:
    labelled = {which: Counter(name.industry for name in labelled_names(which)) for which in SETS}
    words = Counter(word.label for word in rules.words)
    known = Counter(provider.industry for provider in rules.providers)
    rows = [
        [
            f"`{industry}`",
            *name,
            *(str(labelled[which][industry]) for which in SETS),
            str(words[industry]),
            str(known[industry]),
        ]
        for industry, name in rules.industry_names.items()
    ]
    head = ["行业 industry", "中文", "English", *(f"`{which}`" for which in SETS)]
    places = ", ".join(f"`{place}` {rules.places[place]}" for place in list(Place)[:3])
    weights = _lines(_WEIGHTS.fill(places=places, known=rules.places[Place.KNOWN_PROVIDER]))
    return table([*head, "词 words", "知名提供者 providers"], rows) + "\n\n" + weights


def _providers(rules: Rules, table: Table) -> str:
    sources = {provider.industry: provider.source for provider in rules.providers}
    rows = [[_both(rules.name(industry)), *source] for industry, source in sources.items()]
    return table(["知名提供者 well-known providers", "依据", "how we know"], rows)


def _share(part: Share) -> str:
    low, high = part.interval
    return f"{part.right} / {part.of} = {part.right / part.of:.1%} ({low:.1%}–{high:.1%})"


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"
