"""What an entry of the log says, in sentences for somebody who has never seen one."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from openbeian.core.lifecycle import STATUS_LABELS
from openbeian.core.text import Text
from openbeian.portal.web.labels import PERMIT_STEPS, step_label
from openbeian.standards import load_jurisdictions

__all__ = ["Saying", "entry_label", "fact_name", "hash_meaning", "says"]

_KNOWN_STATUSES: Final = {one.value: label for one, label in STATUS_LABELS.items()}
_UNKNOWN: Final = Text("—", "—")


class Saying(NamedTuple):
    """The sentences."""

    sentence: Text
    follows: Text
    """What stands since, or what else there is to know; empty where nothing is."""


def says(kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    """Return what an entry says: `kind`, `subject` and `facts` are the entry's own members."""
    family = kind.partition(".")[0]
    say = _BY_KIND.get(kind) or _BY_FAMILY.get(family, _other)
    return say(kind, subject, facts)


def entry_label(kind: str) -> Text:
    """Return what a kind of entry, such as `filing.suspend`, is called."""
    if kind in _LABELS:
        return _LABELS[kind]
    if kind in PERMIT_STEPS:
        return PERMIT_STEPS[kind]
    return step_label("certify" if kind == "filing.certified" else kind.rpartition(".")[2])


def fact_name(name: str) -> Text:
    """Return what a fact of an entry is called; one that this version does not know stands for itself."""
    return _FACTS.get(name, Text(name, name))


def hash_meaning(name: str) -> Text:
    """Return of what a hash in an entry is."""
    return _HASHES.get(name, Text(f"“{name}”的哈希", f"hash of “{name}”"))


