import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("filings", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="BroughtList",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=120)),
                    ("sha256", models.CharField(max_length=64)),
                    ("size", models.PositiveBigIntegerField()),
                    ("series", models.CharField(blank=True, max_length=12)),
                    (
                        "brought_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("brought_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("-id",),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("sha256", "series"), name="one_list_for_the_same_file"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProblemReport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("reference", models.CharField(max_length=24, unique=True)),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reports",
                            to="filings.registerentry",
                        ),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("text", models.TextField()),
                    ("contact", models.CharField(blank=True, max_length=120)),
                    ("reported_at", models.DateTimeField()),
                    ("answer", models.TextField(blank=True)),
                    (
                        "answered_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("answered_at", models.DateTimeField(null=True)),
                    (
                        "closed_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("closed_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "indexes": [models.Index(fields=["closed_at", "reported_at"], name="report_open")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind__in", ["wrong_facts", "not_as_filed", "gate_refuses", "other"])
                            ),
                            name="report_kind_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("answer", ""),
                                    ("answered_at__isnull", True),
                                    ("answered_by__isnull", True),
                                ),
                                models.Q(
                                    ("answered_at__isnull", False),
                                    ("answered_by__isnull", False),
                                    models.Q(("answer", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="report_answer_has_author",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                                models.Q(
                                    ("closed_at__isnull", False),
                                    ("closed_by__isnull", False),
                                    ("contact", ""),
                                ),
                                _connector="OR",
                            ),
                            name="report_closed_keeps_no_contact",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="TakenList",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=200)),
                    (
                        "brought",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="takings",
                            to="register.broughtlist",
                        ),
                    ),
                    ("taken_at", models.DateTimeField()),
                    ("rows", models.PositiveIntegerField()),
                    ("new", models.PositiveIntegerField()),
                    ("changed", models.PositiveIntegerField()),
                    ("same", models.PositiveIntegerField()),
                    ("conflicting", models.PositiveIntegerField()),
                    ("decided", models.PositiveIntegerField(default=0)),
                    ("filed_here", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "ordering": ("-id",),
                },
            ),
            migrations.CreateModel(
                name="TakenBack",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "taken",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="taken_back",
                            to="register.takenlist",
                        ),
                    ),
                    ("row", models.JSONField()),
                    ("verdict", models.CharField(max_length=4)),
                    ("entry_key", models.CharField(blank=True, max_length=90)),
                    ("decided_reason", models.TextField()),
                    (
                        "decided_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_at", models.DateTimeField()),
                    ("reason", models.TextField()),
                    (
                        "taken_back_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("taken_back_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("id",),
                },
            ),
            migrations.CreateModel(
                name="RowDecision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("row_sha256", models.CharField(max_length=64, unique=True)),
                    ("row", models.JSONField()),
                    ("conflict_sha256", models.CharField(max_length=64)),
                    ("verdict", models.CharField(max_length=4)),
                    (
                        "entry",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="row_decisions",
                            to="filings.registerentry",
                        ),
                    ),
                    ("reason", models.TextField()),
                    (
                        "decided_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_at", models.DateTimeField()),
                    (
                        "applied_in",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="decisions",
                            to="register.takenlist",
                        ),
                    ),
                    ("before", models.JSONField(default=dict)),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("verdict__in", ["keep", "take", "own"])),
                            name="verdict_is_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ListChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "taken",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="changes",
                            to="register.takenlist",
                        ),
                    ),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="list_changes",
                            to="filings.registerentry",
                        ),
                    ),
                    ("is_new", models.BooleanField()),
                    ("fields", models.JSONField(default=list)),
                ],
                options={
                    "ordering": ("id",),
                },
            ),
        ),
    ]
