import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        # Of other people's apps: quicker while there are few models, as each operation builds many of them anew.
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Serial",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=60, unique=True)),
                    ("last", models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name="Application",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("reference", models.CharField(max_length=20, unique=True)),
                    (
                        "provider",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="applications",
                            to="accounts.organisation",
                        ),
                    ),
                    ("jurisdiction", models.CharField(max_length=4)),
                    ("route", models.CharField(default="filing", max_length=12)),
                    ("base_key", models.CharField(blank=True, default="", max_length=90)),
                    ("edition", models.CharField(max_length=40)),
                    ("profile", models.CharField(blank=True, max_length=40)),
                    ("status", models.CharField(default="draft", max_length=24)),
                    ("status_since", models.DateTimeField()),
                    ("service_name", models.CharField(blank=True, max_length=200)),
                    ("service_latin", models.CharField(blank=True, max_length=200)),
                    ("model_name", models.CharField(blank=True, max_length=200)),
                    ("service_id", models.CharField(max_length=20, unique=True)),
                    ("facts", models.JSONField(default=dict)),
                    ("version", models.PositiveIntegerField(default=0)),
                    (
                        "prepared_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    ("submitted_at", models.DateTimeField(blank=True, null=True)),
                    ("findings", models.JSONField(default=list)),
                    ("findings_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ("-id",),
                    "indexes": [
                        models.Index(
                            fields=["jurisdiction", "status", "status_since"], name="application_queue"
                        ),
                        models.Index(fields=["provider", "status"], name="application_of_provider"),
                        models.Index(fields=["base_key"], name="application_base"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("route__in", ["filing", "registration"])),
                            name="route_is_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Attachment",
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
                            related_name="attachments",
                            to="applications.application",
                        ),
                    ),
                    ("version_number", models.PositiveIntegerField()),
                    ("kind", models.CharField(max_length=24)),
                    ("in_folder", models.BooleanField(default=False)),
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
                    ("removed_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("removed_at__isnull", True)),
                            fields=("application", "name"),
                            name="attachment_name_once",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Confirmation",
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
                            related_name="confirmations",
                            to="applications.application",
                        ),
                    ),
                    ("post", models.CharField(max_length=24)),
                    ("content", models.CharField(max_length=64)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("application", "post", "content"), name="confirmed_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Correction",
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
                            related_name="corrections",
                            to="applications.application",
                        ),
                    ),
                    ("version_number", models.PositiveIntegerField()),
                    ("item", models.CharField(max_length=80)),
                    ("text", models.TextField()),
                    (
                        "raised_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("raised_at", models.DateTimeField()),
                    ("reply", models.TextField(blank=True)),
                    (
                        "replied_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("replied_at", models.DateTimeField(null=True)),
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
                    ("status", models.CharField(default="open", max_length=10)),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("closed_at__isnull", True),
                                    ("replied_at__isnull", True),
                                    ("status", "open"),
                                ),
                                models.Q(
                                    ("closed_at__isnull", True),
                                    ("replied_at__isnull", False),
                                    ("status", "answered"),
                                ),
                                models.Q(("closed_at__isnull", False), ("status", "closed")),
                                _connector="OR",
                            ),
                            name="correction_status_follows",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("replied_at__isnull", True), ("replied_by__isnull", True)),
                                models.Q(("replied_at__isnull", False), ("replied_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="correction_reply_has_person_and_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                                models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="correction_close_has_person_and_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Retest",
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
                            related_name="retests",
                            to="applications.application",
                        ),
                    ),
                    ("version_number", models.PositiveIntegerField()),
                    ("reason", models.TextField(blank=True)),
                    (
                        "ordered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("ordered_at", models.DateTimeField()),
                    ("agrees", models.BooleanField(null=True)),
                    ("summary", models.TextField(blank=True)),
                    (
                        "recorded_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("recorded_at__isnull", True)),
                            fields=("application",),
                            name="one_retest_at_a_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("agrees__isnull", True),
                                    ("recorded_at__isnull", True),
                                    ("recorded_by__isnull", True),
                                ),
                                models.Q(
                                    ("agrees__isnull", False),
                                    ("recorded_at__isnull", False),
                                    ("recorded_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="retest_result_is_whole",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Screening",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("sha256", models.CharField(max_length=64, unique=True)),
                    ("state", models.CharField(max_length=10)),
                    ("threat", models.CharField(blank=True, max_length=200)),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["waiting", "clean", "infected"])),
                            name="screening_state_is_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Upload",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.CharField(max_length=32, unique=True)),
                    (
                        "application",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="uploads",
                            to="applications.application",
                        ),
                    ),
                    ("kind", models.CharField(max_length=24)),
                    ("name", models.CharField(max_length=160)),
                    ("size", models.PositiveBigIntegerField()),
                    ("sha256", models.CharField(max_length=64)),
                    ("received", models.PositiveBigIntegerField(default=0)),
                    (
                        "started_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("started_at", models.DateTimeField()),
                    ("touched_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("received__lte", models.F("size"))),
                            name="upload_is_no_longer_than_said",
                        ),
                        models.UniqueConstraint(
                            fields=("application", "kind", "name", "sha256"), name="upload_of_same_bytes_once"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Version",
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
                            related_name="versions",
                            to="applications.application",
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    ("facts", models.JSONField()),
                    ("files", models.JSONField(default=list)),
                    ("salt", models.CharField(max_length=32)),
                    ("digest", models.CharField(max_length=64)),
                    ("findings", models.JSONField(default=list)),
                    ("report", models.JSONField(null=True)),
                    (
                        "submitted_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("submitted_at", models.DateTimeField()),
                    ("recommendation", models.TextField(blank=True)),
                    (
                        "recommended_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("recommended_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("number",),
                    "constraints": [
                        models.UniqueConstraint(fields=("application", "number"), name="version_number_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("recommended_at__isnull", True), ("recommended_by__isnull", True)),
                                models.Q(
                                    ("recommended_at__isnull", False), ("recommended_by__isnull", False)
                                ),
                                _connector="OR",
                            ),
                            name="recommendation_has_person_and_time",
                        ),
                    ],
                },
            ),
        ),
    ]
