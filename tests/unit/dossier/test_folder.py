"""A dossier's folder: what is read from it, and what is said about every mistake in it."""

import json
from datetime import date

import pytest
import yaml

from openbeian.core.errors import BadInputError
from openbeian.core.standard import Conclusion
from openbeian.dossier.built import Build, BuiltDocument, read_build
from openbeian.dossier.folder import CorpusFiles, read_folder
from openbeian.dossier.kinds import DOCUMENT_KINDS, kinds_of
from openbeian.dossier.stated import Signatory, StaffMember
from tests.unit.dossier.facts import good_facts
from tests.unit.dossier.folders import good_folder, write_folder


def test_everything_people_write_is_read(tmp_path):
    (tmp_path / "d" / "scan").mkdir(parents=True)
    (tmp_path / "d" / "ledger.yaml").write_text("[]")
    folder = good_folder(
        tmp_path / "d",
        profile="demo",
        languages=["en", "zh"],
        corpus={"scan": "scan", "ledger": "ledger.yaml"},
        clauses={"measures.supply": {"conclusion": "does_not_conform", "reason": "一", "plan": "二"}},
        staff=[{"name": "甲", "duty": "reviewer", "tasks": ["安全"], "trained_on": date(2026, 3, 1)}],
        signatories={"assessment_head": {"name": "梁守拙", "position": "总经理"}},
    )
    assert folder.languages == ("zh", "en")
    assert folder.edition.profile_name == "demo"
    assert folder.corpus == CorpusFiles(tmp_path / "d" / "scan", tmp_path / "d" / "ledger.yaml")
    [(clause_id, result)] = folder.stated.clauses.items()
    assert clause_id == "7:measures.supply"
    assert (result.conclusion, result.plan) == (Conclusion.DOES_NOT_CONFORM, "二")
    assert folder.stated.staff == (StaffMember("甲", "reviewer", ("安全",), date(2026, 3, 1)),)
    assert folder.stated.signatories == (
        Signatory("legal_representative", "顾清和"),
        Signatory("assessment_head", "梁守拙", "总经理"),
        Signatory("lawfulness_head", "温如许"),
    )


@pytest.mark.parametrize(
    ("origin", "route", "taken"),
    [("own", None, "filing"), ("called", None, "registration"), ("called", "filing", "filing")],
)
def test_the_route_is_the_one_named_or_follows_from_the_origin_of_the_model(tmp_path, origin, route, taken):
    folder = good_folder(tmp_path / "d", good_facts(model__origin=origin), route=route)
    assert folder.stated.route == taken


