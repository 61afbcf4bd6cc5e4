import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from openbeian.portal.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="User",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    (
                        "is_superuser",
                        models.BooleanField(
                            default=False,
                            help_text="Designates that this user has all permissions without explicitly assigning them.",
                            verbose_name="superuser status",
                        ),
                    ),
                    ("email", models.EmailField(max_length=254, unique=True)),
                    ("name", models.CharField(max_length=60)),
                    ("is_active", models.BooleanField(default=True)),
                    ("is_staff", models.BooleanField(default=False)),
                    (
                        "groups",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.group",
                            verbose_name="groups",
                        ),
                    ),
                    (
                        "user_permissions",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Specific permissions for this user.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.permission",
                            verbose_name="user permissions",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Organisation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("name", models.CharField(max_length=100, unique=True)),
                    ("name_en", models.CharField(blank=True, max_length=160)),
                    ("uscc", models.CharField(blank=True, max_length=18)),
                    ("jurisdiction", models.CharField(blank=True, max_length=4)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ("name",),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("kind", "provincial")),
                            fields=("jurisdiction",),
                            name="one_office_a_province",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("uscc", ""), _negated=True),
                            fields=("uscc",),
                            name="one_organisation_a_uscc",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Membership",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="memberships",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="memberships",
                            to="accounts.organisation",
                        ),
                    ),
                    ("roles", models.JSONField(default=list)),
                    ("created_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "organisation"), name="one_membership_each")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Invitation",
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
                            related_name="invitations",
                            to="accounts.organisation",
                        ),
                    ),
                    ("email", models.EmailField(max_length=254)),
                    ("roles", models.JSONField(default=list)),
                    (
                        "invited_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    ("accepted_at", models.DateTimeField(null=True)),
                    (
                        "accepted_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("revoked_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ("-id",),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                            fields=("organisation", "email"),
                            name="one_open_invitation_each",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("accepted_at", None), ("accepted_by", None)),
                                models.Q(
                                    ("accepted_at__isnull", False),
                                    ("accepted_by__isnull", False),
                                    ("revoked_at", None),
                                ),
                                _connector="OR",
                            ),
                            name="invitation_accepted_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ApiKey",
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
                            related_name="api_keys",
                            to="accounts.organisation",
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="api_keys",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("name", models.CharField(max_length=60)),
                    ("prefix", models.CharField(max_length=12, unique=True)),
                    ("secret_sha256", models.CharField(max_length=64, unique=True)),
                    ("scopes", models.JSONField(default=list)),
                    ("created_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    ("last_used_at", models.DateTimeField(blank=True, null=True)),
                    ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ("-created_at",),
                },
            ),
            migrations.CreateModel(
                name="SignedInSession",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="signed_in",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("session_key", models.CharField(max_length=40, unique=True)),
                    ("created_at", models.DateTimeField()),
                    ("seen_at", models.DateTimeField()),
                    ("network", models.CharField(blank=True, max_length=64)),
                    ("device", models.CharField(blank=True, max_length=200)),
                ],
                options={
                    "ordering": ("-seen_at", "-id"),
                },
            ),
            migrations.CreateModel(
                name="SignInFailure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("account", models.CharField(max_length=64)),
                    ("network", models.CharField(max_length=64)),
                    ("at", models.DateTimeField(db_index=True)),
                ],
                options={
                    "indexes": [models.Index(fields=["account", "at"], name="failure_of_account")],
                },
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="members",
            field=models.ManyToManyField(
                related_name="organisations", through="accounts.Membership", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
