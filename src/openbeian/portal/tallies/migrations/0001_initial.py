from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
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
            migrations.CreateModel(
                name="Tally",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("breakdown", models.CharField(max_length=24)),
                    ("part1", models.TextField()),
                    ("part2", models.TextField()),
                    ("part3", models.TextField()),
                    ("part4", models.TextField()),
                    ("entries", models.BigIntegerField()),
                ],
                options={
                    "indexes": [models.Index(fields=["breakdown", "-entries"], name="tally_largest")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("breakdown", "part1", "part2", "part3", "part4"), name="tally_once_a_cell"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="TallyChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("breakdown", models.CharField(max_length=24)),
                    ("part1", models.TextField()),
                    ("part2", models.TextField()),
                    ("part3", models.TextField()),
                    ("part4", models.TextField()),
                    ("entries", models.BigIntegerField()),
                ],
                options={
                    "indexes": [models.Index(fields=["breakdown"], name="tally_change_breakdown")],
                },
            ),
        ),
    ]
