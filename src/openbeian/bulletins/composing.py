"""Composing a bulletin from counted rows: which sentences it has, which charts, and the notes on method."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from openbeian.bulletins import takeaways
from openbeian.bulletins.document import Bulletin, Certified, Chart, LogPosition, Section, Sentence
from openbeian.bulletins.method import notes_on_method
from openbeian.bulletins.notebook import Notebook
from openbeian.bulletins.scope import Scope
from openbeian.core.bulletin_figures import SPECIFIC, Query, Recount
from openbeian.core.text import Text
from openbeian.standards import load_jurisdictions

__all__ = ["compose"]

_FEWEST_COMPARED: Final = 2


def compose(
    recount: Recount,
    scope: Scope,
    *,
    as_of: date,
    certified: Sequence[Certified],
    not_listed: int = 0,
    issuer: str,
    log: LogPosition = LogPosition(),  # noqa: B008  a frozen value
    slug: str = "",
    corrects: str = "",
    has_demo: bool = False,
) -> Bulletin:
    """Return the bulletin of a scope; its figures are counted as things stood at the end of `as_of`."""
    book = Notebook(recount, scope, Query("on_file", as_of, jurisdiction=scope.jurisdiction))
    lead = _present(
        takeaways.total(book),
        takeaways.new_ones(book),
        takeaways.standing(book),
        takeaways.shift(book),
        takeaways.largest_shift(book),
        takeaways.time_taken(book),
    )
    parts = (_growth(book), _industries(book), _pace(book))
    sections = tuple(part for part in parts if part is not None)
    return Bulletin(
        slug=slug or scope.slug,
        scope=scope,
        as_of=as_of,
        log=log,
        issuer=issuer,
        title=_title(scope),
        figures=book.stated(lead, *(_sentences(section) for section in sections)),
        takeaways=lead,
        sections=sections,
        certified=tuple(certified),
        not_listed=not_listed,
        method=notes_on_method(scope, as_of, log),
        corrects=corrects,
        has_demo=has_demo,
    )


def _present(*sentences: Sentence | None) -> tuple[Sentence, ...]:
    return tuple(sentence for sentence in sentences if sentence is not None)


def _sentences(section: Section) -> tuple[Sentence, ...]:
    return (*section.sentences, *(chart.sentence for chart in section.charts))


def _title(scope: Scope) -> Text:
    if scope.round is not None:
        name = scope.round.name
        return Text(f"{name.zh}：备案公报", f"{name.en}: filing bulletin")
    assert scope.period is not None, "a scope is a round or a period"
    found = load_jurisdictions().get(scope.jurisdiction)
    place = found.text if found else Text("全国", "China")
    return Text(
        f"{place.zh} {scope.period.text.zh}生成式人工智能服务备案公报",
        f"Filing of generative-AI services in {place.en}: bulletin for {scope.period.text.en}",
    )


def _growth(book: Notebook) -> Section:
    before = book.scope.day_before
    names = {"place": takeaways.here(book), "day": Text(before.isoformat(), before.isoformat())}
    earlier = book.number("on_file_before", "on_file", as_of=before)
    verb = "filing" if earlier == 1 else "filings"
    sentences = [
        Sentence(
            Text(
                "{day} 日终，{place}在册 {on_file_before} 项。",
                f"At the end of {{day}}, {{place}} had {{on_file_before}} {verb} on file.",
            ),
            names,
        )
    ]
    if book.scope.jurisdiction and book.number("on_file_everywhere", "on_file", jurisdiction=""):
        book.ask("share_of_everywhere", "share_of_everywhere")
        sentences.append(
            Sentence(
                Text(
                    "全国在册 {on_file_everywhere} 项，{place}占 {share_of_everywhere}。",
                    "{share_of_everywhere} of the {on_file_everywhere} filings in China are of {place}.",
                ),
                names,
            )
        )
    apart = takeaways.registrations(book)
    charts = (_months(book), _ranking(book))
    return Section(
        "growth",
        Text("总量与位次", "Total and place"),
        tuple(sentences) + _present(apart),
        tuple(chart for chart in charts if chart.rows),
    )


def _months(book: Notebook) -> Chart:
    sentence = Sentence(
        Text(
            "图示每月新增与历来累计；{place}在册 {on_file} 项，累计还含后来撤销、注销、到期的。",
            "New filings by month, and all of them so far; {on_file} are on file in {place}, and the total "
            "also holds what ended since.",
        ),
        {"place": takeaways.here(book)},
    )
    return book.chart(
        "months", Text("每月新增与累计", "New and total by month"), sentence, book.query("months")
    )


def _ranking(book: Notebook) -> Chart:
    leaders = str(book.ask("leaders", "leaders", jurisdiction="")).split(",")
    book.ask("most_on_file", "most_on_file", jurisdiction="")
    each = Text("各 ", " each") if len(leaders) > 1 else Text("", "")
    sentence = Sentence(
        Text(
            f"在册最多的是{{leaders}}，{each.zh}{{most_on_file}} 项。",
            f"Most are on file in {{leaders}}: {{most_on_file}}{each.en}.",
        )
    )
    return book.chart(
        "ranking",
        Text("各属地在册备案", "Filings on file by jurisdiction"),
        sentence,
        book.query("ranking", jurisdiction=""),
    )


def _industries(book: Notebook) -> Section:
    shift, rising = takeaways.shift(book), takeaways.largest_shift(book)
    if shift is None:
        said: tuple[Sentence, ...] = (
            Sentence(
                Text(
                    "没有新增备案判定了行业，不比较构成。",
                    "Nothing new was classified by industry, so no shares are compared.",
                )
            ),
        )
        return Section("industries", Text("行业构成", "Industries"), said)
    leading = takeaways.leading_industries(book)
    charts = [
        book.chart(
            "industries",
            Text("新增与此前的行业构成", "Industries: what is new and what was there before"),
            rising or shift,
            book.query("industries", base_until=book.scope.day_before, **book.window),
        ),
        _years(book),
    ]
    return Section("industries", Text("行业构成", "Industries"), (leading,), tuple(charts))


def _years(book: Notebook) -> Chart:
    year = book.scope.last_day.year
    window = {"since": date(year, 1, 1), "until": date(year, 12, 31)}
    book.ask("classified_in_year", "classified", **window)
    book.ask("share_in_year", "share", industry=SPECIFIC, **window)
    sentence = Sentence(
        Text(
            "{year} 年新增并已判定的 {classified_in_year} 项中，面向行业的占 {share_in_year}。",
            "Of the {classified_in_year} filings new in {year} and classified, {share_in_year} are for a "
            "specific industry.",
        ),
        {"year": Text(str(year), str(year))},
    )
    return book.chart(
        "years", Text("从通用到行业", "From general to specific industries"), sentence, book.query("years")
    )


def _pace(book: Notebook) -> Section | None:
    """Compare the offices; None where fewer than two have cases enough to publish how long they take."""
    said = takeaways.by_office(book)
    if said is None or book.number("offices", "offices_with_median", jurisdiction="") < _FEWEST_COMPARED:
        return None
    chart = book.chart(
        "offices",
        Text("各属地从提交到发证的中位天数", "Median days from handing in to the certificate, by office"),
        said,
        book.query("offices", jurisdiction=""),
    )
    return Section("pace", Text("办理用时", "Time taken"), (), (chart,))
