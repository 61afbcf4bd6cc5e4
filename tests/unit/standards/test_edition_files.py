"""A new edition is a new file; a wrong file is refused by name, place and remedy."""

import shutil
from datetime import date

import pytest
import yaml

from openbeian.core.errors import BadInputError
from openbeian.core.standard import Provenance
from openbeian.standards import load_edition, load_profile, load_taxonomy
from openbeian.standards.reading import DATA


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def edit(path, change):
    fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(fields)
    path.write_text(yaml.safe_dump(fields, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.fixture
def tc260(folder):
    return folder / "editions" / "tc260-003.yaml"


@pytest.fixture
def newer(folder):
    path = folder / "editions" / "newer.yaml"
    path.write_text(
        """
id: newer
extends: gbt-45654-2025
name: Newer
title: {zh: 新版, en: Newer}
status: {zh: 草案, en: Draft}
released_on: 2027-03-01
words: {corpus: {zh: 数据, en: data}}
chapters:
  - {number: "5", title: {zh: 数据, en: Data}}
  - {number: "5.1", title: {zh: 来源, en: Sources}}
  - {number: "6", title: {zh: 模型, en: Model}}
  - {number: "7", title: {zh: 措施, en: Measures}}
  - {number: "B", title: {zh: 附录B, en: Annex B}}
clauses:
  corpus.source.assessed: {number: "5.1 a)", provenance: V2}
  annotation.storage:
thresholds:
  keywords.total: {value: 20000}
  model.size:
    text: {zh: 参数量, en: Parameters}
    value: 1
    unit: items
    limit: at_least
    clauses: [model.base]
    provenance: V3
    sources: [S4]
""",
        encoding="utf-8",
    )
    return path


def test_a_new_edition_says_only_what_differs(folder, newer):
    edition = load_edition(newer.stem, folder)
    assert edition.released_on == date(2027, 3, 1)
    assert edition.number("keywords.total") == 20_000
    assert edition.number("keywords.min.A1") == 200
    assert edition.clause("5.1 a)").provenance is Provenance.V2
    assert edition.threshold("model.size").clause_ids == ("6:model.base",)
    assert "多个来源" in edition.clause("5:corpus.source.diversity").summary.zh
    assert "类型的数据" in edition.clause("5:corpus.source.diversity").summary.zh


def test_a_new_edition_can_take_a_clause_out(folder, newer):
    keys = [clause.key for clause in load_edition(newer.stem, folder).clauses]
    assert "annotation.storage" not in keys
    assert len(keys) == 42


def drop(*path):
    def change(fields):
        for name in path[:-1]:
            fields = fields[name]
        del fields[path[-1]]

    return change


def put(value, *path):
    def change(fields):
        for name in path[:-1]:
            fields = fields[name]
        fields[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (put("tc260", "id"), "tc260-003.yaml", "must be that of the file"),
        (drop("name"), "tc260-003.yaml", "“name” is missing"),
        (put(3, "name"), "tc260-003.yaml", "“name” is missing or no string"),
        (put("2024-02-30", "released_on"), "tc260-003.yaml", "must be a date"),
        (put("soon", "in_force_on"), "tc260-003.yaml", "“in_force_on” must be a date"),
        (put({"zh": "一"}, "title"), "title", "must have zh and en and nothing else"),
        (put({"zh": "一", "en": "a", "b": None}, "title"), "title", "quote a text that has a comma"),
        (put("one", "title"), "title", "must be a mapping"),
        (put({}, "chapters"), "tc260-003.yaml", "“chapters” must be a list"),
        (put(["5"], "chapters"), r"chapters\[0\]", "must be a mapping"),
        (
            put("4.1 a)", "clauses", "model.base", "number"),
            "clauses.model.base",
            "chapter “4.1” is not under",
        ),
        (put("must", "clauses", "model.base", "strength"), "clauses.model.base", "one of shall, should, may"),
        (put("V9", "clauses", "model.base", "provenance"), "clauses.model.base", "one of V2, V3, M, UNKNOWN"),
        (put("no", "clauses", "model.base", "assessed"), "clauses.model.base", "must be true or false"),
        (
            put({"zh": "{x}", "en": "y"}, "clauses", "model.base", "title"),
            "clauses.model.base",
            "must be listed under words: 'x'",
        ),
        (
            put({"zh": "{", "en": "y"}, "clauses", "model.base", "title"),
            "clauses.model.base",
            "listed under words",
        ),
        (put([], "thresholds", "model.base", "clauses"), "thresholds.model.base", r"unknown: \(empty\)"),
        (put(["x"], "thresholds", "model.base", "clauses"), "thresholds.model.base", "unknown: x"),
        (put(["S99"], "thresholds", "model.base", "sources"), "thresholds.model.base", "unknown: S99"),
        (
            put("S4", "thresholds", "model.base", "sources"),
            "thresholds.model.base",
            "must be a list of strings",
        ),
        (
            put([4], "thresholds", "model.base", "sources"),
            "thresholds.model.base",
            "must be a list of strings",
        ),
        (put("yards", "thresholds", "model.base", "unit"), "units.yards", "must have zh and en"),
        (put(None, "thresholds", "model.base", "value"), "thresholds.model.base.value", "must be a mapping"),
        (put(True, "thresholds", "model.base", "value"), "thresholds.model.base.value", "must be a mapping"),  # noqa: FBT003
    ],
)
def test_a_wrong_edition_file_is_refused_by_name_and_place(folder, tc260, change, where, what):
    edit(tc260, change)
    with pytest.raises(BadInputError, match=f"{where}.*: .*{what}") as caught:
        load_edition("tc260-003", folder)
    assert caught.value.text.zh.startswith("tc260-003.yaml")


def test_a_file_that_is_no_yaml_is_refused_with_the_line(folder, tc260):
    tc260.write_text("id: tc260-003\nname: [", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"tc260-003\.yaml is no valid YAML.*line \d"):
        load_edition("tc260-003", folder)


def test_a_file_that_is_no_mapping_is_refused(folder):
    (folder / "taxonomy.yaml").write_text("- A.1\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"taxonomy\.yaml must be a mapping"):
        load_taxonomy(folder)


def test_a_profile_with_no_notice_is_refused(folder):
    edit(folder / "profiles" / "demo.yaml", drop("notice"))
    with pytest.raises(BadInputError, match=r"demo\.yaml: notice: It must have zh and en"):
        load_profile("demo", folder)


def test_an_edition_that_extends_an_unknown_one_is_refused(folder, newer):
    edit(newer, put("gbt-99999", "extends"))
    with pytest.raises(BadInputError, match=r"no “gbt-99999”; available: .*newer"):
        load_edition("newer", folder)
