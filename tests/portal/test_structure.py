"""Rules of the house that no linter knows."""

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

import openbeian.portal

PORTAL = Path(openbeian.portal.__file__).parent
OURS = [config for config in apps.get_app_configs() if config.name.startswith("openbeian.portal.")]
ACTION_MODULES = [
    *(
        f"openbeian.portal.{app}.actions"
        for app in (
            "accounts",
            "applications",
            "audit",
            "bulletins",
            "correspondence",
            "notices",
            "duties",
            "filings",
            "petitions",
            "judging",
            "retests",
            "review",
            "sandbox",
            "sightings",
        )
    ),
    "openbeian.portal.register.class_actions",
    "openbeian.portal.register.report_actions",
]
# Looking without changing anything, and naming a subject: these two are in action modules but no actions.
NO_ACTIONS = {"validate", "subject_of"}


def _actions() -> Iterator[Callable[..., object]]:
    for name in ACTION_MODULES:
        module = import_module(name)
        for public in module.__all__:
            value = getattr(module, public)
            if inspect.isfunction(value) and public not in NO_ACTIONS:
                yield value


@pytest.mark.parametrize(
    "action", list(_actions()), ids=lambda action: f"{action.__module__}.{action.__name__}"
)
def test_every_action_is_told_who_and_when_by_name(action: Callable[..., object]):
    parameters = inspect.signature(action).parameters
    for name in ("by", "at"):
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[name].default is inspect.Parameter.empty


def test_there_are_as_many_actions_as_one_expects():
    assert len(list(_actions())) >= 25


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "migration", sorted(PORTAL.glob("*/migrations/0*.py")), ids=lambda path: f"{path.parts[-3]}.{path.stem}"
)
def test_no_migration_imports_the_product(migration: Path):
    text = migration.read_text(encoding="utf-8")
    assert "openbeian" not in text.replace("from openbeian.portal.migrating import", "")


def test_what_migrations_import_imports_nothing_of_the_product():
    assert "openbeian" not in (PORTAL / "migrating.py").read_text(encoding="utf-8")


WRITES = re.compile(r"\.(save|create|bulk_create|update_or_create|get_or_create|delete|update)\(")


@pytest.mark.parametrize(
    "module",
    [path for path in sorted(PORTAL.rglob("*.py")) if path.name in {"views.py", "forms.py", "queries.py"}],
    ids=lambda path: f"{path.parent.name}.{path.stem}",
)
def test_views_forms_and_queries_write_nothing(module: Path):
    written = [
        line
        for line in module.read_text(encoding="utf-8").splitlines()
        if WRITES.search(line) and "objects" in line
    ]
    assert written == []


def test_the_key_is_touched_in_one_module_only():
    importing = {
        path.relative_to(PORTAL).as_posix()
        for path in PORTAL.rglob("*.py")
        if re.search(r"import .*\bEd25519Signer\b", path.read_text(encoding="utf-8"))
    }
    assert importing == {"signing.py"}


@pytest.mark.parametrize(
    "model", [model for config in OURS for model in config.get_models()], ids=lambda model: model._meta.label
)
def test_every_row_can_be_named_and_no_deletion_takes_others_along(model: type[models.Model]):
    assert "__str__" in vars(model)
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            assert field.remote_field.on_delete is models.PROTECT


_WRITES_TABLES = re.compile(r"\bcsv\.writer\(|\bWorkbook\((?!data)")
_GUARDS = ("guard(", "quotePrefix", "_cell(", "as_text(")
_HOLDS_NO_TYPED_TEXT = {"assessment/report_chart.py"}
"""Labels and figures of ours."""


def test_whatever_writes_a_table_keeps_its_cells_from_becoming_formulas():
    source = PORTAL.parent
    writing = {
        path.relative_to(source).as_posix(): text
        for path in source.rglob("*.py")
        if _WRITES_TABLES.search(text := path.read_text(encoding="utf-8"))
    }
    assert writing.keys() > _HOLDS_NO_TYPED_TEXT
    for name in writing.keys() - _HOLDS_NO_TYPED_TEXT:
        assert any(one in writing[name] for one in _GUARDS), f"{name} writes cells as they are typed"
