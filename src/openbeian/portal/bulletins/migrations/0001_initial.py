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
                name="Bulletin",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("slug", models.SlugField(max_length=60, unique=True)),
                    (
                        "round",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bulletins",
                            to="filings.round",
                        ),
                    ),
                    ("period", models.CharField(blank=True, max_length=8)),
                    ("jurisdiction", models.CharField(blank=True, max_length=4)),
                    ("document", models.JSONField()),
                    ("signatures", models.JSONField(blank=True, default=list)),
                    (
                        "corrects",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="corrections",
                            to="bulletins.bulletin",
                        ),
                    ),
                    (
                        "drafted_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("drafted_at", models.DateTimeField()),
                    (
                        "published_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("published_at", models.DateTimeField(null=True)),
                    (
                        "log_entry",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="log.entry",
                        ),
                    ),
                ],
                options={
                    "ordering": ("-published_at", "-id"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("period", ""), ("round__isnull", False)),
                                models.Q(("round__isnull", True), models.Q(("period", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="bulletin_of_round_or_period",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("log_entry__isnull", True),
                                    ("published_at__isnull", True),
                                    ("published_by__isnull", True),
                                ),
                                models.Q(
                                    ("log_entry__isnull", False),
                                    ("published_at__isnull", False),
                                    ("published_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="bulletin_published_is_logged",
                        ),
                    ],
                },
            ),
        ),
    ]
