"""What the things of the standard and of the form are called on pages, given their ids."""

from openbeian.assessment.banks import BANK_LABELS
from openbeian.core.lifecycle import APPLICATION_STEPS, FILING_STEPS, FOLLOWING_STEPS, PETITION_STEPS
from openbeian.core.text import Text
from openbeian.dossier.form import FIELDS
from openbeian.dossier.kinds import ATTACHMENT_KINDS, DOCUMENT_KINDS
from openbeian.industries import Industry, ServiceType, load_rules
from openbeian.standards import EDITION_IDS, load_edition, load_reasons

__all__ = [
    "FACT_LABELS",
    "PERMIT_STEPS",
    "class_label",
    "edition_label",
    "file_kind",
    "item_label",
    "reason_label",
    "step_label",
]

FACT_LABELS = {
    "number": Text("编号", "Number"),
    "service": Text("服务名称", "Service"),
    "provider": Text("提供者", "Provider"),
    "jurisdiction": Text("属地", "Province"),
    "filed_on": Text("日期", "Date"),
    "uscc": Text("统一社会信用代码", "Credit code"),
    "former_names": Text("曾用名", "Former names"),
    "base_model": Text("所调用的模型", "Model it calls"),
    "base_number": Text("所调用模型的编号", "Number of the model it calls"),
}
"""The facts of a published entry, and what they are called."""

_STEPS = {**APPLICATION_STEPS, **FILING_STEPS, **FOLLOWING_STEPS, **PETITION_STEPS}
_FILE_KINDS = {
    "evidence": Text("评估证据", "Evidence of the assessment"),
    "head": Text("证据的签名", "Signature of the evidence"),
    "keys": Text("评估方公钥", "The assessor’s public keys"),
    "folder": Text("材料目录", "Folder of the dossier"),
    **{kind.id: kind.name for kind in DOCUMENT_KINDS.values()},
    **ATTACHMENT_KINDS,
}
_BANKS = {kind.value: label for kind, label in BANK_LABELS.items()}


PERMIT_STEPS = {
    "permit.granted": Text("准予沙盒许可", "Sandbox permit granted"),
    "permit.limited": Text("限制沙盒许可", "Sandbox permit limited"),
    "permit.ended": Text("提前结束沙盒许可", "Sandbox permit ended"),
}
"""What the log's entries about permits are called."""


def step_label(name: str) -> Text:
    """Return what a step is called; a name that is none stands for itself."""
    return _STEPS[name].label if name in _STEPS else Text(name, name)


def reason_label(code: str) -> Text:
    """Return the words of a reason given by code; a code that is none stands for itself."""
    return next((one.text for one in load_reasons() if one.code == code), Text(code, code))


def file_kind(kind: str) -> Text:
    """Return what a file of an application is; a kind that is none stands for itself."""
    return _FILE_KINDS.get(kind, Text(kind, kind))


def class_label(name: str) -> Text:
    """Return what an industry or a service type is called; both lists agree on the one name they share."""
    known = Industry(name) if name in list(Industry) else ServiceType(name)
    return load_rules().name(known)


def edition_label(edition_id: str) -> Text:
    """Return the name and title of an edition of the standard."""
    if edition_id not in EDITION_IDS:
        return Text(edition_id, edition_id)
    edition = load_edition(edition_id)
    return Text(f"{edition.name}《{edition.title.zh}》", f"{edition.name}, {edition.title.en}")


def item_label(item: str, *, edition: str = EDITION_IDS[-1]) -> Text:
    """Return what a finding or a correction is about: a field, a threshold, a bank, or its own words."""
    if item in FIELDS:
        return FIELDS[item].label
    if item in _BANKS:
        return _BANKS[item]
    thresholds = load_edition(edition).thresholds
    return next((one.text for one in thresholds if one.id == item), Text(item, item))
