"""What the tests of the signing half share: a key, a time, and a certificate to sign."""

from datetime import UTC, date, datetime

import pytest

from openbeian.trust.certificates import build_certificate
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.log import TileLog
from openbeian_gate.verify.certificate import (
    Certificate,
    CertifiedProvider,
    CertifiedRound,
    CertifiedService,
)


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer.from_seed(bytes(32))


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def certificate() -> Certificate:
    return build_certificate(
        number="GD-20261123-0001",
        route="filing",
        service=CertifiedService("svc-001", "问山", "Wenshan-7B"),
        provider=CertifiedProvider("岭南智算有限公司", "91440000MA0000001X"),
        jurisdiction="GD",
        edition="tc260-003",
        profile="demo",
        held_in=CertifiedRound(3, "第三批", date(2026, 11, 23)),
        issued_on=date(2026, 11, 23),
        valid_until=date(2029, 11, 22),
        evidence_sha256="0" * 64,
        issuer="register.example",
    )


@pytest.fixture
def log(tmp_path, signer) -> TileLog:
    return TileLog(tmp_path / "log", signer, origin="log.example/test")
