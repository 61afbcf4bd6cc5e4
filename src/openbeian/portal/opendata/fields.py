"""What a row of the open data says: every field with its meaning, in the order in which files give them."""

from enum import StrEnum
from typing import Final, NamedTuple

from openbeian.core.text import Text

__all__ = ["FIELDS", "Field", "Kind"]


class Kind(StrEnum):
    """What the values of a field are; a date or number that is not known is empty, or null."""

    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    NUMBER = "number"


class Field(NamedTuple):
    """A field: its name in every file, what its values are, and what they mean."""

    name: str
    kind: Kind
    meaning: Text


FIELDS: Final = (
    Field(
        "key",
        Kind.TEXT,
        Text(
            "条目地址的末段，固定不变；有编号时即编号",
            "Last part of the entry's address, which never changes; the number where there is one",
        ),
    ),
    Field(
        "number",
        Kind.TEXT,
        Text(
            "备案号或上线编号；未公布的为空", "Filing or registration number; empty where none is published"
        ),
    ),
    Field(
        "route",
        Kind.TEXT,
        Text(
            "filing 备案，registration 登记：两个序列，不可相加",
            "filing or registration: two series, never to be added up",
        ),
    ),
    Field(
        "jurisdiction",
        Kind.TEXT,
        Text("属地代码，如 GD", "Code of the jurisdiction, such as GD for Guangdong"),
    ),
    Field("service_name", Kind.TEXT, Text("服务名称", "Name of the service")),
    Field(
        "service_latin",
        Kind.TEXT,
        Text("服务的拉丁名，用于编号", "Latin name of the service, as in its number"),
    ),
    Field("model_name", Kind.TEXT, Text("所用或所调用的模型", "Model it runs on or calls")),
    Field("provider_name", Kind.TEXT, Text("提供者名称", "Name of the provider")),
    Field("provider_name_en", Kind.TEXT, Text("提供者英文名称", "English name of the provider")),
    Field(
        "provider_uscc",
        Kind.TEXT,
        Text("提供者统一社会信用代码", "Unified social credit code of the provider"),
    ),
    Field(
        "profile",
        Kind.TEXT,
        Text(
            "评估方案；demo 为缩小样本的演示，不构成备案；空为完整评估",
            "Profile of the assessment; demo is a reduced sample and no filing; empty means a full one",
        ),
    ),
    Field(
        "status",
        Kind.TEXT,
        Text(
            "现时状态：valid 有效，suspended 暂停，revoked 已撤销，cancelled 已注销，expired 已到期",
            "Status now: valid, suspended, revoked, cancelled or expired",
        ),
    ),
    Field(
        "status_since",
        Kind.INSTANT,
        Text("现时状态起于何时（协调世界时）", "Since when it has this status (UTC)"),
    ),
    Field(
        "issued_on",
        Kind.DATE,
        Text("发证日期，或名单公布的日期", "Day of the certificate, or the day published"),
    ),
    Field(
        "listed_on",
        Kind.DATE,
        Text(
            "名单按此日期排序；没有公布日期的，取《暂行办法》施行之日",
            "Day the register sorts by; where none was published, that of the Interim Measures",
        ),
    ),
    Field(
        "round",
        Kind.NUMBER,
        Text("发证批次的序号；据名单收入的为空", "Number of the round; empty for what was taken from lists"),
    ),
    Field(
        "industry",
        Kind.TEXT,
        Text("行业分类；不够确定的为空", "Industry; empty where that is not sure enough"),
    ),
    Field(
        "service_type",
        Kind.TEXT,
        Text("服务类型；不够确定的为空", "Type of service; empty where not sure enough"),
    ),
    Field(
        "origin",
        Kind.TEXT,
        Text(
            "filed 在本系统备案、有证书，published 据已公布的名单收入",
            "filed: filed here, with a certificate; published: taken from a list somebody else published",
        ),
    ),
)
"""Every field, in order."""
