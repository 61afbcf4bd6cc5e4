import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("applications", "0001_initial"),
        ("filings", "0001_initial"),
        ("log", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Petition",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("reference", models.CharField(max_length=20, unique=True)),
                    ("kind", models.CharField(max_length=24)),
                    (
                        "provider",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="petitions",
                            to="accounts.organisation",
                        ),
                    ),
                    (
                        "application",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="petitions",
                            to="applications.application",
                        ),
                    ),
                    (
                        "filing",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="petitions",
                            to="filings.filing",
                        ),
                    ),
                    ("jurisdiction", models.CharField(max_length=4)),
                    ("levels", models.JSONField()),
                    ("status", models.CharField(default="drawn_up", max_length=12)),
                    ("status_since", models.DateTimeField()),
                    ("grounds", models.TextField(blank=True)),
                    ("happened_on", models.DateField(null=True)),
                    ("changes", models.JSONField(default=dict)),
                    ("before", models.JSONField(default=dict)),
                    ("findings", models.JSONField(default=list)),
                    ("report", models.JSONField(null=True)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    ("handed_in_on", models.DateField(null=True)),
                    ("ask_by", models.DateField(null=True)),
                    ("due_on", models.DateField(db_index=True, null=True)),
                    ("pauses", models.JSONField(default=list)),
                    (
                        "examined_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("examination", models.TextField(blank=True)),
                    ("return_code", models.CharField(blank=True, max_length=40)),
                    ("return_reason", models.TextField(blank=True)),
                ],
                options={
                    "ordering": ("-id",),
                    "indexes": [models.Index(fields=["jurisdiction", "status"], name="petition_queue")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "reconsideration",
                                        "appeal",
                                        "amendment",
                                        "base_model_change",
                                        "reinstatement",
                                        "cancellation",
                                    ],
                                )
                            ),
                            name="petition_kind_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "status__in",
                                    [
                                        "drawn_up",
                                        "examined",
                                        "returned",
                                        "at_province",
                                        "at_nation",
                                        "granted",
                                        "rejected",
                                        "dropped",
                                    ],
                                )
                            ),
                            name="petition_status_is_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(
                                ("status__in", ["granted", "rejected", "dropped"]), _negated=True
                            ),
                            fields=("application", "kind"),
                            name="one_open_petition_a_kind",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FilingVersion",
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
                            related_name="versions",
                            to="filings.filing",
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    (
                        "petition",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="filing_version",
                            to="petitions.petition",
                        ),
                    ),
                    ("changes", models.JSONField()),
                    ("accepted_at", models.DateTimeField()),
                    (
                        "log_entry",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="log.entry"
                        ),
                    ),
                ],
                options={
                    "ordering": ("filing_id", "number"),
                    "constraints": [
                        models.UniqueConstraint(fields=("filing", "number"), name="filing_version_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="PetitionDecision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "petition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="decisions",
                            to="petitions.petition",
                        ),
                    ),
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
                    ("countersigned_reason_code", models.CharField(blank=True, max_length=40)),
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
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("level__in", ["provincial", "national"])),
                            name="petition_decision_level_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("countersigned_by__isnull", True),
                                models.Q(("countersigned_by", models.F("decided_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="petition_decision_takes_two_people",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("countersigned_at__isnull", True),
                                    ("countersigned_by__isnull", True),
                                    ("step_taken", ""),
                                ),
                                models.Q(
                                    ("countersigned_at__isnull", False),
                                    ("countersigned_by__isnull", False),
                                    models.Q(("step_taken", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="petition_decision_closed_by_countersignature",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("countersigned_at__isnull", True)),
                            fields=("petition", "level"),
                            name="one_open_petition_decision",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PetitionFile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "petition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="files",
                            to="petitions.petition",
                        ),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("name", models.CharField(max_length=160)),
                    ("sha256", models.CharField(max_length=64)),
                    ("size", models.PositiveBigIntegerField()),
                    (
                        "added_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("added_at", models.DateTimeField()),
                    ("removed_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("removed_at__isnull", True)),
                            fields=("petition", "name"),
                            name="petition_file_once",
                        )
                    ],
                },
            ),
        ),
    ]
