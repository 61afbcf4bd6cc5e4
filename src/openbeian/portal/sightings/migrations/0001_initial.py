import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("applications", "0001_initial"),
        ("sandbox", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="ServiceHash",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "application",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="service_hash",
                            to="applications.application",
                        ),
                    ),
                    ("hash", models.CharField(max_length=32, unique=True)),
                ],
            ),
            migrations.CreateModel(
                name="SightedService",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("hash", models.CharField(max_length=32, unique=True)),
                    ("first_day", models.DateField()),
                    ("last_day", models.DateField()),
                    ("total", models.PositiveBigIntegerField(default=0)),
                    (
                        "followed_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("followed_at", models.DateTimeField(null=True)),
                    ("followed_reason", models.TextField(blank=True)),
                ],
                options={
                    "ordering": ("-last_day", "-total", "hash"),
                    "indexes": [
                        models.Index(fields=["-last_day", "-total", "hash"], name="sighted_seen_last")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("followed_at__isnull", True),
                                    ("followed_by__isnull", True),
                                    ("followed_reason", ""),
                                ),
                                models.Q(
                                    ("followed_at__isnull", False),
                                    ("followed_by__isnull", False),
                                    models.Q(("followed_reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="followed_up_has_person_and_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("last_day__gte", models.F("first_day"))),
                            name="sighted_first_then_last",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SightingDay",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "service",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="days",
                            to="sightings.sightedservice",
                        ),
                    ),
                    ("day", models.DateField()),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.organisation",
                        ),
                    ),
                    ("gate", models.CharField(max_length=40)),
                    ("count", models.PositiveBigIntegerField()),
                ],
                options={
                    "ordering": ("day", "gate"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("service", "day", "organisation", "gate"),
                            name="one_sighting_a_gate_and_day",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="AnswerDay",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("day", models.DateField()),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.organisation",
                        ),
                    ),
                    ("answer", models.CharField(max_length=40)),
                    ("count", models.PositiveBigIntegerField()),
                ],
                options={
                    "ordering": ("day", "answer"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("day", "organisation", "answer"), name="one_answer_a_day"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="GateReport",
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
                            related_name="gate_reports",
                            to="accounts.organisation",
                        ),
                    ),
                    ("report_id", models.CharField(max_length=32)),
                    ("gate", models.CharField(max_length=40)),
                    ("sha256", models.CharField(max_length=64)),
                    ("made_at", models.DateTimeField()),
                    ("received_at", models.DateTimeField(db_index=True)),
                    ("decisions", models.JSONField(default=list)),
                    ("left_out", models.PositiveIntegerField(default=0)),
                    ("sampled", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "ordering": ("-id",),
                    "indexes": [
                        models.Index(fields=["organisation", "gate", "received_at"], name="report_of_gate")
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("organisation", "report_id"), name="one_report_an_id")
                    ],
                },
            ),
            migrations.CreateModel(
                name="PlacesTaken",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "permit",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="places",
                            to="sandbox.permit",
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.organisation",
                        ),
                    ),
                    ("gate", models.CharField(max_length=40)),
                    ("trial_users", models.PositiveIntegerField()),
                    ("reported_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("gate",),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("permit", "organisation", "gate"), name="one_count_a_gate"
                        )
                    ],
                },
            ),
        ),
    ]
