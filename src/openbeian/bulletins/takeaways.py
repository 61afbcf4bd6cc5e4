"""The key takeaways: how many, how many new, which place, which way the industries go, how long it takes."""

from openbeian.bulletins.document import Sentence
from openbeian.bulletins.notebook import Notebook
from openbeian.bulletins.words import place_name
from openbeian.core.bulletin_figures import SPECIFIC
from openbeian.core.text import Text

__all__ = [
    "by_office",
    "here",
    "largest_shift",
    "leading_industries",
    "new_ones",
    "registrations",
    "shift",
    "standing",
    "time_taken",
    "total",
]


def here(book: Notebook) -> Text:
    """Return what the bulletin's jurisdiction is called in a sentence."""
    return place_name(book.scope.jurisdiction)


def _when(book: Notebook) -> Text:
    scope = book.scope
    if scope.period is not None:
        return Text(scope.period.text.zh, f"in {scope.period.text.en}")
    return Text("本批", "in this round")


def _some(number: float, one: str, many: str) -> str:
    return one if number == 1 else many


def total(book: Notebook) -> Sentence:
    """Say how many are on file."""
    number = book.number("on_file", "on_file")
    day = book.query("on_file").as_of.isoformat()
    verb = _some(number, "filing stands", "filings stand")
    return Sentence(
        Text(
            "截至 {day}，{place}在册备案 {on_file} 项。",
            f"As of {{day}}, {{on_file}} {verb} on file in {{place}}.",
        ),
        {"day": Text(day, day), "place": here(book)},
    )


def new_ones(book: Notebook) -> Sentence:
    """Say how many are new, and of how many providers."""
    number = book.number("new", "new", **book.window)
    providers = book.number("providers", "providers_of_new", **book.window)
    names = {"when": _when(book), "place": here(book)}
    if not number:
        return Sentence(
            Text("{when}{place}没有新增备案。", "No filing was certified in {place} {when}."), names
        )
    services, was = ("service", "was") if number == 1 else ("services", "were")
    firms = _some(providers, "provider", "providers")
    zh_new, en_new = ("新发证", "certified") if book.scope.round else ("新增备案", "filed")
    if not providers:
        return Sentence(
            Text(
                f"{{when}}{{place}}{zh_new} {{new}} 项。",
                f"{{new}} {services} {was} newly {en_new} in {{place}} {{when}}.",
            ),
            names,
        )
    return Sentence(
        Text(
            f"{{when}}{{place}}{zh_new} {{new}} 项，属于 {{providers}} 家提供者。",
            f"{{new}} {services} of {{providers}} {firms} {was} newly {en_new} in {{place}} {{when}}.",
        ),
        names,
    )


def standing(book: Notebook) -> Sentence | None:
    """Say the jurisdiction's rank, or who leads the country; None where nothing is on file."""
    provinces = book.number("jurisdictions", "jurisdictions", jurisdiction="")
    if not provinces:
        return None
    if not book.scope.jurisdiction:
        return _leaders(book)
    if book.ask("rank", "rank") is None:
        return Sentence(
            Text("{place}没有在册备案，不列入名次。", "{place} has nothing on file and no rank."),
            {"place": here(book)},
        )
    shared = book.number("rank_shared_by", "rank_shared_by")
    zh = "按在册数，{place}在有备案的 {jurisdictions} 个属地中列第 {rank} 位"
    en = "{place} ranks {rank} of {jurisdictions} jurisdictions by what is on file"
    if shared > 1:
        zh, en = f"{zh}，{{rank_shared_by}} 个属地并列", f"{en}; {{rank_shared_by}} share that rank"
    return Sentence(Text(f"{zh}。", f"{en}."), {"place": here(book)})


def _leaders(book: Notebook) -> Sentence:
    codes = str(book.ask("leaders", "leaders")).split(",")
    book.ask("most_on_file", "most_on_file")
    zh_each, each, verb = ("各 ", " each", "have") if len(codes) > 1 else ("", "", "has")
    return Sentence(
        Text(
            f"{{jurisdictions}} 个属地有在册备案，最多的是{{leaders}}，{zh_each}{{most_on_file}} 项。",
            f"{{jurisdictions}} jurisdictions have filings; {{leaders}} {verb} the most, "
            f"{{most_on_file}}{each}.",
        )
    )


def shift(book: Notebook) -> Sentence | None:
    """Say which share of what is new is for an industry, and which it was before; None where none is."""
    before_last = book.scope.day_before
    classified = book.number("classified", "classified", **book.window)
    before = book.ask("share_before", "share", industry=SPECIFIC, until=before_last)
    if not classified:
        return None
    book.ask("share_now", "share", industry=SPECIFIC, **book.window)
    book.ask("specific_now", "new", industry=SPECIFIC, **book.window)
    names = {"when": _when(book), "place": here(book)}
    zh = (
        "{when}{place}新增备案中，面向行业应用的占 {share_now}"
        "（已判定 {classified} 项中的 {specific_now} 项）"
    )
    en = (
        "{share_now} of what is new in {place} {when} is for a specific industry "
        "({specific_now} of {classified} classified)"
    )
    if before is None:
        return Sentence(Text(f"{zh}。", f"{en}."), names)
    points = book.number(
        "shift_to_industries", "shift", industry=SPECIFIC, base_until=before_last, **book.window
    )
    if not points:
        return Sentence(
            Text(f"{zh}，与此前的 {{share_before}} 持平。", f"{en}, as before: {{share_before}}."), names
        )
    zh_way, en_way = ("上升", "up") if points > 0 else ("下降", "down")
    return Sentence(
        Text(
            f"{zh}，比此前的 {{share_before}} {zh_way} {{shift_to_industries}} 个百分点。",
            f"{en}, {en_way} {{shift_to_industries}} points from {{share_before}} before.",
        ),
        names,
    )