def test_an_office_is_handed_evidence_documents_and_attachments(tmp_path):
    path = write_folder(tmp_path / "d", corpus="attachments")
    for name in ("evidence/evidence.jsonl", "evidence/keys.json", "documents/0.pdf", "documents/mine.pdf"):
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text("x")
    build = Build("", "", "", "filing", {}, (BuiltDocument("filing_form", "zh", "0.pdf", "00"),))
    (path / "documents" / "build.json").write_bytes(build.to_bytes())
    folder = read_folder(path)
    kinds = [(one.kind, one.path.name) for one in folder.dossier().attachments]
    assert kinds == [
        ("evidence", "evidence.jsonl"),
        ("keys", "keys.json"),
        ("filing_form", "0.pdf"),
        ("document", "mine.pdf"),
        ("licence", "licence.pdf"),
    ]
    assert folder.corpus == CorpusFiles(path / "attachments")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"edition": "tc260-999"}, "tc260-999"),
        ({"edition": None}, "“edition” is missing"),
        ({"colour": "blue"}, "“colour” is unknown"),
        ({"route": "express"}, "must be filing or registration"),
        ({"languages": ["fr"]}, "a list of zh and en"),
        ({"run": "../elsewhere"}, "leaves the dossier's folder"),
        ({"run": "/elsewhere"}, "leaves the dossier's folder"),
        ({"corpus": "scan"}, "no file “scan”"),
        ({"corpus": {"sacn": "scan"}}, "“sacn” is unknown"),
        ({"clauses": {"5.9 z)": {"conclusion": "conforms"}}}, "no clause “5.9 z)”"),
        ({"clauses": {"measures.supply": {"conclusion": "maybe"}}}, "must be one of conforms"),
        ({"clauses": {"measures.supply": {"conclusion": "conforms", "proof": "x"}}}, "“proof” is unknown"),
        (
            {
                "clauses": {
                    name: {"conclusion": "conforms"} for name in ("measures.supply", "7:measures.supply")
                }
            },
            "given twice",
        ),
        ({"staff": [{"name": "甲", "duty": "dancer"}]}, "duty is “dancer”"),
        ({"staff": [{"name": "甲", "duty": "monitor", "trained_on": "March"}]}, "must be a date"),
        ({"attachments": [{"kind": "evidence", "file": "x"}]}, "kind is “evidence”"),
        ({"attachments": [{"kind": "licence", "file": "attachments/none.pdf"}]}, "no file “attachments/none"),
        ({"signatories": {"cleaner": {}}}, "“cleaner” is unknown"),
        ({"facts": ["a"]}, "facts"),
        ({"facts": {"model": {"name": {"zh": "x"}}}}, "“model.name” must be"),
        ({"facts": {"model.name": [["x"]]}}, "“model.name” must be"),
    ],
)
def test_every_mistake_is_named_with_its_remedy(tmp_path, changes, said):
    path = write_folder(tmp_path / "d", **changes)
    with pytest.raises(BadInputError) as told:
        read_folder(path)
    assert said in told.value.text.en
    assert told.value.text.zh


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "secret").write_text("x")
    path = write_folder(tmp_path / "d", attachments=[{"kind": "licence", "file": "link"}])
    (path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(BadInputError, match="leaves the dossier's folder"):
        read_folder(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "run beian dossier new"),
        (b"edition: [", "no valid YAML"),
        (b"edition: \xff\xfe", "save it as UTF-8"),
        (b"edition: 2026-13-45", "how dates are written"),
        (b"- a\n- b\n", "a mapping at its top level"),
        (b"#" * 4_000_001, "larger than 4 MB"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path, content, said):
    if content is not None:
        (tmp_path / "dossier.yaml").write_bytes(content)
    with pytest.raises(BadInputError, match=said):
        read_folder(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"format": "other/9"}), "null"])
def test_a_broken_record_of_a_build_says_how_to_mend_it(tmp_path, content):
    (tmp_path / "build.json").write_text(content)
    with pytest.raises(BadInputError, match="run beian dossier build again"):
        read_build(tmp_path)


def test_a_record_of_a_build_is_read_as_it_was_written(tmp_path):
    build = Build(
        "2026-11-27T10:00:00+08:00",
        "tc260-003",
        "demo",
        "filing",
        {"dossier.yaml": "aa"},
        (BuiltDocument("filing_form", "zh", "0-上线备案表.pdf", "bb"),),
        {"assessment_report": {"rate": 0.97}},
    )
    (tmp_path / "build.json").write_bytes(build.to_bytes())
    assert read_build(tmp_path) == build
    assert read_build(tmp_path / "none") is None


def test_documents_are_numbered_as_offices_ask_on_each_route():
    assert [(kind.numbers["filing"], kind.id) for kind in kinds_of("filing")] == [
        (0, "filing_form"),
        (1, "assessment_report"),
        (2, "service_agreement"),
        (2, "privacy_policy"),
        (3, "annotation_rules"),
        (4, "keyword_list"),
        (5, "test_questions"),
        (6, "commitment"),
    ]
    assert [kind.id for kind in kinds_of("registration")][:2] == ["registration_form", "base_model_statement"]
    form = DOCUMENT_KINDS["filing_form"]
    assert (form.stem("filing", "zh"), form.stem("filing", "en")) == ("0-上线备案表", "0-Filing form.en")


def test_facts_may_be_nested_or_flat(tmp_path):
    nested = yaml.safe_load("{provider: {name: 甲}, model.origin: own}")
    assert good_folder(tmp_path / "d", nested).facts == {"provider.name": "甲", "model.origin": "own"}
