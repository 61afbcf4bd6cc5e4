"""What the page of a certificate says, in Chinese and in English, from the facts that are signed."""

from datetime import date
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.standards.editions import load_edition
from openbeian.standards.lists import load_jurisdictions
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.certificate import Certificate

__all__ = ["DEMO_MARK", "page_facts"]

_TITLES: Final = {
    "filing": Text("生成式人工智能服务备案证书", "Certificate of Filing of a Generative-AI Service"),
    "registration": Text(
        "生成式人工智能应用登记证书", "Certificate of Registration of a Generative-AI Application"
    ),
}
_NUMBER_LABELS: Final = {
    "filing": Text("备案号", "Filing number"),
    "registration": Text("登记号", "Registration number"),
}
_SERVICE_LABELS: Final = {
    "filing": Text("服务名称", "Service"),
    "registration": Text("应用名称", "Application"),
}
_STATEMENTS: Final = {
    "filing": Text(
        "兹证明上列服务已按照《生成式人工智能服务管理暂行办法》完成备案，列入登记册。",
        "The service named above has been filed under the Interim Measures for the Management of "
        "Generative AI Services and is entered in the register.",
    ),
    "registration": Text(
        "兹证明上列应用已按照《生成式人工智能服务管理暂行办法》完成登记，列入登记册。",
        "The application named above has been registered under the Interim Measures for the Management of "
        "Generative AI Services and is entered in the register.",
    ),
}
DEMO_MARK: Final = Text("演示样张，并非真实备案", "Specimen for demonstration, not a real filing")
_SCAN: Final = Text("扫码核验现时效力", "Scan to see whether it stands today")
_ATTACHED: Final = {
    True: Text(
        "本 PDF 内附经签名的证书数据与公开日志收录证明，可离线核验。",
        "The signed certificate and its proof in the public log are attached to this PDF; "
        "check them offline: beian-gate verify FILE.pdf",
    ),
    False: Text(
        "本 PDF 内附经签名的证书数据，可离线核验。",
        "The signed certificate is attached to this PDF; check it offline: beian-gate verify FILE.pdf",
    ),
}
"""By whether the proof is attached too."""
_NO_END: Final = Text("长期", "no end set")
_DEMO: Final = "demo"


class _Row(NamedTuple):
    label: Text
    value: str
    note: str = ""
    strong: bool = False

    def to_json(self) -> JSONValue:
        return {"label": _both(self.label), "value": self.value, "note": self.note, "strong": self.strong}


def page_facts(certificate: Certificate, *, address: str, font: str, is_proved: bool) -> dict[str, JSONValue]:
    """Return everything the page says.

    Args:
        certificate: The facts.
        address: The verification page, shown and in the QR code.
        font: The family to set it in.
        is_proved: Whether the log's proof is attached.
    """
    return {
        "font": font,
        "demo": certificate.profile == _DEMO,
        "demo_mark": _both(DEMO_MARK),
        "title": _both(_TITLES[certificate.route]),
        "issuer": certificate.issuer,
        "issued": [certificate.issued_on.year, certificate.issued_on.month, certificate.issued_on.day],
        "number_label": _both(_NUMBER_LABELS[certificate.route]),
        "number": certificate.number,
        "service_label": _both(_SERVICE_LABELS[certificate.route]),
        "service": certificate.service.name,
        "statement": _both(_STATEMENTS[certificate.route]),
        "issued_on": _day(certificate.issued_on),
        "rows": [row.to_json() for row in _rows(certificate)],
        "address": address,
        "check": _both(_SCAN),
        "attached": _both(_ATTACHED[is_proved]),
        "notice": {"zh": certificate.notice.zh, "en": certificate.notice.en},
    }


def _rows(certificate: Certificate) -> list[_Row]:
    jurisdiction, edition = _jurisdiction(certificate.jurisdiction), _edition(certificate.edition)
    rows = [
        _Row(Text("提供者", "Provider"), certificate.provider.name, strong=True),
        _Row(Text("统一社会信用代码", "USCC"), certificate.provider.uscc),
        _Row(Text("模型", "Model"), certificate.service.model),
        _Row(Text("属地", "Jurisdiction"), jurisdiction.zh, jurisdiction.en),
        _Row(Text("依据", "Standard"), edition.zh, edition.en),
    ]
    if certificate.round is not None:
        rows.append(_Row(Text("批次", "Round"), certificate.round.name, _day(certificate.round.on)))
    rows.append(_Row(Text("发证日期", "Issued on"), _day(certificate.issued_on)))
    if certificate.valid_until is None:
        rows.append(_Row(Text("有效期至", "Valid until"), _NO_END.zh, _NO_END.en))
    else:
        rows.append(_Row(Text("有效期至", "Valid until"), _day(certificate.valid_until)))
    return rows


def _jurisdiction(code: str) -> Text:
    """Return the name; a code this version does not know stands for itself, as the certificate is valid."""
    found = load_jurisdictions().get(code)
    return Text(code, "") if found is None else Text(found.text.zh, found.text.en)


def _edition(edition_id: str) -> Text:
    try:
        edition = load_edition(edition_id)
    except BadInputError:
        return Text(edition_id, "")
    return Text(edition.name, "")


def _day(day: date) -> str:
    return day.isoformat()


def _both(text: Text) -> JSONValue:
    return {"zh": text.zh, "en": text.en}
