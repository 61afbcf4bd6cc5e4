"""Where a run stands, in a terminal: one table of banks, one of judges, and the facts around them."""

from collections.abc import Mapping

from rich.table import Table

from openbeian.assessment.report_words import JUDGES, VERDICTS
from openbeian.assessment.status import RunStatus, Signature
from openbeian.core.text import Text
from openbeian.terminal.console import say

__all__ = ["banks_table", "facts", "judges_table"]

_SIGNATURES = {
    Signature.UNSIGNED: Text("未签名", "not signed"),
    Signature.SIGNED: Text("已签名", "signed"),
    Signature.OUTDATED: Text("签名之后又有记录", "signed, but records were added since"),
}


def facts(status: RunStatus) -> str:
    """Return when the run began and last wrote, whether it goes on, and whether it is signed."""
    going = Text("进行中", "going on") if status.is_running else Text("未在运行", "not running")
    parts = [
        f"{status.target['model']} · {status.edition} · {status.profile}",
        say(Text("开始 ", "started ")) + f"{status.started_at:%Y-%m-%d %H:%M:%S} UTC",
        say(Text("最后记录 ", "last record ")) + f"{status.last_at:%Y-%m-%d %H:%M:%S} UTC",
        say(going),
        say(_SIGNATURES[status.signature]),
    ]
    if status.torn_bytes:
        parts.append(
            say(
                Text(
                    f"最后一行不完整（{status.torn_bytes} 字节）",
                    f"last line cut off ({status.torn_bytes} bytes)",
                )
            )
        )
    return " · ".join(parts)


def banks_table(status: RunStatus) -> Table:
    """Return how far each bank is."""
    table = _table(
        Text("题库", "Bank"),
        Text("抽取", "Drawn"),
        Text("回答", "Answered"),
        Text("出错", "Errors"),
        Text("未问", "Pending"),
    )
    for bank in status.banks:
        numbers = str(bank.drawn), str(bank.answered), _counts(bank.errors), str(bank.pending)
        table.add_row(say(bank.title), *numbers)
    return table


def judges_table(status: RunStatus) -> Table:
    """Return what each judge has said."""
    table = _table(
        Text("判定器", "Judge"),
        Text("已判", "Judged"),
        Text("未判", "Unjudged"),
        Text("判定", "Verdicts"),
        Text("出错", "Errors"),
    )
    for judge in status.judges:
        verdicts = {say(VERDICTS.get(value, Text(value, value))): n for value, n in judge.verdicts.items()}
        table.add_row(
            say(JUDGES.get(judge.name, Text(judge.name, judge.name))),
            str(judge.judged),
            str(judge.unjudged),
            _counts(verdicts),
            _counts(judge.errors),
        )
    return table


def _table(*headings: Text) -> Table:
    table = Table()
    for heading in headings:
        table.add_column(say(heading))
    return table


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "0"
