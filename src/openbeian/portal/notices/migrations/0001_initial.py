import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Endpoint",
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
                            related_name="webhooks",
                            to="accounts.organisation",
                        ),
                    ),
                    ("address", models.CharField(max_length=500)),
                    ("note", models.CharField(blank=True, max_length=80)),
                    ("salt", models.CharField(max_length=32)),
                    ("earlier_salt", models.CharField(blank=True, max_length=32)),
                    ("earlier_until", models.DateTimeField(null=True)),
                    (
                        "made_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("made_at", models.DateTimeField()),
                    ("succeeded_at", models.DateTimeField(null=True)),
                    ("off_at", models.DateTimeField(null=True)),
                    ("removed_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("removed_at__isnull", True)),
                            fields=("organisation", "address"),
                            name="webhook_address_once",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Notice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "event",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="notice",
                            to="audit.auditevent",
                        ),
                    ),
                    ("expanded_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("expanded_at__isnull", True)),
                            fields=["id"],
                            name="notice_waiting",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Delivery",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "notice",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="deliveries",
                            to="notices.notice",
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "endpoint",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="deliveries",
                            to="notices.endpoint",
                        ),
                    ),
                    ("state", models.CharField(default="waiting", max_length=10)),
                    ("failures", models.PositiveIntegerField(default=0)),
                    ("made_at", models.DateTimeField()),
                    ("next_at", models.DateTimeField()),
                    ("claimed_until", models.DateTimeField(null=True)),
                    ("closed_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("-id",),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "waiting")), fields=["next_at"], name="delivery_due"
                        ),
                        models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("endpoint__isnull", False), ("user__isnull", True)),
                                models.Q(("endpoint__isnull", True), ("user__isnull", False)),
                                _connector="OR",
                            ),
                            name="delivery_goes_one_way",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("closed_at__isnull", True), ("state", "waiting")),
                                models.Q(
                                    ("closed_at__isnull", False), ("state__in", ["delivered", "given_up"])
                                ),
                                _connector="OR",
                            ),
                            name="delivery_state_follows",
                        ),
                        models.UniqueConstraint(fields=("notice", "user"), name="one_delivery_a_person"),
                        models.UniqueConstraint(
                            fields=("notice", "endpoint"), name="one_delivery_an_address"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Attempt",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "delivery",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="attempts",
                            to="notices.delivery",
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("succeeded", models.BooleanField()),
                    ("status", models.PositiveIntegerField(null=True)),
                    ("detail", models.CharField(blank=True, max_length=200)),
                    ("took_ms", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "ordering": ("-id",),
                },
            ),
            migrations.CreateModel(
                name="Preference",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "user",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="notice_preference",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("language", models.CharField(default="zh", max_length=2)),
                    ("by_email", models.BooleanField(default=True)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("language__in", ["zh", "en"])),
                            name="notice_language_is_known",
                        )
                    ],
                },
            ),
        ),
    ]
