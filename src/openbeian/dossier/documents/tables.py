"""The tables of written documents, by the names that `texts/*.yaml` use."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from openbeian.assessment.judges.rubric import Rubric
from openbeian.core.text import Text
from openbeian.dossier.documents.filling import Filler
from openbeian.dossier.documents.model import Block, Inline, Paragraph, Table, blank
from openbeian.dossier.form import FIELDS
from openbeian.dossier.kinds import ATTACHMENT_KINDS
from openbeian.dossier.stated import DUTIES, StaffMember

__all__ = ["TABLES", "attachments_table", "risks_table"]

_Row = tuple[Inline, ...]


def _table(
    filler: Filler, caption: Text, headings: Sequence[Text], rows: Sequence[_Row], widths: tuple[float, ...]
) -> Table:
    in_ = filler.language
    return Table(caption.in_(in_), tuple(one.in_(in_) for one in headings), tuple(rows), widths)


def risks_table(filler: Filler) -> Iterator[Block]:
    """Yield the 31 risks, each with its criterion."""
    criteria = Rubric.load().criteria
    rows: list[_Row] = [
        (risk.id, risk.text.in_(filler.language), _criterion(criteria[risk.id]).in_(filler.language))
        for risk in filler.material.edition.taxonomy.risks
    ]
    yield _table(
        filler,
        Text("31 种安全风险与判定标准", "The 31 risks and their criteria"),
        (Text("编号", "Id"), Text("风险", "Risk"), Text("判定标准", "Criterion")),
        rows,
        (1.5, 4, 10.5),
    )


def _criterion(told_to_models: Text) -> Text:
    """Return a criterion in the words of people: what a model calls unsure is undecided to them."""
    return Text(
        told_to_models.zh.replace("unsure", "“待定”"), told_to_models.en.replace("unsure", "undecided")
    )


_SENSITIVE: Final = frozenset({"identity", "location", "biometric", "payment"})
_PURPOSES: Final[Mapping[str, Text]] = {
    "phone": Text("注册、登录与身份核验", "registration, login, proof of identity"),
    "account": Text("提供账号服务", "keeping the account"),
    "identity": Text("依法核验身份", "proof of identity as the law demands"),
    "content": Text("生成回答、内容安全检测", "answering, and checking the safety of content"),
    "device": Text("保障运行安全、排查故障", "security of operation, finding faults"),
    "location": Text("提供与位置有关的回答", "answers that depend on the place"),
    "biometric": Text("使用者主动选用的功能", "functions that the user chooses"),
    "payment": Text("办理付费服务", "paid services"),
}


def _personal_types(filler: Filler) -> Iterator[Block]:
    chosen = [one for one in filler.material.chosen("personal.types") if one in _PURPOSES]
    labels = {choice.id: choice.label for choice in FIELDS["personal.types"].choices}
    if not chosen:
        none = Text(
            "我们不收集个人信息；您在对话中输入的内容仅用于完成该次对话。",
            "We collect no personal information; what you enter serves that conversation alone.",
        )
        yield Paragraph(none.in_(filler.language))
        return
    sensitive, basis = Text("敏感", "sensitive"), Text("处理的合法依据", "legal basis")
    rows: list[_Row] = [
        (
            labels[one].in_(filler.language),
            sensitive.in_(filler.language) if one in _SENSITIVE else "—",
            _PURPOSES[one].in_(filler.language),
            (blank(basis, filler.language),),
        )
        for one in chosen
    ]
    yield _table(
        filler,
        Text("收集的个人信息", "Personal information collected"),
        (Text("种类", "What"), Text("是否敏感", "Sensitive"), Text("目的", "Purpose"), Text("依据", "Basis")),
        rows,
        (5, 2, 5, 4),
    )


def _staff(filler: Filler) -> Iterator[Block]:
    staff = filler.material.folder.stated.staff
    if staff:
        yield _table(
            filler,
            Text("人员", "People"),
            (
                Text("姓名", "Name"),
                Text("职责", "Duty"),
                Text("任务", "Tasks"),
                Text("培训", "Trained"),
                Text("考核", "Examined"),
            ),
            [_member(one, filler) for one in staff],
            (3, 2.6, 4.8, 2.8, 2.8),
        )


def _member(one: StaffMember, filler: Filler) -> _Row:
    days = [f"{day}" if day else "—" for day in (one.trained_on, one.examined_on)]
    return (one.name, DUTIES[one.duty].in_(filler.language), "、".join(one.tasks) or "—", *days)


_FORMAT_HEADS: Final = (Text("字段", "Field"), Text("含义", "Meaning"), Text("要求", "Rule"))
_COMMON: Final = (
    ("id", Text("条目编号", "id of the item"), Text("全库唯一", "unique")),
    (
        "question",
        Text("输入", "input"),
        Text("使用者可能提出的完整问题", "a whole question a user might ask"),
    ),
    ("answer", Text("回答", "answer"), Text("可直接使用的完整回答", "a whole answer fit to be given")),
)
_PEOPLE: Final = (
    ("annotator", Text("标注人员", "annotator"), Text("编号，不写姓名", "a number, no name")),
    (
        "reviewer",
        Text("审核人员", "reviewer"),
        Text("编号，与标注人员不同", "a number, other than the annotator's"),
    ),
    ("reviewed_at", Text("审核时间", "time of review"), Text("精确到分", "to the minute")),
)
_FUNCTIONAL: Final = (
    (
        "source",
        Text("事实出处", "source of facts"),
        Text("可查的出处；无事实性内容的留空", "one that can be looked up; empty without facts"),
    ),
    (
        "type",
        Text("问题类型", "type of question"),
        Text("按本单位类型表", "from the company's list of types"),
    ),
)
_SAFETY: Final = (
    (
        "risk",
        Text("风险编号", "id of the risk"),
        Text("附录A编号，如 A.1.a；合格的留空", "as in Annex A, such as A.1.a; empty where it conforms"),
    ),
    ("other_risks", Text("其他风险", "other risks"), Text("可多个", "any number")),
    (
        "verdict",
        Text("结论", "verdict"),
        Text("合格、不合格、待定之一", "conforms, does not conform, undecided"),
    ),
    (
        "reason",
        Text("理由", "reason"),
        Text("一句话，指出所依据的文字", "one sentence pointing to the words it rests on"),
    ),
)


def _format(caption: Text, fields: Sequence[tuple[str, Text, Text]]) -> Callable[[Filler], Iterator[Block]]:
    def make(filler: Filler) -> Iterator[Block]:
        rows: list[_Row] = [
            (name, meaning.in_(filler.language), rule.in_(filler.language)) for name, meaning, rule in fields
        ]
        yield _table(filler, caption, _FORMAT_HEADS, rows, (3, 5, 8))

    return make


def attachments_table(kinds: Sequence[str], filler: Filler) -> Iterator[Block]:
    """Yield the provider's own files of some kinds; a place still to be written where there are none."""
    found = [one for one in filler.material.folder.attachments if one.kind in kinds]
    if not found:
        names = [ATTACHMENT_KINDS[kind] for kind in kinds]
        missing = Text("、".join(one.zh for one in names), ", ".join(one.en for one in names))
        yield Paragraph((blank(missing, filler.language),))
        return
    rows: list[_Row] = [(ATTACHMENT_KINDS[one.kind].in_(filler.language), one.name) for one in found]
    yield _table(
        filler,
        Text("证明材料", "Proofs"),
        (Text("种类", "Kind"), Text("文件", "File")),
        rows,
        (5, 11),
    )


TABLES: Final[Mapping[str, Callable[[Filler], Iterator[Block]]]] = {
    "risks": risks_table,
    "personal_types": _personal_types,
    "staff": _staff,
    "functional_format": _format(
        Text("功能性标注的数据格式", "Format of functional annotation"), (*_COMMON, *_FUNCTIONAL, *_PEOPLE)
    ),
    "safety_format": _format(
        Text("安全性标注的数据格式", "Format of safety annotation"), (*_COMMON, *_SAFETY, *_PEOPLE)
    ),
}
