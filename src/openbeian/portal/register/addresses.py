"""Addresses of the register that are shown elsewhere: on badges, certificates, in codes to be scanned."""

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

__all__ = ["check_address", "code_of"]


def check_address(number: str) -> str:
    """Return where anybody sees whether this number is on file, and how it stands now."""
    return f"{settings.BEIAN_ORIGIN}{reverse('register:lookup')}?{urlencode({'q': number})}"


def code_of(number: str) -> str:
    """Return the QR code that leads to that place, as SVG."""
    import segno  # noqa: PLC0415  loaded for the pages that show one

    code = segno.make(check_address(number), error="m", micro=False)
    drawn: str = code.svg_inline(scale=3, border=4, omitsize=False, dark="#000", light="#fff")
    return drawn
