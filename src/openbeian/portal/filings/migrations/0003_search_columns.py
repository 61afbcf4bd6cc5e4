"""Adds what entries are found by, and fills it for the entries there are."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from openbeian.portal.filings.register_entries import found_by

_AT_ONCE = 2_000
_DIGESTS = ("number_digest", "name_digest", "model_digest", "provider_digest", "base_digest")
_FILLED = ("search_tokens", "base_number", "base_name", *_DIGESTS)


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    entry_model = apps.get_model("filings", "RegisterEntry")
    some = []
    for entry in entry_model.objects.select_related("filing__application").order_by("pk").iterator(_AT_ONCE):
        for name, value in _base_of(entry).items():
            setattr(entry, name, value)
        for name, value in found_by(entry).items():
            setattr(entry, name, value)
        some.append(entry)
        if len(some) == _AT_ONCE:
            entry_model.objects.bulk_update(some, _FILLED)
            some = []
    entry_model.objects.bulk_update(some, _FILLED)


def _base_of(entry):
    if entry.filing is None:
        return {"base_number": entry.sources.get("base_number", ""), "base_name": entry.model_name}
    facts = entry.filing.application.facts
    return {"base_number": "" if facts.get("model.origin") == "own" else facts.get("model.base_number", "")}


def _column(length: int) -> models.CharField:
    return models.CharField(blank=True, default="", max_length=length)


class Migration(migrations.Migration):
    dependencies = [("filings", "0002_register_entries"), ("applications", "0001_initial")]

    operations = [
        migrations.AddField("registerentry", "base_number", _column(90)),
        migrations.AddField("registerentry", "base_name", _column(200)),
        *[migrations.AddField("registerentry", name, _column(16)) for name in _DIGESTS],
        migrations.AddIndex(
            "registerentry", models.Index(fields=["number_digest"], name="entry_number_digest")
        ),
        migrations.AddIndex(
            "registerentry", models.Index(fields=["model_digest"], name="entry_model_digest")
        ),
        migrations.AddIndex(
            "registerentry", models.Index(fields=["base_digest", "id"], name="entry_base_digest")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
