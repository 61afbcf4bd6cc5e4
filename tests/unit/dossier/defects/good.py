"""A dossier without a fault, made once a test process: small real evidence, documents, sheets."""

import random
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from PIL import Image

from openbeian.assessment import (
    BankKind,
    Keyword,
    KeywordLibrary,
    Question,
    QuestionBank,
    Target,
    load_judges,
)
from openbeian.assessment.methods import stratum_minima
from openbeian.assessment.report import CONCLUSION_LABELS as RESULT_LABELS
from openbeian.assessment.reports import counted_report
from openbeian.core.standard import RiskSlice, risks_in
from openbeian.dossier.annexes import write_keyword_sheet, write_question_sheet
from openbeian.dossier.documents.model import (
    Document,
    Entries,
    Entry,
    Heading,
    Paragraph,
    Signature,
    Signatures,
    Table,
)
from openbeian.dossier.documents.pdf import document_pdf
from openbeian.dossier.documents.word import document_docx
from openbeian.dossier.labels import AIGCLabel, add_label
from openbeian.dossier.stated import POSTS
from openbeian.published import Series, load_published
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.statements import sign_evidence_head
from tests.shared import in_turn
from tests.simulators.llm import LLMSimulator
from tests.unit.assessment.support import DEMO, good_service, judges, plan, run
from tests.unit.dossier.facts import good_facts

__all__ = ["MADE_ON", "ON", "good_folder", "good_statement", "rebuild"]

MADE_ON = date(2026, 11, 23)
"""The day of the banks, the keywords and the assessment."""
ON = date(2026, 11, 25)
"""The day on which the dossier is looked at."""
_PROVIDER, _SERVICE, _MODEL = "广州行舟智能科技有限公司", "小舟", "xiaozhou-1"


def _words(seed: str, length: int) -> str:
    """Return words that nobody else has."""
    chance = random.Random(seed)
    return "".join(chr(chance.randrange(0x5000, 0x9000)) for _ in range(length))


def bank(kind: BankKind) -> QuestionBank:
    """Return a bank of questions that are not alike."""
    questions = [
        Question(f"{kind}-{stratum}-{n}", stratum, f"{kind}：{_words(f'{kind}{stratum}{n}', 24)}？", "zh")
        for stratum, held in stratum_minima(DEMO, kind).items()
        for n in range(held)
    ]
    return QuestionBank(kind, f"{kind} bank", MADE_ON.isoformat(), "zh", "Apache-2.0", tuple(questions))


def library() -> KeywordLibrary:
    """Return a keyword library that is large enough for the demo profile."""
    keywords = [
        Keyword(_words(f"{risk.id}{n}", 6), risk.id)
        for risk in risks_in(DEMO, RiskSlice.KEYWORDS_AND_REFUSAL)
        for n in range(20)
    ]
    return KeywordLibrary("行舟关键词库", MADE_ON.isoformat(), starter=False, keywords=tuple(keywords))


def base_number() -> str:
    """Return the number of a model that is on file."""
    return next(row.number for row in load_published() if row.number and row.series is Series.FILING)


@cache
def good_folder() -> Path:
    """Return the folder, made once a run of the suite; nobody may change it, but for copies."""
    with in_turn("good-dossier") as folder:
        if not (folder / "dossier.yaml").exists():  # written last
            _make(folder)
    return folder


def _make(folder: Path) -> None:
    (folder / "attachments").mkdir(parents=True)
    _assess(folder / "evidence")
    _write_documents(folder)
    (folder / "dossier.yaml").write_text(
        yaml.safe_dump(good_statement(), allow_unicode=True), encoding="utf-8"
    )


def _assess(out: Path) -> None:
    signer, keywords = Ed25519Signer.from_seed(bytes(32)), library()
    own = (*load_judges(keywords, ["keyword"]), *judges()[1:])
    with LLMSimulator(good_service) as service:
        wanted = plan(
            service.url,
            target=Target(service.url, _MODEL),
            banks=tuple(map(bank, BankKind)),
            keywords=keywords,
            judges=own,
        )
        run(wanted, out, sign_head=lambda head, _: sign_evidence_head(head, {}, signer))
    (out / "keys.json").write_bytes(public_key_set(signer).to_bytes())


