import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def seat_what_was_certified(apps, _schema_editor):
    filings, seats = apps.get_model("filings", "Filing").objects, apps.get_model("filings", "Seat").objects
    taken = {}
    for filing in filings.select_related("round").order_by("pk"):
        place = taken[filing.round_id] = taken.get(filing.round_id, 0) + 1
        seats.create(
            round_id=filing.round_id,
            application_id=filing.application_id,
            place=place,
            added_by_id=filing.round.planned_by_id,
            added_at=filing.round.published_at or filing.round.planned_at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0001_initial"),
        ("filings", "0004_search_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="filings.round",
                    ),
                ),
            ],
            options={"ordering": ("place", "id")},
        ),
        migrations.RunPython(seat_what_was_certified, migrations.RunPython.noop),
    ]
