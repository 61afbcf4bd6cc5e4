from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Snapshot",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("version", models.BigIntegerField(unique=True)),
                    ("issued_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    ("entries", models.PositiveIntegerField()),
                    ("sha256", models.CharField(max_length=64)),
                    ("after_entry", models.BigIntegerField(default=0)),
                ],
                options={
                    "ordering": ("-version",),
                },
            ),
            migrations.CreateModel(
                name="WitnessState",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=200)),
                    ("verifier_key", models.CharField(max_length=400, unique=True)),
                    ("address", models.CharField(max_length=500)),
                    ("is_asked", models.BooleanField(default=True)),
                    ("outcome", models.CharField(blank=True, max_length=20)),
                    ("detail_zh", models.CharField(blank=True, max_length=500)),
                    ("detail_en", models.CharField(blank=True, max_length=500)),
                    ("asked_at", models.DateTimeField(null=True)),
                    ("ask_at", models.DateTimeField(null=True)),
                    ("failures", models.PositiveIntegerField(default=0)),
                    ("cosigned_size", models.BigIntegerField(null=True)),
                    ("cosigned_at", models.DateTimeField(null=True)),
                    ("contradicted_at", models.DateTimeField(null=True)),
                    ("contradicted_size", models.BigIntegerField(null=True)),
                ],
                options={
                    "ordering": ("name", "id"),
                },
            ),
            migrations.CreateModel(
                name="Entry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=60)),
                    ("at", models.DateTimeField()),
                    ("subject", models.CharField(db_index=True, max_length=80)),
                    ("body", models.TextField()),
                    ("leaf_hash", models.CharField(db_index=True, max_length=64)),
                    ("index", models.BigIntegerField(null=True, unique=True)),
                    ("published_at", models.DateTimeField(null=True)),
                ],
                options={
                    "verbose_name_plural": "entries",
                    "ordering": ("id",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("index__isnull", True), ("published_at__isnull", True)),
                                models.Q(("index__isnull", False), ("published_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="entry_published_has_index",
                        )
                    ],
                },
            ),
        ),
    ]
