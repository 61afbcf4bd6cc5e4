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
                name="Message",
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
                            related_name="messages",
                            to="applications.application",
                        ),
                    ),
                    ("side", models.CharField(max_length=10)),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.organisation",
                        ),
                    ),
                    ("text", models.TextField()),
                    (
                        "sent_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("sent_at", models.DateTimeField()),
                    (
                        "read_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("read_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("id",),
                    "indexes": [
                        models.Index(fields=["application", "id"], name="message_of_application"),
                        models.Index(
                            condition=models.Q(("read_at__isnull", True)),
                            fields=["side", "application"],
                            name="message_unread",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("side__in", ["provider", "office"])),
                            name="message_side_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("read_at__isnull", True), ("read_by__isnull", True)),
                                models.Q(("read_at__isnull", False), ("read_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="message_read_has_person_and_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="MessageFile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "message",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="files",
                            to="correspondence.message",
                        ),
                    ),
                    ("name", models.CharField(max_length=160)),
                    ("sha256", models.CharField(max_length=64)),
                    ("size", models.PositiveBigIntegerField()),
                ],
                options={
                    "ordering": ("id",),
                },
            ),
        ),
    ]