def largest_shift(book: Notebook) -> Sentence | None:
    """Say which industry's share rose most; None where none did."""
    before_last = book.scope.day_before
    industry = book.ask("rising_industry", "largest_shift", base_until=before_last, **book.window)
    if industry is None:
        return None
    book.ask("rising_now", "share", industry=industry, **book.window)
    book.ask("rising_before", "share", industry=industry, until=before_last)
    return Sentence(
        Text(
            "占比上升最多的是{rising_industry}：此前占 {rising_before}，现占 {rising_now}。",
            "The share of {rising_industry} rose most: from {rising_before} before to {rising_now} now.",
        )
    )


def time_taken(book: Notebook) -> Sentence:
    """Say how long it takes from handing in to the certificate; kept back where so few would point at one."""
    if not book.scope.jurisdiction:
        return by_office(book) or _kept_back(here(book))
    book.ask("cases", "certified_cases")
    if book.ask("median_days", "median_days") is None:
        return _kept_back(here(book))
    return Sentence(
        Text(
            "{place}历来在本系统发证的 {cases} 件，从首次提交到发证的中位数为 {median_days} 天。",
            "The {cases} cases of {place} certified here so far took a median of {median_days} days from "
            "handing in to the certificate.",
        ),
        {"place": here(book)},
    )


def _kept_back(place: Text) -> Sentence:
    return Sentence(
        Text(
            "{place}在本系统办结的件数尚少，不公布从提交到发证的用时，以免看出是谁。",
            "So few cases of {place} were certified here that the time they took is kept back: "
            "it would point at somebody.",
        ),
        {"place": place},
    )


def by_office(book: Notebook) -> Sentence | None:
    """Say how long it takes from office to office; None where no office has cases enough to publish it."""
    offices = book.number("offices", "offices_with_median", jurisdiction="")
    if not offices:
        return None
    shortest = book.ask("shortest_days", "shortest_median_days", jurisdiction="")
    longest = book.ask("longest_days", "longest_median_days", jurisdiction="")
    one, few = ("office", "has") if offices == 1 else ("offices", "have")
    if shortest == longest:
        return Sentence(
            Text(
                "公布用时的 {offices} 个属地，从首次提交到发证的中位数为 {shortest_days} 天。",
                f"{{offices}} {one} {few} cases enough to publish the time from handing in to the "
                "certificate: a median of {shortest_days} days.",
            )
        )
    return Sentence(
        Text(
            "公布用时的 {offices} 个属地，从首次提交到发证的中位数"
            "最短 {shortest_days} 天，最长 {longest_days} 天。",
            f"{{offices}} {one} {few} cases enough to publish the time from handing in to the certificate: "
            "medians run from {shortest_days} to {longest_days} days.",
        )
    )


def leading_industries(book: Notebook) -> Sentence:
    """Say which industries lead among what is new, of which something is classified, and led before."""
    leading = str(book.ask("leading_industry", "leading_industry", **book.window))
    several = "," in leading
    fields = _some(
        book.number("industries_of_new", "industries_of_new", **book.window), "industry", "industries"
    )
    first = leading.partition(",")[0]
    book.ask("leading_new", "new", industry=first, **book.window)
    zh = "新增涉及 {industries_of_new} 个行业，最多的是{leading_industry}，" + ("各 " if several else "")
    verb, each = ("lead", " each") if several else ("leads", "")
    en = (
        f"What is new belongs to {{industries_of_new}} {fields}; {{leading_industry}} {verb} with "
        f"{{leading_new}}{each}"
    )
    before = {"until": book.scope.day_before}
    led = book.ask("led_before", "leading_industry", **before)
    if led is None:
        return Sentence(Text(f"{zh}{{leading_new}} 项。", f"{en}."))
    book.ask("led_share", "share", industry=str(led).partition(",")[0], **before)
    return Sentence(
        Text(
            f"{zh}{{leading_new}} 项；此前最多的是{{led_before}}，占 {{led_share}}。",
            f"{en}. Before, it was {{led_before}}, with {{led_share}}.",
        )
    )


def registrations(book: Notebook) -> Sentence | None:
    """Say how many registrations there are, which are never added to filings; None where there are none."""
    number = book.number("registrations", "on_file", series="registration")
    if not number:
        return None
    book.ask("new_registrations", "new", series="registration", **book.window)
    verb = _some(number, "registration stands", "registrations stand")
    return Sentence(
        Text(
            "另有登记 {registrations} 项在册（{when}新增 {new_registrations} 项），"
            "与备案是两个序列，不相加。",
            f"Apart from these, {{registrations}} {verb} on file ({{new_registrations}} new {{when}}); "
            "the two series are never added.",
        ),
        {"when": _when(book)},
    )
