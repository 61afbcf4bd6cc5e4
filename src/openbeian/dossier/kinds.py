"""The documents of a dossier, numbered as offices ask for them, and the kinds of a provider's own files.

Names and numbers follow shared practice of 2024-2026; provincial forms differ.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from openbeian.core.text import Language, Text
from openbeian.dossier.stated import Route

__all__ = ["ATTACHMENT_KINDS", "DOCUMENT_KINDS", "RUN_FILES", "DocumentKind", "kind_of_name", "kinds_of"]

RUN_FILES: Final[Mapping[str, str]] = MappingProxyType(
    {"evidence.jsonl": "evidence", "head.dsse.json": "head", "keys.json": "keys"}
)
"""The files of a run that a dossier carries, and what kind each is."""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One document: its name, which number it has on each route, and how it comes."""

    id: str
    name: Text
    numbers: Mapping[Route, int]
    """Where a route is missing, the document is not asked for on it."""
    suffixes: tuple[str, ...] = ("docx", "pdf")

    def stem(self, route: Route, language: Language) -> str:
        """Return the file's name without its ending: `0-上线备案表`, in English `0-Filing form.en`."""
        name = f"{self.numbers[route]}-{self.name.in_(language)}"
        return name if language == "zh" else f"{name}.{language}"


def _both(number: int, other: int | None = None) -> Mapping[Route, int]:
    return MappingProxyType({"filing": number, "registration": number if other is None else other})


def _only(route: Route, number: int) -> Mapping[Route, int]:
    return MappingProxyType({route: number})


_ALL: Final = (
    DocumentKind("filing_form", Text("上线备案表", "Filing form"), _only("filing", 0)),
    DocumentKind("registration_form", Text("登记备案表", "Registration form"), _only("registration", 0)),
    DocumentKind("assessment_report", Text("安全评估报告", "Assessment report"), _only("filing", 1)),
    DocumentKind(
        "base_model_statement",
        Text("调用已备案大模型情况说明", "Statement on the filed model called"),
        _only("registration", 1),
    ),
    DocumentKind("service_agreement", Text("模型服务协议", "Service agreement"), _both(2)),
    DocumentKind("privacy_policy", Text("隐私保护政策", "Privacy policy"), _both(2)),
    DocumentKind("annotation_rules", Text("语料标注规则", "Annotation rules"), _only("filing", 3)),
    DocumentKind(
        "content_safety_rules", Text("内容安全管理制度", "Content safety rules"), _only("registration", 3)
    ),
    DocumentKind("keyword_list", Text("拦截关键词列表", "Keyword list"), _both(4), ("xlsx",)),
    DocumentKind("test_questions", Text("评估测试题", "Test questions"), _both(5), ("xlsx",)),
    DocumentKind("commitment", Text("承诺书与签字页", "Commitment and signature page"), _both(6)),
)
DOCUMENT_KINDS: Final[Mapping[str, DocumentKind]] = MappingProxyType({kind.id: kind for kind in _ALL})
"""Every document by its id, in the order of the numbers."""

ATTACHMENT_KINDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "licence": Text("营业执照或许可证", "Business licence or permit"),
        "contract": Text("合同或授权书", "Contract or authorisation"),
        "collection_record": Text("语料采集记录", "Record of collection"),
        "base_model_proof": Text("已备案基座模型的证明", "Proof that the base model is on file"),
        "screenshot": Text("界面截图", "Screenshot"),
        "rules": Text("管理制度", "Internal rules"),
        "test_body": Text("测试接口说明", "Description of the test interface"),
        "signed_page": Text("签字盖章页扫描件", "Scan of a signed and sealed page"),
        "label_sample": Text("带标识的生成内容样例", "Labelled sample of generated content"),
        "document": Text("其他材料", "Other document"),
    }
)
"""What a provider's own file may be, besides a document of its own hand in place of a built one."""


def kind_of_name(name: str) -> str:
    """Return the kind that a name speaks of, such as `2-隐私保护政策.docx`; `document` where it is none."""
    last = unicodedata.normalize("NFKC", name).rpartition("/")[2].casefold()
    named = {
        said.casefold(): kind
        for kind, names in (*((one.id, one.name) for one in _ALL), *ATTACHMENT_KINDS.items())
        for said in names
    }
    said_in_it = [said for said in named if said in last]
    return RUN_FILES.get(last) or named.get(max(said_in_it, key=len, default=""), "document")


def kinds_of(route: Route) -> Iterator[DocumentKind]:
    """Yield the documents of a route in the order of their numbers."""
    yield from sorted((kind for kind in _ALL if route in kind.numbers), key=lambda kind: kind.numbers[route])
