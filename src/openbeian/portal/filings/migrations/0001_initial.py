import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("applications", "0001_initial"),
        ("log", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Round",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("series", models.PositiveIntegerField(unique=True)),
                    ("name", models.CharField(max_length=120)),
                    ("name_en", models.CharField(blank=True, max_length=160)),
                    ("place", models.CharField(blank=True, max_length=80)),
                    ("held_on", models.DateField()),
                    (
                        "planned_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("planned_at", models.DateTimeField()),
                    ("published_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("-series",),
                },
            ),
            migrations.CreateModel(
                name="Filing",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.CharField(max_length=80, unique=True)),
                    (
                        "application",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="filing",
                            to="applications.application",
                        ),
                    ),
                    (
                        "provider",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="filings",
                            to="accounts.organisation",
                        ),
                    ),
                    ("provider_name", models.CharField(max_length=100)),
                    ("provider_name_en", models.CharField(blank=True, max_length=160)),
                    ("provider_uscc", models.CharField(blank=True, max_length=18)),
                    ("service_name", models.CharField(max_length=200)),
                    ("service_latin", models.CharField(blank=True, max_length=200)),
                    ("model_name", models.CharField(blank=True, max_length=200)),
                    ("service_id", models.CharField(max_length=20, unique=True)),
                    ("jurisdiction", models.CharField(max_length=4)),
                    ("route", models.CharField(max_length=12)),
                    ("edition", models.CharField(max_length=40)),
                    ("profile", models.CharField(blank=True, max_length=40)),
                    ("status", models.CharField(default="valid", max_length=12)),
                    ("status_since", models.DateTimeField()),
                    ("status_until", models.DateField(blank=True, null=True)),
                    ("issued_on", models.DateField()),
                    ("valid_until", models.DateField(blank=True, null=True)),
                    (
                        "round",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="filings",
                            to="filings.round",
                        ),
                    ),
                    ("certificate", models.JSONField()),
                    (
                        "log_entry",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="log.entry"
                        ),
                    ),
                ],
                options={
                    "ordering": ("-id",),
                    "indexes": [
                        models.Index(fields=["jurisdiction", "status"], name="filing_jurisdiction_status"),
                        models.Index(fields=["issued_on"], name="filing_issued_on"),
                        models.Index(fields=["status_until"], name="filing_status_until"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("route__in", ["filing", "registration"])),
                            name="filing_route_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("round__isnull", False), ("route", "filing")),
                                models.Q(("round__isnull", True), ("route", "registration")),
                                _connector="OR",
                            ),
                            name="filing_is_certified_in_a_round",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RegisterEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.CharField(max_length=90, unique=True)),
                    (
                        "filing",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="register_entry",
                            to="filings.filing",
                        ),
                    ),
                    ("number", models.CharField(blank=True, max_length=90)),
                    ("route", models.CharField(max_length=12)),
                    ("jurisdiction", models.CharField(max_length=4)),
                    ("service_name", models.CharField(max_length=200)),
                    ("service_latin", models.CharField(blank=True, max_length=200)),
                    ("model_name", models.CharField(blank=True, max_length=200)),
                    ("provider_name", models.CharField(max_length=200)),
                    ("provider_name_en", models.CharField(blank=True, max_length=200)),
                    ("provider_uscc", models.CharField(blank=True, max_length=18)),
                    ("profile", models.CharField(blank=True, max_length=40)),
                    ("status", models.CharField(default="valid", max_length=12)),
                    ("status_since", models.DateTimeField(null=True)),
                    ("issued_on", models.DateField(null=True)),
                    ("listed_on", models.DateField()),
                    (
                        "round",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="filings.round",
                        ),
                    ),
                    ("industry", models.CharField(blank=True, max_length=24)),
                    ("service_type", models.CharField(blank=True, max_length=24)),
                    ("sources", models.JSONField(blank=True, default=dict)),
                    ("base_number", models.CharField(blank=True, default="", max_length=90)),
                    ("base_name", models.CharField(blank=True, default="", max_length=200)),
                    ("search_tokens", models.TextField(blank=True)),
                    ("number_digest", models.CharField(blank=True, default="", max_length=16)),
                    ("name_digest", models.CharField(blank=True, default="", max_length=16)),
                    ("model_digest", models.CharField(blank=True, default="", max_length=16)),
                    ("provider_digest", models.CharField(blank=True, default="", max_length=16)),
                    ("base_digest", models.CharField(blank=True, default="", max_length=16)),
                ],
                options={
                    "ordering": ("-listed_on", "-id"),
                    "indexes": [
                        models.Index(
                            fields=["route", "jurisdiction", "status"], name="entry_route_place_status"
                        ),
                        models.Index(fields=["-listed_on", "-id"], name="entry_newest"),
                        models.Index(fields=["number"], name="entry_number"),
                        models.Index(fields=["number_digest"], name="entry_number_digest"),
                        models.Index(fields=["name_digest"], name="entry_name_digest"),
                        models.Index(fields=["model_digest"], name="entry_model_digest"),
                        models.Index(fields=["base_digest", "id"], name="entry_base_digest"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("route__in", ["filing", "registration"])),
                            name="entry_route_is_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ClassDecision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "entry",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="class_decision",
                            to="filings.registerentry",
                        ),
                    ),
                    ("industry", models.CharField(max_length=24)),
                    ("service_type", models.CharField(max_length=24)),
                    ("ruled_industry", models.CharField(max_length=24)),
                    ("ruled_type", models.CharField(max_length=24)),
                    ("confidence", models.FloatField()),
                    ("type_confidence", models.FloatField()),
                    ("reason", models.TextField()),
                    (
                        "office",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.organisation",
                        ),
                    ),
                    (
                        "decided_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("-decided_at", "-id"),
                },
            ),
            migrations.CreateModel(
                name="Seat",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="seats",
                            to="filings.round",
                        ),
                    ),
                    (
                        "application",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="seat",
                            to="applications.application",
                        ),
                    ),
                    ("place", models.PositiveIntegerField()),
                    (
                        "added_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("added_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("place", "id"),
                },
            ),
            migrations.CreateModel(
                name="Measure",
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
                            related_name="measures",
                            to="filings.filing",
                        ),
                    ),
                    ("kind", models.CharField(max_length=12)),
                    ("reason_code", models.CharField(blank=True, default="", max_length=40)),
                    ("cause", models.TextField()),
                    ("until", models.DateField(blank=True, null=True)),
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
                                ("kind__in", ["suspend", "reinstate", "revoke", "cancel", "expire"])
                            ),
                            name="measure_kind_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("countersigned_by__isnull", True),
                                models.Q(("countersigned_by", models.F("decided_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="measure_takes_two_people",
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
                            name="measure_closed_by_countersignature",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("countersigned_at__isnull", True)),
                            fields=("filing",),
                            name="one_open_measure",
                        ),
                    ],
                },
            ),
        ),
    ]
