"""The notes on method: what is counted, what is not, and from which state of the log."""

from datetime import date

from openbeian.bulletins.document import LogPosition
from openbeian.bulletins.scope import Scope
from openbeian.bulletins.words import place_name
from openbeian.core.register_counts import FEWEST_SHOWN
from openbeian.core.text import Text

__all__ = ["notes_on_method"]


def notes_on_method(scope: Scope, as_of: date, log: LogPosition) -> tuple[Text, ...]:
    """Return the notes of a bulletin."""
    place, before = place_name(scope.jurisdiction), scope.day_before
    return (
        Text(
            f"在册：截至 {as_of} 日终有效或暂停的备案；撤销、注销、到期的不计。"
            "没有公布日期的计入在册，不计入新增与行业变化。",
            f"On file: filings valid or suspended at the end of {as_of}; what was revoked, cancelled or "
            "expired is not counted. What was published without a day is on file, but in no count of what "
            "is new.",
        ),
        Text(
            "备案与登记是两个序列，分开统计，从不相加。",
            "Filings and registrations are two series, counted apart and never added.",
        ),
        Text(
            "名次按在册数；数量相同的并列，其后的名次顺延。",
            "Ranks go by what is on file; those with as many share a rank, and the next one counts them all.",
        ),
        Text(
            "行业按服务名称、单位和用途以规则判定，把握不足一半的不计；"
            f"「此前」指{place.zh} {before} 及以前的全部新增。",
            "Industries are classified by rules from name, company and stated use, and left open where less "
            f"than half sure; “before” is everything new in {place.en} up to {before}.",
        ),
        Text(
            "用时为首次提交至发证的自然日，含提供者补正的时间，"
            f"出自统计「days-to-certificate-by-office」；不足 {FEWEST_SHOWN} 件的不公布。",
            "Times are calendar days from the first handing in to the certificate, the provider’s "
            "corrections included, from the statistic days-to-certificate-by-office; fewer than "
            f"{FEWEST_SHOWN} cases are kept back.",
        ),
        _log_note(log),
        Text(
            "每个数字都附有查询，可用 beian bulletin check 由公开登记册重算。"
            "备案不是对服务质量或安全的背书。",
            "Every figure carries its query; beian bulletin check finds it again in the open register. "
            "A filing is not an endorsement.",
        ),
    )


def _log_note(log: LogPosition) -> Text:
    if not log.size:
        return Text(
            "统计时公开日志尚无检查点。",
            "The public log had no checkpoint yet when the figures were counted.",
        )
    return Text(
        f"统计时公开日志有 {log.size} 条，检查点见 JSON 文件。",
        f"When the figures were counted the public log held {log.size} entries; the checkpoint is in the "
        "JSON file.",
    )