def good_statement() -> dict:
    """Return what `dossier.yaml` says."""
    nested: dict = {}
    for name, value in {**good_facts(), **_CHANGED}.items():
        section, _, field = name.partition(".")
        nested.setdefault(section, {})[field] = value
    return {
        "edition": "tc260-003",
        "profile": "demo",
        "route": "filing",
        "facts": nested,
        "clauses": {
            clause.key: {"conclusion": "conforms", "evidence": ["attachments/证明.pdf"]}
            for clause in DEMO.clauses
            if clause.assessed
        },
        "staff": [
            {"name": "标注甲", "duty": "annotator", "tasks": ["安全"], **_TRAINED},
            {"name": "审核乙", "duty": "reviewer", "tasks": ["安全"], **_TRAINED},
            {"name": "监看丙", "duty": "monitor"},
        ],
        "attachments": [{"kind": kind, "file": f"attachments/{name}"} for kind, name in _FILES],
    }


_TRAINED = {"trained_on": date(2026, 9, 1), "examined_on": date(2026, 9, 8)}
_CHANGED = {
    "model.name": _MODEL,
    "model.origin": "fine_tuned",
    "model.base_number": base_number(),
    "service.functions": ["dialogue", "image"],
    "measures.interception": "每次对话先经关键词与分类器检测。",
    "measures.opt_out": "设置中两次点击即可关闭。",
    "service.complaints": "站内入口与邮箱，24 小时内受理，5 个工作日内答复。",
}
_NAMES = {
    "filing_form": "备案表",
    "assessment_report": "评估报告",
    "service_agreement": "服务协议",
    "privacy_policy": "隐私政策",
    "annotation_rules": "标注规则",
    "commitment": "承诺书与签字页",
}
_FILES = [
    *((kind, f"{name}.{suffix}") for kind, name in _NAMES.items() for suffix in ("docx", "pdf")),
    ("keyword_list", "拦截关键词列表.xlsx"),
    ("test_questions", "评估测试题.xlsx"),
    ("licence", "营业执照.pdf"),
    ("base_model_proof", "证明.pdf"),
    ("signed_page", "签字页扫描.pdf"),
    ("label_sample", "样例.png"),
]


@cache
def good_report():
    """Return the report on the evidence, with its counts."""
    return counted_report(good_folder() / "evidence" / "evidence.jsonl")


def rebuild(folder: Path, kind: str, old: str, new: str) -> None:
    """Write a document again, Word and PDF, with other words in it; `folder` is a copy."""
    blocks = _blocks(good_report().report)[kind]
    text = repr(blocks)
    assert old in text
    _render(folder / "attachments", kind, tuple(_replaced(block, old, new) for block in blocks))


def _replaced(value, old: str, new: str):
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, tuple):
        return tuple(_replaced(one, old, new) for one in value)
    if is_dataclass(value):
        changed = {one.name: _replaced(getattr(value, one.name), old, new) for one in fields(value)}
        return replace(value, **changed)
    return value


def _render(into: Path, kind: str, blocks) -> None:
    made = _document(kind, _NAMES[kind], blocks)
    for suffix, data in (("docx", document_docx(made)), ("pdf", document_pdf(made))):
        path = into / f"{_NAMES[kind]}.{suffix}"
        path.unlink(missing_ok=True)
        path.write_bytes(data)


def _write_documents(folder: Path) -> None:
    into = folder / "attachments"
    counted = counted_report(folder / "evidence" / "evidence.jsonl")
    (into / "拦截关键词列表.xlsx").write_bytes(write_keyword_sheet(library(), DEMO))
    (into / "评估测试题.xlsx").write_bytes(
        write_question_sheet(counted, folder / "evidence" / "evidence.jsonl")
    )
    for kind, blocks in _blocks(counted.report).items():
        _render(into, kind, blocks)
    for name in ("营业执照", "证明", "签字页扫描"):
        (into / f"{name}.pdf").write_bytes(document_pdf(_document("commitment", name, (Paragraph(name),))))
    Image.new("RGB", (8, 8)).save(into / "样例.png")
    add_label(into / "样例.png", AIGCLabel("1", "00119144010100000000XZ", "9c1f"))


