"""`manage.py platform_key`: makes the key with which a platform's gates report."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openbeian.clock import now
from openbeian.core.errors import DomainError
from openbeian.portal.accounts.actions import issue_api_key
from openbeian.portal.accounts.models import Organisation, User

__all__ = ["Command"]


class Command(BaseCommand):
    """Prints the key once; only its hash is kept."""

    help = "Make a key for a platform's gates. Example: platform_key 某应用商店 ops@store.example --days 90"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the platform, who answers for the key, and how long it lives."""
        parser.add_argument("platform", help="the platform's name, as it was entered")
        parser.add_argument("email", help="a member of it, as whom the key acts")
        parser.add_argument("--days", type=int, default=90, help="for how many days (default 90)")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401  as Django's
        """Make the key."""
        platform = Organisation.objects.filter(name=options["platform"]).first()
        member = User.objects.filter(email=options["email"].strip().lower()).first()
        if platform is None or member is None:
            raise CommandError("There is no such platform or person; enter them first.")
        try:
            _, secret = issue_api_key(
                platform,
                name="gates",
                scopes=["sightings"],
                valid_for=timedelta(days=options["days"]),
                by=member,
                at=now(),
            )
        except DomainError as error:
            raise CommandError(error.text.en) from error
        self.stdout.write(secret)
