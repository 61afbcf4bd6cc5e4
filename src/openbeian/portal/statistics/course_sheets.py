"""The statistics of how applications fared at the offices."""

from collections.abc import Mapping
from typing import Final

from openbeian.core.lifecycle import STATUS_LABELS, ApplicationStatus
from openbeian.core.register_counts import FEWEST_SHOWN, took
from openbeian.core.text import Text
from openbeian.portal.statistics.sheets import Column, Sheet
from openbeian.portal.web.labels import item_label
from openbeian.standards import load_jurisdictions

__all__ = ["corrected_items", "funnel", "time_to_certificate", "versions_handed_in"]

_COUNT: Final = Column("count", Text("数量", "Number"), is_drawn=True)


def funnel(statuses: Mapping[str, int]) -> Sheet:
    """Count the applications by where they stand."""
    total = sum(statuses.values())
    certified = statuses.get(ApplicationStatus.CERTIFIED.value, 0)
    shown = [status for status in ApplicationStatus if status is not ApplicationStatus.DRAFT]
    return Sheet(
        "applications-by-status",
        Text("申请办到哪一步", "Where applications stand"),
        Text(
            f"共收到 {total} 件申请，其中 {certified} 件已发证。",
            f"{total} applications were handed in; {certified} of them are certified.",
        ),
        Text(
            "草稿不计：提交之前只是提供者自己的事。",
            "Drafts are left out: before handing in they are the provider's own.",
        ),
        (Column("status", Text("状态", "Status"), is_number=False), _COUNT),
        [(STATUS_LABELS[status], statuses.get(status.value, 0)) for status in shown],
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
    """Count what applications were sent back for, most frequent first."""
    total = sum(corrections.values())
    order = sorted(corrections, key=lambda item: (-corrections[item], item))
    running, table = 0, []
    for item in order:
        running += corrections[item]
        table.append((item_label(item), corrections[item], round(100 * running / total, 1)))
    return Sheet(
        "corrections-by-item",
        Text("退回补正的事项", "What applications are sent back for"),
        Text(
            f"共 {total} 项补正要求；最常见的是「{item_label(order[0]).zh}」，{corrections[order[0]]} 次。",
            f"{total} corrections were asked for; most often “{item_label(order[0]).en}”, "
            f"{corrections[order[0]]} times.",
        )
        if order
        else Text("还没有补正要求。", "No correction has been asked for yet."),
        Text(
            "每一项补正要求计一次，按事项多少排列。",
            "Every correction asked for counts once, most frequent first.",
        ),
        (
            Column("item", Text("事项", "Item"), is_number=False),
            _COUNT,
            Column("running_percent", Text("累计占比（%）", "Running share (%)")),
        ),
        table,
    )


def versions_handed_in(versions: Mapping[int, int]) -> Sheet:
    """Count how often what is certified had to be handed in."""
    total, at_once = sum(versions.values()), versions.get(1, 0)
    return Sheet(
        "certified-by-times-handed-in",
        Text("几次提交才通过", "How often it took to hand in"),
        Text(
            f"已发证的 {total} 件中，{at_once} 件一次通过。",
            f"Of {total} certified, {at_once} passed at the first attempt.",
        ),
        Text("只计在本系统发证的申请。", "Only applications certified here."),
        (Column("times", Text("提交次数", "Times handed in"), is_number=False), _COUNT),
        [(str(times), count) for times, count in versions.items()],
    )
