from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="AuditEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=60)),
                    ("subject_type", models.CharField(max_length=40)),
                    ("subject_id", models.CharField(max_length=80)),
                    ("subject_name", models.CharField(blank=True, max_length=160)),
                    ("by_id", models.CharField(max_length=40)),
                    ("by_name", models.CharField(max_length=120)),
                    ("organisation_id", models.CharField(blank=True, max_length=40)),
                    ("at", models.DateTimeField()),
                    ("detail", models.JSONField(default=dict)),
                ],
                options={
                    "ordering": ("id",),
                    "indexes": [
                        models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
                        models.Index(fields=["at"], name="audit_at"),
                    ],
                },
            ),
        ),
    ]
