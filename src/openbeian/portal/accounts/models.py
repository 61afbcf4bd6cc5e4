"""Users, organisations, memberships with roles, invitations, API keys, and who is signed in where."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q

__all__ = [
    "ApiKey",
    "Invitation",
    "Membership",
    "Organisation",
    "SignInFailure",
    "SignedInSession",
    "User",
    "Users",
]


class Users(BaseUserManager["User"]):
    """Makes users; `createsuperuser` asks for these two."""

    def create_user(self, email: str, name: str, password: str | None = None, **extra: bool) -> "User":
        """Enter a person; without a password they can't log in until one is set."""
        user = self.model(email=email.strip().lower(), name=name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str, password: str | None = None) -> "User":
        """Enter a person who may read everything in the admin pages."""
        return self.create_user(email, name, password, is_staff=True, is_superuser=True)


class User(AbstractBaseUser, PermissionsMixin):
    """A person; logs in by e-mail."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects: ClassVar[Users] = Users()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """Return the name."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name; Chinese names have no short form."""
        return self.name

    @property
    def audit_id(self) -> str:
        """The id the rules and the audit trail know this person by."""
        return f"user:{self.pk}"

    @property
    def audit_name(self) -> str:
        """The name the audit trail keeps."""
        return self.name


class Organisation(models.Model):
    """A provider, an office, a platform, an auditor or the operator of the system."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100, unique=True)
    name_en = models.CharField(max_length=160, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    jurisdiction = models.CharField(max_length=4, blank=True)
    created_at = models.DateTimeField()
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        User, through="Membership", related_name="organisations"
    )

    class Meta:
        """No province has two offices, no company is entered twice."""

        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("jurisdiction",), condition=Q(kind="provincial"), name="one_office_a_province"
            ),
            models.UniqueConstraint(fields=("uscc",), condition=~Q(uscc=""), name="one_organisation_a_uscc"),
        )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in an organisation, and the roles they hold there."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    roles = models.JSONField(default=list)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One membership for each person and organisation."""

        constraints = (models.UniqueConstraint(fields=("user", "organisation"), name="one_membership_each"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"


class ApiKey(models.Model):
    """A machine's key. It acts as the person who made it; only a hash of its secret is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="api_keys")
    user = models.ForeignKey(User, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.organisation} · {self.name} ({self.prefix}…)"


class Invitation(models.Model):
    """A place offered to whoever has this e-mail address; taken by the signed link that names it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    roles = models.JSONField(default=list)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first; one open invitation for each address and organisation."""

        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_each",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at=None),
                name="invitation_accepted_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} · {self.email}"


class SignedInSession(models.Model):
    """A session in which somebody has signed in: since when, last used when, from where, with what."""

    user = models.ForeignKey(User, models.PROTECT, related_name="signed_in")
    session_key = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    network = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=200, blank=True)

    class Meta:
        """Used last first."""

        ordering = ("-seen_at", "-id")

    def __str__(self) -> str:
        return f"{self.user} · {self.created_at:%Y-%m-%d %H:%M}"


class SignInFailure(models.Model):
    """One failed sign-in, counted for a while; whose and from where is known by keyed hashes only."""

    account = models.CharField(max_length=64)
    network = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        """Found by account."""

        indexes = (models.Index(fields=("account", "at"), name="failure_of_account"),)

    def __str__(self) -> str:
        return f"{self.account[:8]} {self.at:%Y-%m-%d %H:%M}"
