"""Migrations can be applied while the version before serves; others are refused with what to do instead."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now

from openbeian.portal.migrating import AddIndexWhileServing, CreateModels
from tests.portal import safe_migrations as rules
from tests.portal.safe_migrations import problems

OURS = {one.label for one in apps.get_app_configs() if one.name.startswith("openbeian.portal.")}


def in_order() -> Iterator[migrations.Migration]:
    graph = MigrationLoader(None).graph
    done = set()
    for leaf in graph.leaf_nodes():
        for node in graph.forwards_plan(leaf):
            if node not in done:
                done.add(node)
                yield graph.nodes[node]


def test_every_migration_can_be_applied_while_the_version_before_serves():
    state, found, looked_at = ProjectState(), [], set()
    for migration in in_order():
        if migration.app_label in OURS:
            looked_at.add(migration.app_label)
            found += problems(migration, state)
        else:
            migration.mutate_state(state, preserve=False)
    assert found == []
    assert {"accounts", "audit", "filings", "tallies"} <= looked_at


def title(**options: object) -> models.CharField:
    return models.CharField(**{"max_length": 20, **options})


def note(name: str = "Note") -> migrations.CreateModel:
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("title", title()),
        ("text", models.TextField(null=True)),
        ("mark", models.CharField(max_length=4, db_default="")),
        ("other", models.ForeignKey("notes.Note", models.PROTECT, null=True)),
    ]
    return migrations.CreateModel(name, fields)


def asked(*operations: object, **attributes: object) -> list[str]:
    """Return what is said to a migration of an app that has one table, `Note`."""
    state = ProjectState()
    note().state_forwards("notes", state)
    members = {"operations": list(operations), **attributes}
    return problems(type("Migration", (migrations.Migration,), members)("0002_more", "notes"), state)


INDEX = models.Index(fields=["title"], name="note_title")
ONCE = models.UniqueConstraint(fields=["title"], name="title_once")
POINTS = models.ForeignKey("notes.Note", models.PROTECT, null=True)
NUMBER = models.IntegerField(null=True)


def fill(_apps: object, _editor: object) -> None: ...


REFUSED = {
    "a column goes": (migrations.RemoveField("note", "text"), rules.GONE),
    "a table goes": (migrations.DeleteModel("Note"), rules.GONE),
    "a column is renamed": (migrations.RenameField("note", "text", "body"), rules.RENAMED),
    "a table is renamed": (migrations.RenameModel("Note", "Remark"), rules.RENAMED),
    "a table gets another name": (migrations.AlterModelTable("note", "remarks"), rules.RENAMED),
    "a column is required": (migrations.AddField("note", "by", title()), rules.REQUIRED),
    "Django's default is not the database's": (
        migrations.AddField("note", "by", title(default="x")),
        rules.REQUIRED,
    ),
    "a default differs by row": (
        migrations.AddField("note", "at", models.DateTimeField(db_default=Now())),
        rules.COMPUTED,
    ),
    "a column follows from others": (
        migrations.AddField(
            "note",
            "n",
            models.GeneratedField(expression=models.F("id"), output_field=NUMBER, db_persist=True),
        ),
        rules.COMPUTED,
    ),
    "a column comes with an index": (
        migrations.AddField("note", "by", title(null=True, db_index=True)),
        rules.INDEXED,
    ),
    "a reference comes with an index": (migrations.AddField("note", "of", POINTS), rules.INDEXED),
    "a column gets an index": (migrations.AlterField("note", "title", title(db_index=True)), rules.INDEXED),
    "values become unique": (migrations.AlterField("note", "title", title(unique=True)), rules.INDEXED),
    "a column gets shorter": (migrations.AlterField("note", "title", title(max_length=19)), rules.NARROWER),
    "a column gets another type": (migrations.AlterField("note", "title", NUMBER), rules.NARROWER),
    "a text gets a length": (migrations.AlterField("note", "text", title(null=True)), rules.NARROWER),
    "a reference becomes a number": (migrations.AlterField("note", "other", NUMBER), rules.NARROWER),
    "a column may not be empty any more": (
        migrations.AlterField("note", "text", models.TextField()),
        rules.REQUIRED,
    ),
    "a default goes": (
        migrations.AlterField("note", "mark", models.CharField(max_length=4)),
        rules.REQUIRED,
    ),
    "an index locks": (migrations.AddIndex("note", INDEX), rules.LOCKING),
    "an index inside a transaction": (AddIndexWhileServing("note", INDEX), rules.IN_A_TRANSACTION),
    "a constraint": (migrations.AddConstraint("note", ONCE), rules.STRICTER),
    "code without a way back": (migrations.RunPython(fill), rules.NO_WAY_BACK),
    "SQL without a way back": (migrations.RunSQL("select 1"), rules.NO_WAY_BACK),
    "code": (migrations.RunPython(fill, migrations.RunPython.noop), rules.UNREADABLE),
    "SQL": (migrations.RunSQL("select 1", "select 2"), rules.UNREADABLE),
    "hidden beside the state": (
        migrations.SeparateDatabaseAndState([migrations.AddField("note", "note", POINTS)]),
        rules.INDEXED,
    ),
    "what isn't known": (migrations.AlterUniqueTogether("note", {("title", "text")}), rules.UNKNOWN),
}
ALLOWED = {
    "a table": note("Remark"),
    "tables": CreateModels(note("Remark"), note("Aside")),
    "a column that may be empty": migrations.AddField("note", "by", title(null=True)),
    "a column with a default of the database": migrations.AddField("note", "by", title(db_default="")),
    "a reference without an index": migrations.AddField(
        "note", "of", models.ForeignKey("notes.Note", models.PROTECT, null=True, db_index=False)
    ),
    "references of many to many": migrations.AddField("note", "to", models.ManyToManyField("notes.Note")),
    "a longer column": migrations.AlterField("note", "title", title(max_length=21)),
    "a column without a limit": migrations.AlterField("note", "title", models.TextField()),
    "a column that may be empty from now on": migrations.AlterField("note", "title", title(null=True)),
    "other choices": migrations.AlterField("note", "title", title(choices=[("a", "A")])),
    "another rule of Django's for references": migrations.AlterField(
        "note", "other", models.ForeignKey("notes.Note", models.RESTRICT, null=True)
    ),
    "an order": migrations.AlterModelOptions("note", {"ordering": ["title"]}),
    "nothing in the database": migrations.SeparateDatabaseAndState(
        state_operations=[migrations.DeleteModel("Note")]
    ),
}


@pytest.mark.parametrize(("operation", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_hurts_the_version_before_is_refused_and_told_what_to_do(operation: object, reason: str):
    (said,) = asked(operation)
    assert said.startswith("notes.0002_more: ")
    assert said.endswith(f": {reason}.")


@pytest.mark.parametrize("operation", ALLOWED.values(), ids=ALLOWED)
def test_what_only_adds_passes(operation: object):
    assert asked(operation) == []


def test_an_index_is_made_beside_writers_outside_a_transaction():
    assert asked(AddIndexWhileServing("note", INDEX), atomic=False) == []


def test_a_table_that_is_new_in_the_same_migration_may_be_given_anything():
    new = [
        migrations.AddIndex("remark", models.Index(fields=["title"], name="remark_title")),
        migrations.AddConstraint("remark", models.UniqueConstraint(fields=["title"], name="remark_once")),
        migrations.AddField("remark", "by", title()),
        migrations.AlterField("remark", "title", title(max_length=3)),
    ]
    assert asked(note("Remark"), *new) == []


def test_a_migration_says_itself_that_something_was_considered():
    gone = migrations.RemoveField("note", "text")
    said = {"RemoveField note.text": "0.4 was the last version that reads it"}
    assert asked(gone, considered=said) == []
    (refused,) = asked(gone, considered={"RemoveField note.text": " "})
    assert rules.GONE in refused
    (idle,) = asked(note("Remark"), considered=said)
    assert idle == "notes.0002_more: `considered` names RemoveField note.text, which needs none."
    code, sql = migrations.RunPython(fill, fill), migrations.RunSQL("select 1", "")
    both = {
        "RunPython fill": "a table of ten rows",
        "RunSQL select 1": "asks only",
        "AddIndex note_title": "ten rows",
    }
    assert asked(code, sql, migrations.AddIndex("note", INDEX), considered=both) == []


@pytest.mark.django_db(transaction=True)
def test_an_index_made_while_serving_is_there_and_goes_again():
    before, after = ProjectState(), ProjectState()
    note().state_forwards("notes", before)
    note().state_forwards("notes", after)
    made = AddIndexWhileServing("note", INDEX)
    made.state_forwards("notes", after)
    table = CreateModels(note())
    with connection.schema_editor(atomic=False) as editor:
        table.database_forwards("notes", editor, ProjectState(), before)
        made.database_forwards("notes", editor, before, after)
        assert "note_title" in indexes()
        made.database_backwards("notes", editor, after, before)
        assert "note_title" not in indexes()
        table.database_backwards("notes", editor, before, ProjectState())
    assert "notes_note" not in connection.introspection.table_names()
    assert table.describe() == "Create models Note"


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "notes_note"))
