"""The statistics of how applications fared at the offices."""

from collections.abc import Mapping
from typing import Final

from openbeian.core.lifecycle import STATUS_LABELS, ApplicationStatus
from openbeian.core.register_counts import FEWEST_COUNTED, FEWEST_SHOWN, kept_back, took
from openbeian.core.text import Text
from openbeian.portal.statistics.sheets import COUNT, Column, Sheet
from openbeian.portal.web.labels import item_label
from openbeian.standards import load_jurisdictions

__all__ = ["corrected_items", "funnel", "time_to_certificate", "versions_handed_in"]

_KEPT_BACK: Final = Text(
    f"不足 {FEWEST_COUNTED} 件的不公布，以免看出是谁；只有一格如此时，次小的一格也不公布。",
    f" Fewer than {FEWEST_COUNTED} are kept back, as they could point at somebody; where that is "
    "one figure alone, the "
    "next smallest is kept back with it.",
)


def funnel(statuses: Mapping[str, int]) -> Sheet:
    """Count the applications by where they stand; only of those certified small counts are public."""
    certified = statuses.get(ApplicationStatus.CERTIFIED.value, 0)
    others = [s for s in ApplicationStatus if s not in {ApplicationStatus.DRAFT, ApplicationStatus.CERTIFIED}]
    shown = kept_back({status.value: statuses.get(status.value, 0) for status in others})
    shown[ApplicationStatus.CERTIFIED.value] = certified
    return Sheet(
        "applications-by-status",
        Text("申请办到哪一步", "Where applications stand"),
        _handed_in(sum(statuses.values()), certified, hidden=sum(count is None for count in shown.values())),
        Text(
            "草稿不计：提交之前只是提供者自己的事。" + _KEPT_BACK.zh,
            "Drafts are left out: before handing in they are the provider's own." + _KEPT_BACK.en,
        ),
        (Column("status", Text("状态", "Status"), is_number=False), COUNT),
        [(STATUS_LABELS[s], shown[s.value]) for s in ApplicationStatus if s.value in shown],
    )


def _handed_in(total: int, certified: int, *, hidden: int) -> Text:
    if hidden == 1:  # The total would give away the one that is kept back.
        return Text(f"{certified} 件申请已发证。", f"{certified} applications are certified.")
    return Text(
        f"共收到 {total} 件申请，其中 {certified} 件已发证。",
        f"{total} applications were handed in; {certified} of them are certified.",
    )


def time_to_certificate(days: Mapping[str, list[int]]) -> Sheet:
    """Show how long it takes, by office."""
    everywhere = took(day for some in days.values() for day in some)
    places = load_jurisdictions()
    table = [
        (place.short, each.cases, each.median)
        for code, place in places.items()
        if (each := took(days.get(code, []))).cases
    ]
    return Sheet(
        "days-to-certificate-by-office",
        Text("从提交到发证", "From handing in to the certificate"),
        Text(
            f"{everywhere.cases} 件已发证，中位数 {everywhere.median:g} 天。",
            f"{everywhere.cases} were certified, with a median of {everywhere.median:g} days.",
        )
        if everywhere.median is not None
        else Text(
            f"已发证 {everywhere.cases} 件；不足 {FEWEST_SHOWN} 件，不公布中位数。",
            f"{everywhere.cases} were certified; with fewer than {FEWEST_SHOWN} no median is published.",
        ),
        Text(
            "自首次提交至发证的自然日，含提供者补正的时间。"
            f"不足 {FEWEST_SHOWN} 件的属地不公布中位数，以免看出是谁。",
            "Calendar days from the first handing in to the certificate, with the time the provider took for "
            f"corrections. An office with fewer than {FEWEST_SHOWN} gets none: it would point at somebody.",
        ),
        (
            Column("jurisdiction", Text("属地", "Province"), is_number=False),
            Column("certified", Text("已发证", "Certified")),
            Column("median_days", Text("中位数（天）", "Median (days)"), is_drawn=True),
        ),
        table,
    )


def corrected_items(corrections: Mapping[str, int]) -> Sheet:
    """Count what applications were sent back for, most frequent first, what is kept back last."""
    total, shown = sum(corrections.values()), kept_back(corrections)
    order = sorted(shown, key=lambda item: (-(shown[item] or 0), item))
    running = 0
    table: list[tuple[Text, int | None, float | None]] = []
    for item in order:
        count = shown[item]
        running += count or 0
        share = None if count is None else round(100 * running / total, 1)
        table.append((item_label(item), count, share))
    return Sheet(
        "corrections-by-item",
        Text("退回补正的事项", "What applications are sent back for"),
        _most_corrected(item_label(order[0]), shown[order[0]], total)
        if order
        else Text("还没有补正要求。", "No correction has been asked for yet."),
        Text(
            "每一项补正要求计一次，按事项多少排列；累计占比至该行为止。" + _KEPT_BACK.zh,
            "Every correction asked for counts once, most frequent first; the running share is up "
            "to that line." + _KEPT_BACK.en,
        ),
        (
            Column("item", Text("事项", "Item"), is_number=False),
            COUNT,
            Column("running_percent", Text("累计占比（%）", "Running share (%)")),
        ),
        table,
    )


def _most_corrected(item: Text, most: int | None, total: int) -> Text:
    if most is None:
        return Text("补正要求还太少，不公布。", "Too few corrections were asked for to be published.")
    return Text(
        f"共 {total} 项补正要求；最常见的是「{item.zh}」，{most} 次。",
        f"{total} corrections were asked for; most often “{item.en}”, {most} times.",
    )


def versions_handed_in(versions: Mapping[int, int]) -> Sheet:
    """Count how often what is certified had to be handed in."""
    total, shown = sum(versions.values()), kept_back(versions)
    at_once = shown.get(1, 0)
    return Sheet(
        "certified-by-times-handed-in",
        Text("几次提交才通过", "How often it took to hand in"),
        Text(f"已发证 {total} 件。", f"{total} are certified.")
        if at_once is None
        else Text(
            f"已发证的 {total} 件中，{at_once} 件一次通过。",
            f"Of {total} certified, {at_once} passed at the first attempt.",
        ),
        Text("只计在本系统发证的申请。" + _KEPT_BACK.zh, "Only applications certified here." + _KEPT_BACK.en),
        (Column("times", Text("提交次数", "Times handed in"), is_number=False), COUNT),
        [(str(times), count) for times, count in shown.items()],
    )