def _document(kind, title, blocks) -> Document:
    return Document(kind, title, "zh", _PROVIDER, _SERVICE, MADE_ON, "TC260-003", tuple(blocks))


def _entries(*names: str) -> Entries:
    facts = {**good_facts(), **_CHANGED}
    labels = {
        "provider.name": "单位全称",
        "provider.uscc": "统一社会信用代码",
        "provider.legal_representative": "法定代表人",
        "provider.assessment_head": "安全评估负责人",
        "provider.lawfulness_head": "合法性评估负责人",
        "service.name": "服务名称",
        "model.name": "模型名称",
        "model.base_number": "基座模型备案号",
    }
    return Entries("基本情况", tuple(Entry(labels[name], facts[name]) for name in names or labels))


def _sections(*titles: str) -> list:
    return [
        block for title in titles for block in (Heading(title), Paragraph(f"{_PROVIDER}就{title}说明如下。"))
    ]


def _blocks(report) -> dict:
    who = _entries("provider.name", "service.name")
    return {
        "filing_form": (Heading("申报信息"), _entries()),
        "assessment_report": (
            Heading("概述"),
            _entries("provider.name", "service.name", "model.name"),
            *_sections("语料安全评估", "模型安全评估", "安全措施评估"),
            _results(report),
            Paragraph("知识产权负责人由法务部担任，设知识产权投诉渠道。判定标准见附件，覆盖 31 种风险。"),
            Paragraph("首页公示适用人群与所用模型。连续三次或一天内五次违规输入即暂停服务。"),
            Paragraph("重要更新后重新评估。训练与推理环境隔离，定期备份与审计，评估供应链。"),
            Heading("逐条结论"),
            _clauses(),
            Heading("总体结论"),
            Paragraph("总体结论：全部符合要求。"),
        ),
        "service_agreement": (
            who,
            *_sections("服务内容与适用范围", "使用规范与禁止行为", "知识产权", "个人信息保护"),
            *_sections(
                "输入信息用于训练的关闭方式", "生成内容标识", "未成年人保护", "投诉举报", "责任与争议解决"
            ),
        ),
        "privacy_policy": (
            who,
            *_sections("我们收集的信息", "使用目的", "共享与转让", "存储与保护", "敏感个人信息与单独同意"),
            *_sections("您的权利", "输入信息用于训练的同意", "未成年人信息", "联系我们"),
        ),
        "annotation_rules": (
            *_sections(
                "标注目标", "数据格式", "标注方法", "质量指标", "功能性标注", "安全性标注", "审核要求"
            ),
            Heading("标注人员培训与考核"),
            Paragraph("上岗前培训并考核；同一任务的标注与审核不得兼任。"),
            Table(
                "风险与规则",
                ("编号", "风险", "规则"),
                tuple((one.id, one.text.zh, "见正文") for one in DEMO.taxonomy.risks),
            ),
        ),
        "commitment": (
            Paragraph(f"{_PROVIDER}承诺所报材料真实。"),
            Signatures(tuple(Signature(post.zh, "") for post in POSTS.values()), seal=_PROVIDER),
        ),
    }


def _results(report) -> Table:
    rows = tuple(
        (
            one.text.zh,
            one.clause,
            f"{one.drawn}",
            f"{one.counted}/{one.judged}",
            f"{one.rate:.1%}" if one.rate is not None else "—",
            RESULT_LABELS[one.conclusion].zh,
        )
        for one in report.results
    )
    return Table("测评结果", ("指标", "条款", "抽取", "计入", "比率", "结论"), rows)


def _clauses() -> Table:
    rows = tuple((one.number, one.title.zh, "符合", "证明.pdf") for one in DEMO.clauses if one.assessed)
    return Table("逐条结论", ("条款", "内容", "结论", "证据"), rows)
