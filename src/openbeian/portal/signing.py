"""The register's signing keys. The only module of the portal that touches a private key."""

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

from openbeian.core.errors import CouldNotRunError
from openbeian.trust.files import replace_file
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.repository.ceremony import CeremonyPlan, hold_ceremony
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.installing import install
from openbeian.trust.repository.online import OnlineKeys
from openbeian.trust.repository.publisher import Publisher
from openbeian.trust.repository.second_signer import SecondSigner
from openbeian.trust.snapshots import SnapshotRows
from openbeian_gate.verify.gate_rules import GateRules

if TYPE_CHECKING:
    from pyhanko.sign import SimpleSigner

__all__ = [
    "load_pdf_key",
    "load_publisher",
    "load_signer",
    "prepare_repository",
    "publish_keys",
    "repository_folder",
]

_log: Final = logging.getLogger("openbeian.portal")
_KEY_FILE = "register.pem"
_DEVELOPMENT_POLL_S: Final = 30


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


def repository_folder() -> RepositoryFolder:
    """Return the repository that gates follow; it may not be there."""
    return RepositoryFolder(settings.BEIAN_HOME / "public" / "repository")


def load_publisher(recompute: Callable[[datetime], SnapshotRows]) -> Publisher | None:
    """Return who publishes the repository; None where there is no repository, or no key of it here.

    Args:
        recompute: Reads how filings and permits stand, for the second signer where there is one.

    Raises:
        BadInputError: A key is none.
        CouldNotRunError: A key is missing or can't be read.
    """
    keys = _repository_keys()
    if not repository_folder().exists or not (keys / "online").is_dir():
        return None
    # Keys come and go while one replaces another; whatever is new in the folder signs from now on.
    files = tuple(sorted((str(file), file.stat().st_mtime_ns) for file in keys.glob("*/*.pem")))
    return _publisher(keys, files, recompute)


@lru_cache(maxsize=1)
def _publisher(
    keys: Path, _files: tuple[tuple[str, int], ...], recompute: Callable[[datetime], SnapshotRows]
) -> Publisher:
    folder = repository_folder()
    second = None
    if (keys / "second").is_dir():
        signers = [Ed25519Signer.load(file) for file in sorted((keys / "second").glob("*.pem"))]
        second = SecondSigner(signers, recompute, folder.read_target)
    return Publisher(folder, OnlineKeys.load(keys / "online"), second=second)


def prepare_repository(*, at: datetime) -> None:
    """See that there is a repository: one with development keys, where a portal is only tried out.

    Raises:
        CouldNotRunError: The disk refuses, or the files are damaged.
    """
    keys = _repository_keys()
    if repository_folder().exists:
        if (keys / "root-1").exists():
            _log.warning("repository: DEVELOPMENT KEYS, all on this machine; not for a real register")
        return
    if settings.BEIAN_PRODUCTION:
        _log.warning("repository: none; hold the key ceremony (docs/how-to/key-ceremony.md)")
        return
    if not keys.exists():
        _make_development_keys(keys, at=at)
    install(keys, public=repository_folder().path, keys=keys)
    _log.warning("repository: made DEVELOPMENT KEYS, all on this machine; not for a real register")


def _make_development_keys(keys: Path, *, at: datetime) -> None:
    """Hold a ceremony with nobody present, in a folder that takes its name when it is whole."""
    rules = GateRules(
        settings.BEIAN_SNAPSHOT_TTL_FOR,
        settings.BEIAN_SNAPSHOT_GRACE_FOR,
        min(timedelta(seconds=_DEVELOPMENT_POLL_S), settings.BEIAN_SNAPSHOT_GRACE_FOR),
    )
    plan = CeremonyPlan(public_key_set(load_signer()), rules, is_development=True)
    draft = keys.with_name(f".{keys.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    hold_ceremony(draft, plan, password=lambda _: None, at=at)
    draft.rename(keys)


def _repository_keys() -> Path:
    return settings.BEIAN_HOME / "keys" / "repository"


@lru_cache
def _load(path: Path) -> Ed25519Signer:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Another process may make the key in the meantime; if it was not that, loading says what is wrong.
        with suppress(CouldNotRunError):
            Ed25519Signer.generate().save(path)
    return Ed25519Signer.load(path)
