"""`manage.py reseal`: after a new key was put first into BEIAN_BANK_KEYS, seals everything with it."""

from typing import Any

from django.core.management.base import BaseCommand

from openbeian.clock import now
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.retests.actions import reseal

__all__ = ["Command"]


class Command(BaseCommand):
    """Seals anew."""

    help = "Seal hidden banks, keys of channels and evidence with the first key of BEIAN_BANK_KEYS"

    def handle(self, *_args: object, **_options: Any) -> None:  # noqa: ANN401  as Django's
        """Seal, and say how much."""
        self.stdout.write(f"resealed: {reseal(by=SYSTEM, at=now())}")