def _application(kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    label, place = entry_label(kind), _place(facts)
    return Saying(
        Text(
            f"{place.zh}受理的申请 {subject}（第 {facts.get('version', '—')} 版）：{label.zh}。",
            f"Application {subject}, version {facts.get('version', '—')}, in {place.en}: {label.en}.",
        ),
        _since(facts),
    )


def _certified(_kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    is_filing = facts.get("route") != "registration"
    what = Text("备案", "on file") if is_filing else Text("登记", "registered")
    service, provider, place = facts.get("service", "—"), facts.get("provider", "—"), _place(facts)
    on, series = facts.get("issued_on", "—"), facts.get("round")
    held = Text("", "") if series is None else Text(f"在第 {series} 批", f" in round {series}")
    return Saying(
        Text(
            f"“{service}”完成{what.zh}，编号 {subject}；提供者：{provider}，属地：{place.zh}。",
            f"“{service}” is {what.en} under the number {subject}; provider: {provider}, in {place.en}.",
        ),
        Text(
            f"证书于 {on} {held.zh}发出；条目中的哈希对应这份证书，一字不差。",
            f"The certificate was issued on {on}{held.en}; the hash in the entry is that of this very "
            "certificate.",
        ),
    )


def _retest(_kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    place = _place(facts)
    return Saying(
        Text(
            f"{place.zh}对申请 {subject} 的技术复测：题库与通道已作承诺，题目尚未抽取。",
            f"A re-test of application {subject} in {place.en}: banks and channel are committed to, and no "
            "question is drawn yet.",
        ),
        Text(
            "抽样的种子取自此后的检查点，因此题目无法挑选。",
            "The seed of the draw comes from a later checkpoint, so that nobody can choose the questions.",
        ),
    )


def _amended(_kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    version, service = facts.get("version", "—"), facts.get("service", "—")
    return Saying(
        Text(
            f"编号 {subject}（“{service}”）的备案信息经核准变更，为第 {version} 版。",
            f"What is on file under {subject}, “{service}”, was changed with leave; it is version {version}.",
        ),
        Text(
            "条目带有证书哈希的，是随变更换发的证书；编号不变。",
            "A hash of a certificate in the entry is that of the one issued anew; the number stays.",
        ),
    )


def _measure(kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    label, until = entry_label(kind), facts.get("until")
    limit = Text(f"，至 {until}", f", until {until}") if until else Text("", "")
    return Saying(
        Text(
            f"对编号 {subject} 采取措施：{label.zh}{limit.zh}。",
            f"Measure on the number {subject}: {label.en}{limit.en}.",
        ),
        _since(facts),
    )


def _permit(kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    label, place = entry_label(kind), _place(facts)
    service, ends_on = facts.get("service", "—"), facts.get("ends_on", "—")
    return Saying(
        Text(
            f"{place.zh}：{label.zh} {subject}，服务“{service}”。",
            f"{place.en}: {label.en}, {subject}, for “{service}”.",
        ),
        Text(
            f"许可只供所列测试人员或有限的试用者在 {ends_on} 之前使用，不是备案；测试人员只以加盐哈希记载。",
            f"A permit lets named testers or a few trial users in until {ends_on}; it is no filing. "
            "Testers stand in it as salted hashes only.",
        ),
    )


def _reinspection(_kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    number, of = facts.get("size", "—"), facts.get("filings", "—")
    return Saying(
        Text(
            f"下令随机复查 {subject}：将从 {of} 项有效备案中抽取 {number} 项。",
            f"A random re-inspection was ordered, {subject}: {number} of {of} valid filings will be drawn.",
        ),
        Text(
            "抽取范围由条目中的哈希锁定；种子由此后的日志检查点推出，谁也选不了抽到谁。",
            "The hash in the entry commits to what is drawn from; the seed follows from a later checkpoint "
            "of this log, so that nobody can choose who is drawn.",
        ),
    )


def _bulletin(_kind: str, subject: str, facts: Mapping[str, Any]) -> Saying:
    title = facts.get("title", subject)
    return Saying(
        Text(f"登记机关发布公报《{title}》。", f"The register published the bulletin “{title}”."),
        Text(
            "条目中的哈希对应签名的公报文件；此后改动一个字都会与它不符。",
            "The hash in the entry is that of the signed bulletin; a letter changed since would not fit it.",
        ),
    )


def _other(kind: str, subject: str, _facts: Mapping[str, Any]) -> Saying:
    return Saying(Text(f"{kind}：{subject}。", f"{kind}: {subject}."), Text("", ""))


def _since(facts: Mapping[str, Any]) -> Text:
    status = _KNOWN_STATUSES.get(str(facts.get("status")))
    if status is None:
        return Text("", "")
    return Text(f"此后的状态是“{status.zh}”。", f"Since then it stands as “{status.en}”.")


def _place(facts: Mapping[str, Any]) -> Text:
    found = load_jurisdictions().get(str(facts.get("jurisdiction")))
    return _UNKNOWN if found is None else found.short


_Say = Callable[[str, str, Mapping[str, Any]], Saying]
_LABELS: Final = {
    "bulletin.published": Text("发布公报", "Bulletin published"),
    "filing.amended": Text("变更备案信息", "Amended"),
    "retest.committed": Text("复测承诺", "Commitment of a re-test"),
    "reinspection.ordered": Text("下令随机复查", "Random re-inspection ordered"),
}
_BY_KIND: Final[Mapping[str, _Say]] = {
    "filing.certified": _certified,
    "filing.amended": _amended,
    "bulletin.published": _bulletin,
    "retest.committed": _retest,
}
_BY_FAMILY: Final[Mapping[str, _Say]] = {
    "application": _application,
    "filing": _measure,
    "permit": _permit,
    "reinspection": _reinspection,
}
_HASHES: Final = {
    "dossier": Text("申报材料的哈希（材料本身不公开）", "hash of the dossier, which is not public"),
    "certificate": Text("所发证书的哈希", "hash of the certificate issued"),
    "population": Text("抽取范围的哈希", "hash of what is drawn from"),
    "bulletin": Text("签名公报的哈希", "hash of the signed bulletin"),
    "commitment": Text("题库、版本与通道的承诺", "what is committed to: banks, edition and channel"),
}
_FACTS: Final = {
    "application": Text("申请", "Application"),
    "as_of": Text("数据截至", "Figures as of"),
    "begins_on": Text("开始", "Begins on"),
    "corrects": Text("更正的公报", "Corrects"),
    "edition": Text("评估依据", "Assessed under"),
    "ends_on": Text("结束", "Ends on"),
    "filings": Text("有效备案数", "Valid filings"),
    "size": Text("抽取数", "To be drawn"),
    "gates": Text("门禁数", "Gates"),
    "issued_on": Text("发证日期", "Issued on"),
    "jurisdiction": Text("属地", "Province"),
    "period": Text("期间", "Period"),
    "profile": Text("评估方案", "Profile"),
    "provider": Text("提供者", "Provider"),
    "round": Text("批次", "Round"),
    "route": Text("途径", "Route"),
    "service": Text("服务", "Service"),
    "service_id": Text("服务标识", "Service id"),
    "status": Text("状态", "Status"),
    "testers": Text("测试人员数", "Testers"),
    "title": Text("标题", "Title"),
    "trial_users": Text("试用人数上限", "Trial users at most"),
    "until": Text("截止", "Until"),
    "uses": Text("用途", "Uses"),
    "version": Text("版本", "Version"),
}
