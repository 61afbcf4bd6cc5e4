"""The forms: every entry of the filing form in ruled grids, the list of documents, and places to sign."""

from collections.abc import Iterator
from typing import Final

from openbeian.core.text import Language, Text
from openbeian.dossier.documents.filling import Filler
from openbeian.dossier.documents.model import (
    Block,
    Document,
    Entries,
    Entry,
    Heading,
    Inline,
    Note,
    Paragraph,
    Table,
)
from openbeian.dossier.documents.prose import section_number
from openbeian.dossier.documents.registry import Material, document
from openbeian.dossier.documents.signing import signatures
from openbeian.dossier.form import Field, Section, form_for
from openbeian.dossier.kinds import ATTACHMENT_KINDS, DOCUMENT_KINDS, kinds_of

__all__ = ["filing_form", "registration_form"]

_TITLES: Final = {
    "filing_form": Text("生成式人工智能服务上线备案表", "Form for the filing of a generative-AI service"),
    "registration_form": Text(
        "生成式人工智能服务登记备案表", "Form for the registration of a generative-AI service"
    ),
}
_MATERIALS: Final = Text("随附材料", "Documents handed in")
_SIGNATURES: Final = Text("签字与盖章", "Signatures and seal")
_NOTE: Final = Text(
    "本表由申报事实生成，内容须与其他各份材料一致。测试账号与密钥不写入本表，另行提供。",
    "Made from the facts of the filing; it must agree with all other documents. "
    "Test accounts and keys are not written here but handed over separately.",
)
_EMPTY: Final = "—"
_TICKED: Final = "☑ "
_OPEN: Final = "☐ "
_WIDE: Final = frozenset({"longtext", "choices", "url"})


@document("filing_form")
def filing_form(material: Material, language: Language) -> Document:
    """Return the form for a filing."""
    return _form("filing_form", material, language)


@document("registration_form")
def registration_form(material: Material, language: Language) -> Document:
    """Return the form for a registration."""
    return _form("registration_form", material, language)


def _form(kind: str, material: Material, language: Language) -> Document:
    return Document(
        kind=kind,
        title=_TITLES[kind].in_(language),
        language=language,
        provider=material.fact("provider.name"),
        service=material.fact("service.name"),
        date=material.on,
        edition=material.edition.name,
        blocks=tuple(_blocks(Filler(material, language))),
        notices=material.notices(language),
    )


def _blocks(filler: Filler) -> Iterator[Block]:
    route, number = filler.material.folder.stated.route, 0
    yield Note(_NOTE.in_(filler.language))
    for number, section in enumerate(form_for(route), 1):
        yield _heading(number, section.label, filler)
        yield from _section(section, filler)
    yield _heading(number + 1, _MATERIALS, filler)
    yield _materials(filler)
    yield _heading(number + 2, _SIGNATURES, filler)
    yield from signatures(("legal_representative", "assessment_head"), filler)


def _heading(number: int, label: Text, filler: Filler) -> Heading:
    return Heading(section_number(number).in_(filler.language) + label.in_(filler.language))


def _section(section: Section, filler: Filler) -> Iterator[Block]:
    confirmed = [one for one in section.fields if one.kind == "confirm"]
    entries = [_entry(one, filler) for one in section.fields if one.kind != "confirm"]
    if entries:
        yield Entries("", tuple(entries))
    for one in confirmed:
        ticked = filler.material.chosen(one.id)
        for choice in one.choices:
            mark = _TICKED if choice.id in ticked else _OPEN
            yield Paragraph(mark + choice.label.in_(filler.language))


def _entry(field: Field, filler: Filler) -> Entry:
    entered = filler.entry(field.id)
    value: Inline = (entered,)
    if entered.blank and filler.material.folder.stated.route not in field.required_on:
        value = _EMPTY
    return Entry(field.label.in_(filler.language), value, wide=field.kind in _WIDE)


def _materials(filler: Filler) -> Table:
    route, language = filler.material.folder.stated.route, filler.language
    own = filler.material.folder.attachments
    documents: list[tuple[Inline, ...]] = [
        (str(kind.numbers[route]), kind.name.in_(language), "、".join(kind.suffixes).upper())
        for kind in kinds_of(route)
    ]
    others: list[tuple[Inline, ...]] = [
        (_EMPTY, f"{ATTACHMENT_KINDS[one.kind].in_(language)}：{one.path.name}", one.path.suffix[1:].upper())
        for one in own
        if one.kind not in DOCUMENT_KINDS
    ]
    heads = (Text("序号", "No"), Text("材料", "Document"), Text("格式", "Format"))
    return Table("", tuple(one.in_(language) for one in heads), (*documents, *others), (2, 10, 4))
