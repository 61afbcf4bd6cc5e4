"""`manage.py first_administrator`: enters who administers the system, where nobody does yet."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from openbeian.clock import now
from openbeian.core.errors import DomainError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions import SYSTEM, add_member, create_organisation
from openbeian.portal.accounts.models import Organisation

__all__ = ["Command"]


class Command(BaseCommand):
    """Prints a password once; the second factor is set up at the first sign-in."""

    help = "Enter the first system administrator. Example: first_administrator root@office.example 王小明"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who it is, and what the operating organisation is called."""
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument("name", help="their name")
        parser.add_argument("--organisation", default="系统运维", help="what the operator is called")

    @transaction.atomic
    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401  as Django's
        """Enter them."""
        if Organisation.objects.filter(kind=OrganisationKind.OPERATOR.value).exists():
            raise CommandError("There is an operator already; let its administrator invite others.")
        password = secrets.token_urlsafe(15)
        try:
            house = create_organisation(
                kind=OrganisationKind.OPERATOR, name=options["organisation"], by=SYSTEM, at=now()
            )
            add_member(
                house,
                email=options["email"],
                name=options["name"],
                roles=[Role.ADMINISTRATOR],
                password=password,
                by=SYSTEM,
                at=now(),
            )
        except DomainError as error:
            raise CommandError(error.text.en) from error
        self.stdout.write(password)
