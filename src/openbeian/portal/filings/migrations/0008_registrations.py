"""A registration is numbered by a province, outside every round."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_routes"), ("filings", "0007_name_digest_index")]

    operations = [
        migrations.AlterField(
            model_name="filing",
            name="round",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="filings",
                to="filings.round",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=Q(route="filing", round__isnull=False)
                | Q(route="registration", round__isnull=True),
                name="filing_is_certified_in_a_round",
            ),
        ),
    ]
