"""The route follows from the model, and an application is found by the model it rests on."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_PAST_THE_PROVINCE = ("national_decision", "confirmed", "certified")


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Say on which route present applications are, unless the nation has them already, and what they call."""
    rows = apps.get_model("applications", "Application").objects
    for one in rows.only("facts", "status", "route").iterator(500):
        origin, number = one.facts.get("model.origin"), one.facts.get("model.base_number")
        if origin != "own" and isinstance(number, str):
            one.base_key = "".join(number.split()).casefold()[:90]
        if one.status not in _PAST_THE_PROVINCE:
            one.route = "registration" if origin == "called" else "filing"
        one.save(update_fields=["base_key", "route"])


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="base_key",
            field=models.CharField(blank=True, default="", max_length=90),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["base_key"], name="application_base"),
        ),
    ]
