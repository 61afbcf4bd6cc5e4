import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("applications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="HiddenBank",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "office",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="hidden_banks",
                            to="accounts.organisation",
                        ),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("name", models.CharField(max_length=120)),
                    ("version", models.CharField(blank=True, max_length=60)),
                    ("language", models.CharField(blank=True, max_length=10)),
                    ("items", models.PositiveIntegerField()),
                    ("sha256", models.CharField(max_length=64)),
                    ("key_id", models.CharField(max_length=40)),
                    ("box", models.BinaryField()),
                    (
                        "added_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("added_at", models.DateTimeField()),
                    (
                        "retired_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("retired_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("-id",),
                    "constraints": [
                        models.UniqueConstraint(fields=("office", "sha256"), name="hidden_bank_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="RetestRun",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "order",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="runs",
                            to="applications.retest",
                        ),
                    ),
                    (
                        "application",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="retest_runs",
                            to="applications.application",
                        ),
                    ),
                    (
                        "office",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="retest_runs",
                            to="accounts.organisation",
                        ),
                    ),
                    ("channel", models.CharField(max_length=10)),
                    ("address", models.CharField(max_length=500)),
                    ("model", models.CharField(max_length=120)),
                    ("sample", models.CharField(max_length=40)),
                    ("concurrency", models.PositiveSmallIntegerField(default=4)),
                    ("key_id", models.CharField(blank=True, max_length=40)),
                    ("key_box", models.BinaryField(null=True)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("waiting", "Waiting"),
                                ("committed", "Committed"),
                                ("running", "Running"),
                                ("stopped", "Stopped"),
                                ("failed", "Failed"),
                                ("done", "Done"),
                            ],
                            default="waiting",
                            max_length=12,
                        ),
                    ),
                    ("commitment", models.CharField(blank=True, max_length=64)),
                    ("log_entry", models.PositiveBigIntegerField(null=True)),
                    ("checkpoint", models.TextField(blank=True)),
                    ("retries_errors", models.BooleanField(default=False)),
                    ("progress", models.JSONField(default=dict)),
                    ("worker", models.CharField(blank=True, max_length=40)),
                    ("beat_at", models.DateTimeField(null=True)),
                    ("queued_at", models.DateTimeField(null=True)),
                    ("stop_asked_at", models.DateTimeField(null=True)),
                    ("failure", models.JSONField(default=dict)),
                    ("report", models.JSONField(null=True)),
                    ("evidence_sha256", models.CharField(blank=True, max_length=64)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("asked_at", models.DateTimeField()),
                    ("started_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                    (
                        "released_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("released_at", models.DateTimeField(null=True)),
                    ("banks", models.ManyToManyField(related_name="runs", to="retests.hiddenbank")),
                ],
                options={
                    "ordering": ("-id",),
                    "indexes": [models.Index(fields=["status", "beat_at"], name="retest_run_open")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("status", "done"), _negated=True),
                                models.Q(("ended_at__isnull", False), ("report__isnull", False)),
                                _connector="OR",
                            ),
                            name="retest_run_done_has_report",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("released_at__isnull", True),
                                models.Q(("released_by__isnull", False), ("status", "done")),
                                _connector="OR",
                            ),
                            name="retest_run_released_when_done",
                        ),
                    ],
                },
            ),
        ),
    ]
