"""Adds what says whether tallies have changed since somebody looked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tallies", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TallyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
