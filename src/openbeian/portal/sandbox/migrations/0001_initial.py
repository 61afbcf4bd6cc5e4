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
                name="Permit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.CharField(blank=True, max_length=64)),
                    (
                        "application",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="permits",
                            to="applications.application",
                        ),
                    ),
                    (
                        "provider",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="permits",
                            to="accounts.organisation",
                        ),
                    ),
                    ("provider_name", models.CharField(max_length=100)),
                    ("provider_name_en", models.CharField(blank=True, max_length=160)),
                    ("service_name", models.CharField(max_length=200)),
                    ("service_id", models.CharField(max_length=20)),
                    ("service_hash", models.CharField(db_index=True, max_length=32)),
                    ("jurisdiction", models.CharField(max_length=4)),
                    ("purpose", models.TextField()),
                    ("uses", models.JSONField(default=list)),
                    ("salt", models.CharField(max_length=32)),
                    ("testers", models.JSONField(default=list)),
                    ("office_testers", models.JSONField(default=list)),
                    ("trial_users", models.PositiveIntegerField(default=0)),
                    ("gates", models.PositiveIntegerField(default=1)),
                    ("begins_on", models.DateField()),
                    ("ends_on", models.DateField()),
                    ("status", models.CharField(default="asked", max_length=12)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("asked_at", models.DateTimeField()),
                    ("granted_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("-id",),
                    "indexes": [
                        models.Index(fields=["jurisdiction", "status"], name="permit_jurisdiction_status")
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("number", ""), _negated=True),
                            fields=("number",),
                            name="one_permit_a_number",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("status__in", ["asked", "granted", "refused", "withdrawn", "ended"])
                            ),
                            name="permit_status_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("granted_at__isnull", False),
                                    ("status__in", ["granted", "ended"]),
                                    models.Q(("number", ""), _negated=True),
                                ),
                                models.Q(
                                    ("granted_at__isnull", True),
                                    ("number", ""),
                                    ("status__in", ["asked", "refused", "withdrawn"]),
                                ),
                                _connector="OR",
                            ),
                            name="permit_granted_has_number",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_at__isnull", False), ("status", "ended")),
                                models.Q(
                                    models.Q(("status", "ended"), _negated=True), ("ended_at__isnull", True)
                                ),
                                _connector="OR",
                            ),
                            name="permit_ended_has_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("ends_on__gte", models.F("begins_on"))),
                            name="permit_ends_after_begin",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("gates__gte", 1)), name="permit_has_a_gate"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PermitDecision",
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
                            related_name="decisions",
                            to="sandbox.permit",
                        ),
                    ),
                    ("grants", models.BooleanField()),
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
                    ("agreed", models.BooleanField(null=True)),
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
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("countersigned_by__isnull", True),
                                models.Q(("countersigned_by", models.F("decided_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="permit_decision_takes_two_people",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("agreed__isnull", True),
                                    ("countersigned_at__isnull", True),
                                    ("countersigned_by__isnull", True),
                                ),
                                models.Q(
                                    ("agreed__isnull", False),
                                    ("countersigned_at__isnull", False),
                                    ("countersigned_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="permit_decision_closed_by_countersignature",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("countersigned_at__isnull", True)),
                            fields=("permit",),
                            name="one_open_permit_decision",
                        ),
                    ],
                },
            ),
        ),
    ]
