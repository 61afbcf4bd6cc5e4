import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("retests", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="JudgingTask",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="judging_tasks",
                            to="accounts.organisation",
                        ),
                    ),
                    ("title", models.CharField(max_length=120)),
                    ("kind", models.CharField(max_length=20)),
                    (
                        "run",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="judging_tasks",
                            to="retests.retestrun",
                        ),
                    ),
                    ("items_count", models.PositiveIntegerField()),
                    (
                        "created_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    ("taken_over_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("-id",),
                },
            ),
            migrations.CreateModel(
                name="JudgingItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "task",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="items",
                            to="judging.judgingtask",
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    ("key_id", models.CharField(max_length=40)),
                    ("box", models.BinaryField()),
                    ("standing", models.CharField(default="unjudged", max_length=10)),
                    ("value", models.CharField(blank=True, max_length=20)),
                ],
                options={
                    "ordering": ("number",),
                    "indexes": [
                        models.Index(fields=["task", "standing", "number"], name="judging_item_open")
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("task", "number"), name="judging_number_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("standing", "settled"), ("value__gt", "")),
                                models.Q(models.Q(("standing", "settled"), _negated=True), ("value", "")),
                                _connector="OR",
                            ),
                            name="judging_settled_has_value",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ItemVerdict",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="verdicts",
                            to="judging.judgingitem",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("place", models.PositiveSmallIntegerField()),
                    ("value", models.CharField(max_length=20)),
                    ("note", models.CharField(blank=True, max_length=500)),
                    ("at", models.DateTimeField()),
                    ("undone_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("undone_at__isnull", True)),
                            fields=("item", "by"),
                            name="one_verdict_a_person",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("undone_at__isnull", True)),
                            fields=("item", "place"),
                            name="one_verdict_a_place",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("place__gte", 1), ("place__lte", 3)),
                            name="verdict_place_is_known",
                        ),
                    ],
                },
            ),
        ),
    ]
