"""The register's signing keys. The only module of the portal that touches a private key."""

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from openbeian.core.errors import CouldNotRunError
from openbeian.trust.files import replace_file
from openbeian.trust.keys import Ed25519Signer, public_key_set

if TYPE_CHECKING:
    from pyhanko.sign import SimpleSigner

__all__ = ["load_pdf_key", "load_signer", "publish_keys"]

_KEY_FILE = "register.pem"


def load_signer() -> Ed25519Signer:
    """Return the register's key, made on the first start; its public half is published beside the log."""
    return _load(settings.BEIAN_HOME / "keys" / _KEY_FILE)


def load_pdf_key() -> "SimpleSigner | None":
    """Return the X.509 key that certificates to print are signed with (PAdES); None where none is named.

    Raises:
        BadInputError: The file is no key, or its password is wrong.
        CouldNotRunError: The file can't be read.
    """
    if not settings.BEIAN_PDF_KEY:
        return None
    return _load_pdf_key(Path(settings.BEIAN_PDF_KEY), settings.BEIAN_PDF_KEY_PASSWORD)


@lru_cache
def _load_pdf_key(path: Path, password: str) -> "SimpleSigner":
    # Signing PDFs takes much to load, and most processes never sign one.
    from openbeian.trust.pdf_signing import load_pdf_key as load  # noqa: PLC0415

    return load(path, password.encode() if password else None)


def publish_keys() -> None:
    """Write the public key set to the public folder."""
    public = settings.BEIAN_HOME / "public"
    public.mkdir(parents=True, exist_ok=True)
    replace_file(public / "keys.json", public_key_set(load_signer()).to_bytes())


@lru_cache
def _load(path: Path) -> Ed25519Signer:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Another process may make the key in the meantime; if it was not that, loading says what is wrong.
        with suppress(CouldNotRunError):
            Ed25519Signer.generate().save(path)
    return Ed25519Signer.load(path)
