"""Adds an index by which a list that is taken over finds the entries with its services' names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("filings", "0006_class_decisions")]

    operations = [
        migrations.AddIndex("registerentry", models.Index(fields=["name_digest"], name="entry_name_digest")),
    ]
