"""Measure a batch of certificates: signed, set as PDF/A-3, signed again for PDF readers.

Run: python benchmarks/gate_certificates.py [COUNT]
"""

import json
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign import SimpleSigner

from openbeian.trust.certificate_pdf import certificate_pdf
from openbeian.trust.certificates import build_certificate, sign_certificate
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.pdf_signing import load_pdf_key, sign_pdf
from openbeian_gate.verify.certificate import CertifiedProvider, CertifiedService

AT = datetime(2026, 11, 23, tzinfo=UTC)
LIMIT_S = 60.0


def reader_key() -> SimpleSigner:
    """Return a key PDF readers understand, signed by itself."""
    key, name = (
        rsa.generate_private_key(65537, 2048),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")]),
    )
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), AT, AT + timedelta(days=365)
    ).sign(key, hashes.SHA256())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.p12"
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, made, None, NoEncryption()))
        return load_pdf_key(path)


def signed_certificate(number: int, signer: Ed25519Signer) -> bytes:
    """Return the certificate of an invented service."""
    certificate = build_certificate(
        number=f"GD-20261123-{number:04d}",
        route="filing",
        service=CertifiedService(f"svc-{number:03d}", f"问山{number}", "Wenshan-7B"),
        provider=CertifiedProvider("岭南智算有限公司", "91440000MA0000001X"),
        jurisdiction="GD",
        edition="tc260-003",
        profile="demo",
        held_in=None,
        issued_on=date(2026, 11, 23),
        valid_until=None,
        evidence_sha256="0" * 64,
        issuer="register.example",
    )
    return sign_certificate(certificate, signer)


def main() -> None:
    """Measure and print, as JSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    signer, key, size = Ed25519Signer.generate(), reader_key(), 0
    started = time.perf_counter()
    for number in range(count):
        signed = signed_certificate(number, signer)
        address = f"https://register.example/verify/{number}"
        size = len(sign_pdf(certificate_pdf(signed, proof=signed, address=address, at=AT), key))
    took = time.perf_counter() - started
    figures = {"certificates": count, "took_s": took, "each_ms": took / count * 1e3, "file_kb": size / 1e3}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}, indent=1))
    sys.exit(count == 100 and took > LIMIT_S)


if __name__ == "__main__":
    main()
