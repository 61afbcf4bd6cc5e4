"""Adds what an entry was before a decision rewrote it, and the decisions that were taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0003_lists_and_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("rowdecision", "before", models.JSONField(default=dict)),
        migrations.CreateModel(
            name="TakenBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.JSONField()),
                ("verdict", models.CharField(max_length=4)),
                ("entry_key", models.CharField(blank=True, max_length=90)),
                ("decided_reason", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("taken_back_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back",
                        to="register.takenlist",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ("id",)},
        ),
    ]
