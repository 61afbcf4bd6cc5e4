"""Adds what entries are found by; it is filled once all migrations are done (`filings.apps`)."""

from django.db import migrations, models


def _column(length: int) -> models.CharField:
    return models.CharField(blank=True, default="", max_length=length)


_DIGESTS = ("number_digest", "name_digest", "model_digest", "provider_digest", "base_digest")


class Migration(migrations.Migration):
    dependencies = [("filings", "0002_register_entries")]

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
    ]
