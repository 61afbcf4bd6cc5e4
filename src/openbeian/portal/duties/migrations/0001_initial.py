import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("filings", "0001_initial"),
        ("log", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="CalendarKey",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "filing",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="calendar_key",
                            to="filings.filing",
                        ),
                    ),
                    ("salt", models.CharField(max_length=32)),
                    (
                        "made_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("made_at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="Reinspection",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("jurisdiction", models.CharField(blank=True, max_length=4)),
                    ("size", models.PositiveIntegerField()),
                    ("reason", models.CharField(max_length=500)),
                    ("numbers", models.JSONField()),
                    ("commitment", models.CharField(max_length=64)),
                    (
                        "entry",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="log.entry"
                        ),
                    ),
                    (
                        "ordered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("ordered_at", models.DateTimeField()),
                    ("checkpoint", models.TextField(blank=True)),
                    ("drawn", models.JSONField(default=list)),
                    ("drawn_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("-id",),
                },
            ),
            migrations.CreateModel(
                name="Duty",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "filing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="duties",
                            to="filings.filing",
                        ),
                    ),
                    ("kind", models.CharField(max_length=16)),
                    ("due_on", models.DateField(null=True)),
                    ("done_on", models.DateField(null=True)),
                ],
                options={
                    "ordering": ("due_on", "id"),
                    "indexes": [models.Index(fields=["due_on"], name="duty_due")],
                    "constraints": [
                        models.UniqueConstraint(fields=("filing", "kind"), name="one_duty_a_kind"),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "keywords",
                                        "bank_generated",
                                        "bank_refuse",
                                        "bank_answer",
                                        "reassessment",
                                    ],
                                )
                            ),
                            name="duty_kind_is_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DutyReport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "filing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="duty_reports",
                            to="filings.filing",
                        ),
                    ),
                    ("kind", models.CharField(max_length=16)),
                    ("done_on", models.DateField()),
                    ("due_on", models.DateField(null=True)),
                    ("digest", models.CharField(max_length=64)),
                    ("items", models.PositiveIntegerField()),
                    ("note", models.CharField(blank=True, max_length=500)),
                    ("is_unchanged", models.BooleanField()),
                    ("is_short", models.BooleanField()),
                    (
                        "reported_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("reported_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("-id",),
                    "indexes": [models.Index(fields=["filing", "kind", "-id"], name="duty_report_newest")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "keywords",
                                        "bank_generated",
                                        "bank_refuse",
                                        "bank_answer",
                                        "reassessment",
                                    ],
                                )
                            ),
                            name="duty_report_kind_is_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ModelUpdate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "filing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="model_updates",
                            to="filings.filing",
                        ),
                    ),
                    ("version", models.CharField(max_length=80)),
                    ("is_important", models.BooleanField()),
                    ("summary", models.CharField(max_length=1000)),
                    ("updated_on", models.DateField()),
                    (
                        "reported_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("reported_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("-id",),
                    "constraints": [
                        models.UniqueConstraint(fields=("filing", "version"), name="model_version_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReminderGiven",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "filing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="filings.filing"
                        ),
                    ),
                    ("kind", models.CharField(max_length=16)),
                    ("due_on", models.DateField()),
                    ("stage", models.CharField(max_length=8)),
                    ("number", models.PositiveIntegerField()),
                    ("given_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("filing", "kind", "due_on", "stage", "number"), name="one_reminder_each"
                        )
                    ],
                },
            ),
        ),
    ]
