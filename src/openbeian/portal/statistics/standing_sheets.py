"""The statistics of what became of entries, and of the models that registrations call."""

from collections.abc import Mapping, Sequence
from typing import Final

from openbeian.core.lifecycle import FILING_STEPS, STATUS_LABELS, FilingStatus
from openbeian.core.register_counts import MOST_LISTED, RegisterRow, concentrated, rank
from openbeian.core.text import Text
from openbeian.portal.statistics.sheets import RANK, SERIES, Column, Sheet

__all__ = ["base_models", "measures", "statuses"]

_DRAWN_MEASURES: Final = ("suspend", "revoke")


def statuses(counts: Mapping[str, Mapping[str, int]]) -> Sheet:
    """Count the entries by their status now, filings and registrations apart."""
    filings, registrations = counts["filing"], counts["registration"]
    ended = sum(count for status, count in filings.items() if status not in {"valid", "suspended"})
    return Sheet(
        "entries-by-status",
        Text("现时状态", "Status now"),
        Text(
            f"备案中 {filings.get('valid', 0)} 项有效，{filings.get('suspended', 0)} 项暂停，"
            f"{ended} 项已终止。",
            f"Of the filings {filings.get('valid', 0)} are valid, {filings.get('suspended', 0)} "
            "suspended and "
            f"{ended} ended.",
        ),
        Text(
            "备案和登记各计各的，从不相加。名单上公布的条目没有状态变化的记录，按有效计，以发布机关为准。",
            "Filings and registrations are counted apart and never added. What lists published has "
            "no record of "
            "changes and counts as valid; the office that published it decides.",
        ),
        (
            Column("status", Text("状态", "Status"), is_number=False),
            Column("filings", SERIES["filing"], is_drawn=True),
            Column("registrations", SERIES["registration"]),
        ),
        [
            (STATUS_LABELS[status], filings.get(status.value, 0), registrations.get(status.value, 0))
            for status in FilingStatus
        ],
    )


def measures(months: Mapping[str, Mapping[str, int]]) -> Sheet:
    """Count the measures that took effect, by month and kind."""
    totals = {kind: sum(month.get(kind, 0) for month in months.values()) for kind in FILING_STEPS}
    return Sheet(
        "measures-by-month",
        Text("每月的暂停、撤销、到期等措施", "Suspensions, revocations and other measures by month"),
        Text(
            f"至今暂停 {totals['suspend']} 次，恢复 {totals['reinstate']} 次，撤销 {totals['revoke']} 次，"
            f"注销 {totals['cancel']} 次，到期 {totals['expire']} 次。",
            f"So far: {totals['suspend']} suspensions, {totals['reinstate']} reinstatements, "
            f"{totals['revoke']} "
            f"revocations, {totals['cancel']} cancellations, {totals['expire']} expiries.",
        ),
        Text(
            "按第二人会签、措施生效的日期计；未获会签的不计，没有措施的月份不列。同一备案每次都计。",
            "By the day on which a second person countersigned and the measure took effect; what "
            "was not agreed to "
            "is left out, and so are months without any. One filing counts each time.",
        ),
        (
            Column("month", Text("月份", "Month"), is_number=False),
            *(
                Column(kind, step.label, is_drawn=kind in _DRAWN_MEASURES)
                for kind, step in FILING_STEPS.items()
            ),
        ),
        [
            (month, *(counts.get(kind, 0) for kind in FILING_STEPS))
            for month, counts in sorted(months.items())
        ],
    )


def base_models(rows: Sequence[RegisterRow], names: Mapping[str, str]) -> Sheet:
    """Show how many registered applications call which filed model; `names` gives names by number."""
    ranking = rank(rows, lambda row: row.base_model)
    calling = sum(one.entries for one in ranking)
    spread = concentrated(ranking, providers=len(ranking), entries=calling)
    silent = sum(row.entries for row in rows if not row.base_model)
    return Sheet(
        "registrations-by-base-model",
        Text("对基座模型的依赖：登记", "Dependence on base models: registrations"),
        _dependence(spread.entries, ranking[0].entries, len(ranking), silent)
        if ranking
        else Text("还没有写明所调用模型的登记。", "No registration says yet which model it calls."),
        Text(
            "在册的登记按所调用的已备案模型计，有编号的按编号，没有的按名称；同名模型只有一个编号时，归入该编号。"
            f"至多列 {MOST_LISTED} 个，并列而列不全的都不列；没有写明的不在表内。",
            "Registrations on file by the filed model they call: by its number where it is given, "
            "else by its name, "
            f"under the number where only one goes with the name. At most {MOST_LISTED} are "
            "listed, and none of a "
            "tie that would not fit; those that name no model are left out.",
        ),
        (
            RANK,
            Column("model", Text("模型", "Model"), is_number=False),
            Column("number", Text("备案号", "Number"), is_number=False),
            Column("registrations", Text("登记数", "Registrations"), is_drawn=True),
            Column("percent", Text("占比（%）", "Share (%)")),
        ),
        [
            (
                one.rank,
                names.get(one.key, one.key),
                one.key if one.key in names else "",
                one.entries,
                round(100 * one.entries / calling, 1),
            )
            for one in spread.largest
        ],
    )


def _dependence(calling: int, most: int, models: int, silent: int) -> Text:
    zh = f"{calling} 项登记写明了所调用的模型，共 {models} 个；调用最多的一个占 {most / calling:.0%}。"
    en = (
        f"{calling} registrations say which model they call, {models} in all; the one called most has "
        f"{most / calling:.0%}."
    )
    more = Text(f"另有 {silent} 项没有写明。", f" {silent} do not say.") if silent else Text("", "")
    return Text(zh + more.zh, en + more.en)
