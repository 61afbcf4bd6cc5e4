"""The protocol of what was done with keys: Markdown to print, compare, and sign by hand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from openbeian.core.text import Text
from openbeian.trust.repository.ceremony import Ceremony
from openbeian.trust.repository.keys import spoken
from openbeian.trust.repository.requests import SigningRequest
from openbeian_gate.verify.fields import format_instant
from openbeian_gate.verify.repository_names import root_fingerprint

__all__ = ["ROLE_NAMES", "ceremony_protocol", "change_protocol"]

ROLE_NAMES: Final = {
    "root": Text("根", "root"),
    "targets": Text("发布", "targets"),
    "register": Text("登记", "register"),
    "snapshot": Text("快照", "snapshot"),
    "timestamp": Text("时间戳", "timestamp"),
}
_DEVELOPMENT: Final = Text(
    "> **开发用密钥**：全部密钥在同一台机器上，且无口令。不得用于真实的登记机关。",
    "> **Development keys**: all of them lie on one machine, without passwords. Not for a real register.",
)
_FINGERPRINT: Final = "- 根文件指纹（SHA-256，逐组朗读）· fingerprint of the root file, read aloud: "
_ATTENDED: Final = Text("在场者与签字", "Present, and signed by")


def ceremony_protocol(held: Ceremony, *, at: datetime) -> str:
    """Return the protocol of a ceremony, in Chinese and English."""
    plan = held.plan
    lines = [*_head(Text("密钥仪式记录", "Protocol of the key ceremony"), at)]
    if plan.is_development:
        lines += [_DEVELOPMENT.zh, ">", _DEVELOPMENT.en, ""]
    lines += [
        _FINGERPRINT + f"`{spoken(root_fingerprint(held.root))}`",
        _people("根 root", plan.root_threshold, plan.root_people, held.expires["root"]),
        _people("发布 targets", plan.targets_threshold, plan.targets_people, held.expires["targets"]),
        f"- 登记：{plan.register_signers} 台机器 · register: {plan.register_signers} machine(s)",
        "",
        "| 角色 role | 名称 name | 指纹 fingerprint | 文件 file |",
        "|---|---|---|---|",
        *(
            f"| {_role(key.role)} | {key.public.name} | `{spoken(key.public.fingerprint)}` "
            f"| {key.file.parent.name}/{key.file.name} |"
            for key in held.keys
        ),
        *_signatures([key.public.name for key in held.keys if key.role in {"root", "targets"}]),
    ]
    return "\n".join(lines) + "\n"


def change_protocol(request: SigningRequest, signers: Iterable[str], *, at: datetime) -> str:
    """Return the protocol of a change that was published.

    Args:
        request: What was signed.
        signers: The fingerprints of the keys that signed.
        at: When it was published.
    """
    role, version = _role(request.role), request.version
    lines = [
        *_head(Text("密钥变更记录", "Protocol of a change of keys"), at),
        f"- 已发布 published: {role}, 第 {version} 版 version {version}",
        f"- 内容 SHA-256 · content: `{spoken(request.sha256)}`",
        f"- 有效期至 valid until: {format_instant(request.metadata.signed.expires)}",
        *(f"- 签名密钥 signed by: `{spoken(signer)}`" for signer in signers),
        *_signatures(["", ""]),
    ]
    return "\n".join(lines) + "\n"


def _people(role: str, threshold: int, people: int, expires: datetime) -> str:
    until = format_instant(expires)
    return f"- {role}：{people} 人中须 {threshold} 人 · {threshold} of {people}；有效期至 valid until {until}"


def _head(title: Text, at: datetime) -> list[str]:
    return [f"# {title.zh} · {title.en}", "", f"- 时间 time: {format_instant(at)}"]


def _role(role: str) -> str:
    return f"{ROLE_NAMES[role].zh} {role}"


def _signatures(names: Sequence[str]) -> list[str]:
    rows = [f"| {name} | | |" for name in (*names, "")]
    head = ["| 密钥 key | 姓名 name | 签字 signature |", "|---|---|---|"]
    return ["", f"## {_ATTENDED.zh} · {_ATTENDED.en}", "", *head, *rows]
