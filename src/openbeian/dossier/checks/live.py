"""The live service, asked on request only: channels answer as described, the page says what it must."""

from collections.abc import Iterator

from openbeian.core.text import Text
from openbeian.dossier.checks.probed import Channel
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check
from openbeian.dossier.reading import plain

__all__: list[str] = []

_PRACTICE = "filing practice"


def _is_probed(dossier: Dossier) -> bool:
    return dossier.probed is not None


def _has_page(dossier: Dossier) -> bool:
    return dossier.probed is not None and dossier.probed.page is not None


def _channels(dossier: Dossier) -> Iterator[tuple[str, Channel]]:
    yield from dossier.probed.channels.items() if dossier.probed else ()


@check(
    "X01",
    clause=_PRACTICE,
    severity="error",
    title=Text("两个测试通道都能应答，格式如接口说明", "Both test channels answer, in the form described"),
    applies=_is_probed,
)
def _answers(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for field, channel in _channels(dossier):
        if channel.answered:
            yield report(
                field,
                channel.answered,
                Text(
                    "修复该通道，或改正地址、授权与接口说明",
                    "Mend the channel, or correct its address, key or description",
                ),
            )


@check(
    "X02",
    clause=_PRACTICE,
    severity="warning",
    title=Text("流式输出可用", "Answers can be streamed"),
    applies=_is_probed,
)
def _streams(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for field, channel in _channels(dossier):
        if channel.streamed and not channel.answered:
            yield report(
                field,
                Text(f"流式：{channel.streamed.zh}", f"Streamed: {channel.streamed.en}"),
                Text("按接口说明支持流式输出，或写明不支持", "Stream as described, or say that it can't be"),
            )


@check(
    "X03",
    clause=_PRACTICE,
    severity="warning",
    title=Text("通道须凭固定授权访问", "The channels ask for a fixed key"),
    applies=_is_probed,
)
def _authorised(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for field, channel in _channels(dossier):
        if channel.refuses_without_key is False and not channel.answered:
            yield report(
                field,
                Text("不带授权也能访问", "It answers without a key"),
                Text("为测试通道设置固定的授权", "Give the test channel a fixed key"),
            )


@check(
    "X07",
    clause="7 g) 1)",
    severity="warning",
    title=Text("连续三次违规输入后暂停服务", "Three bad questions in a row suspend who asks them"),
    applies=lambda dossier: dossier.probed is not None and dossier.probed.suspends_misuse is not None,
)
def _suspends(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if dossier.probed and dossier.probed.suspends_misuse is False:
        yield report(
            "channels.guarded",
            Text(
                "测试账号连续三次违规输入后仍照常得到回答",
                "A test account still got ordinary answers after three bad questions in a row",
            ),
            Text(
                "连续三次或一天五次违规输入后暂停该账号的服务",
                "Suspend an account after three such questions in a row, or five a day",
            ),
        )


@check(
    "X04",
    clause="7 b)",
    severity="warning",
    title=Text("公开页面可以访问", "The public page can be fetched"),
    applies=_is_probed,
)
def _page(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if dossier.probed and dossier.probed.page_problem:
        yield report(
            "service.url",
            dossier.probed.page_problem,
            Text("核对网址，确保公众可以打开", "Check the address, and that the public can open it"),
        )


@check(
    "X05",
    clause="7 b)",
    severity="warning",
    title=Text(
        "公开页面写明适用人群、场合、用途与模型", "The public page names groups, occasions, uses and model"
    ),
    applies=_has_page,
)
def _transparent(dossier: Dossier, report: Report) -> Iterator[Finding]:
    assert dossier.probed is not None
    text = plain(dossier.probed.page or "").lower()
    wanted = {
        Text("适用人群或范围", "groups or scope"): ("适用", "面向", "人群", "范围", "scope", "for whom"),
        Text("用途", "uses"): ("用途", "用于", "场景", "功能", "use"),
        Text("所用模型", "the model"): ("模型", "算法", "model"),
        Text("投诉渠道", "a complaint channel"): ("投诉", "举报", "反馈", "complain"),
    }
    missing = [name for name, words in wanted.items() if not any(word in text for word in words)]
    if missing:
        yield report(
            "service.url",
            Text(
                f"页面没有写明：{'、'.join(one.zh for one in missing)}",
                f"The page lacks {', '.join(one.en for one in missing)}",
            ),
            Text("在显著位置公开这些信息", "Publish this in a prominent place"),
        )


@check(
    "X06",
    clause="CAC announcement",
    severity="note",
    title=Text("公开页面显示模型名称与备案号", "The public page shows the model's name and filing number"),
    applies=_has_page,
)
def _shows_number(dossier: Dossier, report: Report) -> Iterator[Finding]:
    assert dossier.probed is not None
    text = plain(dossier.probed.page or "").lower()
    names = [dossier.fact("model.name"), dossier.fact("service.name")]
    if not any(plain(name).lower() in text for name in names if name):
        yield report(
            "service.url",
            Text("页面没有显示模型名称", "The page doesn't show the model's name"),
            Text(
                "取得编号后，在显著位置公示模型名称与备案号",
                "Once it is on file, show name and number prominently",
            ),
        )
