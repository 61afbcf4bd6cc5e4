import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("applications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Clock",
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
                            related_name="clock",
                            to="applications.application",
                        ),
                    ),
                    ("started_on", models.DateField()),
                    ("pauses", models.JSONField(default=list)),
                    ("term", models.CharField(blank=True, max_length=40)),
                    ("due_on", models.DateField(db_index=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name="CorrectionOrigin",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "correction",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="origin",
                            to="applications.correction",
                        ),
                    ),
                    ("reason_code", models.CharField(max_length=40)),
                    ("check_id", models.CharField(blank=True, max_length=8)),
                ],
            ),
            migrations.CreateModel(
                name="Assignment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "application",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="assignments",
                            to="applications.application",
                        ),
                    ),
                    ("level", models.CharField(max_length=12)),
                    (
                        "officer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="assignments",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "assigned_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("assigned_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.UniqueConstraint(fields=("application", "level"), name="one_officer_a_level"),
                        models.CheckConstraint(
                            condition=models.Q(("level__in", ["provincial", "national"])),
                            name="assignment_level_is_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Decision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "application",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="decisions",
                            to="applications.application",
                        ),
                    ),
                    ("version_number", models.PositiveIntegerField()),
                    ("level", models.CharField(max_length=12)),
                    ("outcome", models.CharField(max_length=40)),
                    ("reason_code", models.CharField(blank=True, max_length=40)),
                    ("reason", models.TextField(blank=True)),
                    (
                        "decided_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_at", models.DateTimeField()),
                    ("countersigned_outcome", models.CharField(blank=True, max_length=40)),
                    ("countersigned_reason_code", models.CharField(blank=True, default="", max_length=40)),
                    ("countersigned_reason", models.TextField(blank=True)),
                    (
                        "countersigned_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("countersigned_at", models.DateTimeField(null=True)),
                    ("step_taken", models.CharField(blank=True, max_length=40)),
                    ("closed_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("level__in", ["provincial", "national"])),
                            name="decision_level_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("countersigned_by__isnull", True),
                                models.Q(("countersigned_by", models.F("decided_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="decision_takes_two_people",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("closed_at__isnull", True),
                                    ("countersigned_at__isnull", True),
                                    ("countersigned_by__isnull", True),
                                    ("countersigned_outcome", ""),
                                    ("step_taken", ""),
                                ),
                                models.Q(
                                    ("closed_at__isnull", False),
                                    ("countersigned_at__isnull", False),
                                    ("countersigned_by__isnull", False),
                                    models.Q(("countersigned_outcome", ""), _negated=True),
                                    models.Q(("step_taken", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="decision_closed_by_countersignature",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("closed_at__isnull", True)),
                            fields=("application", "level"),
                            name="one_open_decision_a_level",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RequirementConclusion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "application",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="requirement_conclusions",
                            to="applications.application",
                        ),
                    ),
                    ("version_number", models.PositiveIntegerField()),
                    ("requirement", models.CharField(max_length=8)),
                    ("conclusion", models.CharField(max_length=20)),
                    ("reason", models.TextField(blank=True)),
                    (
                        "concluded_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("concluded_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("requirement", "version_number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("application", "version_number", "requirement"),
                            name="requirement_concluded_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("conclusion__in", ["conforms", "does_not_conform", "not_applicable"])
                            ),
                            name="requirement_conclusion_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("conclusion", "conforms"),
                                models.Q(("reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="requirement_conclusion_has_reason",
                        ),
                    ],
                },
            ),
        ),
    ]
