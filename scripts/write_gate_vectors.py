"""Write the golden files that the gate's tests read: gate/tests/vectors/.

The gate's tests never import `openbeian`, so what they verify is made here, by the signing half, from fixed
seeds and times: the same at every run. `--check` writes nothing and fails when a file differs.
"""

import base64
import hashlib
import json
import sys
import tempfile
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from openbeian.trust.certificates import build_certificate, sign_certificate
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.log import TileLog
from openbeian.trust.notes import verifier_key
from openbeian.trust.sd_jwt import sign_sd_jwt
from openbeian.trust.snapshots import FilingRow, Permit, Status, hash_tester, service_hash, sign_snapshot
from openbeian.trust.statements import sign_evidence_head
from openbeian_gate.verify.certificate import (
    Certificate,
    CertifiedProvider,
    CertifiedRound,
    CertifiedService,
    parse_certificate,
)
from openbeian_gate.verify.log_entry import LogEntry

VECTORS = Path(__file__).parents[1] / "gate" / "tests" / "vectors"
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ORIGIN = "log.example/beian"
LOG_SIZE = 300
ISSUED_AT_INDEX = 260


def build_vectors() -> dict[str, bytes]:
    """Return every golden file by its path."""
    signer, log_signer, stranger = (_signer(name) for name in ("register", "log", "stranger"))
    trusted = public_key_set(
        signer.public_key(("certificate", "snapshot", "evidence")), log_signer.public_key(("log",))
    )
    certificate = sign_certificate(_certificate(date(2029, 11, 22)), signer)
    vectors = {
        "keys.json": trusted.to_bytes(),
        "stranger.json": public_key_set(stranger).to_bytes(),
        "certificate.json": certificate,
        "certificate-ended.json": sign_certificate(_certificate(date(2026, 11, 23)), signer),
        "certificate-registration.json": sign_certificate(_registration(), signer),
        "certificate-two-signers.json": sign_certificate(_certificate(None), signer, stranger),
        "certificate.sd-jwt": sign_sd_jwt(
            parse_certificate(certificate), signer, issuer="https://register.example", at=AT
        ),
        "head.dsse.json": sign_evidence_head("ab" * 32, {"questions": 40, "raw_rate": 0.975}, signer),
    }
    vectors |= _log_files(certificate, log_signer)
    checkpoint = vectors["log/checkpoint"].decode()
    filings = _filings()
    for name, version, at, listed in (
        ("snapshot-7.json", 7, AT, filings),
        ("snapshot-8.json", 8, AT + timedelta(minutes=4), _revoke(filings, "svc-001")),
        ("snapshot-7-other.json", 7, AT, _revoke(filings, "svc-001")),
        ("snapshot-empty.json", 1, AT, []),
    ):
        vectors[name] = sign_snapshot(
            listed,
            signer,
            version=version,
            after=version - 1,
            at=at,
            ttl_for=timedelta(minutes=15),
            grace_for=timedelta(hours=24),
            checkpoint=checkpoint if listed else None,
        )
    vectors["snapshot-permits.json"] = sign_snapshot(
        filings,
        signer,
        version=9,
        after=8,
        at=AT,
        ttl_for=timedelta(minutes=15),
        grace_for=timedelta(hours=24),
        permits=_permits(),
    )
    vectors["facts.json"] = _facts(log_signer)
    return vectors


def _signer(name: str) -> Ed25519Signer:
    # Anybody can make these keys again from this line: they protect nothing.
    return Ed25519Signer.from_seed(hashlib.sha256(f"openbeian test key: {name}".encode()).digest())


def _certificate(valid_until: date | None) -> Certificate:
    return build_certificate(
        number="GD-20261123-0001",
        route="filing",
        service=CertifiedService("svc-001", "问山", "Wenshan-7B"),
        provider=CertifiedProvider("岭南智算有限公司", "91440000MA0000001X"),
        jurisdiction="GD",
        edition="gbt-45654-2025",
        profile="full",
        held_in=CertifiedRound(3, "第三批", date(2026, 11, 23)),
        issued_on=date(2026, 11, 23),
        valid_until=valid_until,
        evidence_sha256="ab" * 32,
        issuer="register.example",
    )


def _registration() -> Certificate:
    return build_certificate(
        number="GD-DJ-20261123-0001",
        route="registration",
        service=CertifiedService("svc-100", "问山客服", "Wenshan-7B"),
        provider=CertifiedProvider("珠江商贸有限公司", "91440000MA0000002X"),
        jurisdiction="GD",
        edition="gbt-45654-2025",
        profile="full",
        held_in=None,
        issued_on=date(2026, 11, 23),
        valid_until=None,
        evidence_sha256=None,
        issuer="register.example",
    )


def _filings() -> list[FilingRow]:
    named = [
        FilingRow("svc-001", "GD-20261123-0001", Status.VALID),
        FilingRow("svc-002", "GD-20261123-0002", Status.SUSPENDED),
        FilingRow("svc-003", "GD-20261123-0003", Status.REVOKED),
        FilingRow("svc-004", "GD-20261123-0004", Status.ENDED),
        FilingRow("svc-005", "粤备-20261123-0005", Status.VALID),
    ]
    return named + [FilingRow(f"bulk-{n}", f"ZZ-{n:06d}", Status(n % 4)) for n in range(50)]


def _permits() -> list[Permit]:
    month = timedelta(days=30)
    return [
        _permit(1, "svc-900", AT - month, AT + month, trial_users=7),
        _permit(2, "svc-901", AT - month, AT + month),
        _permit(3, "svc-902", AT - month, AT + month, is_ended=True),
        _permit(4, "svc-903", AT + month, AT + 2 * month),
        _permit(5, "svc-904", AT - 2 * month, AT - month),
        _permit(6, "svc-905", AT - 2 * month, AT - month),
        _permit(7, "svc-905", AT - timedelta(hours=1), AT + timedelta(hours=1)),
        _permit(8, "svc-002", AT - month, AT + month),
    ]


def _permit(
    serial: int,
    service: str,
    begins_at: datetime,
    ends_at: datetime,
    *,
    trial_users: int = 0,
    is_ended: bool = False,
) -> Permit:
    salt = bytes([serial]) * 16
    return Permit(
        number=f"Guangdong-SP20261123{serial:04d}",
        service=service_hash(service),
        begins_at=begins_at,
        ends_at=ends_at,
        is_ended=is_ended,
        uses=frozenset({"evaluation", "trial"}),
        salt=salt,
        testers=frozenset(hash_tester(salt, person) for person in ("office-1", "tester-1")),
        trial_users=trial_users,
        gates=2,
    )


def _revoke(filings: list[FilingRow], service: str) -> list[FilingRow]:
    return [row._replace(status=Status.REVOKED) if row.service == service else row for row in filings]


def _log_files(certificate: bytes, signer: Ed25519Signer) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        log = TileLog(Path(folder), signer, origin=ORIGIN)
        leaves = [_entry(index, certificate).leaf() for index in range(LOG_SIZE)]
        early = log.append(leaves[:100], at=AT).note.encode()
        log.append(leaves[100:], at=AT + timedelta(minutes=1))
        files = {
            f"log/{path.relative_to(folder)}": path.read_bytes()
            for path in sorted(Path(folder).rglob("[!.]*"))
            if path.is_file()
        }
        return files | {
            "checkpoint-100": early,
            "certificate.tlog-proof": log.proof_file(ISSUED_AT_INDEX),
            "other-entry.tlog-proof": log.proof_file(7),
        }


def _entry(index: int, certificate: bytes) -> LogEntry:
    at = AT - timedelta(minutes=LOG_SIZE - index)
    if index != ISSUED_AT_INDEX:
        return LogEntry("application.submitted", at, f"application-{index}", {"jurisdiction": "GD"})
    digest = parse_certificate(certificate).digest
    return LogEntry(
        "certificate.issued", at, "GD-20261123-0001", {"route": "filing"}, {"certificate": digest}
    )


def _facts(log_signer: Ed25519Signer) -> bytes:
    facts = {
        "at": AT.isoformat(),
        "origin": ORIGIN,
        "log_size": LOG_SIZE,
        "certificate_index": ISSUED_AT_INDEX,
        "log_verifier_key": verifier_key(log_signer, ORIGIN),
    }
    return json.dumps(facts, indent=1).encode() + b"\n"


def _differing(vectors: Mapping[str, bytes]) -> list[str]:
    present = {path.relative_to(VECTORS).as_posix() for path in VECTORS.rglob("*") if path.is_file()}
    common = present & vectors.keys()
    changed = {
        name
        for name in common
        if _content(name, (VECTORS / name).read_bytes()) != _content(name, vectors[name])
    }
    return sorted((present ^ vectors.keys()) | changed)


def _content(name: str, data: bytes) -> object:
    """Return what must be the same; builds of zlib differ, so snapshots are compared inflated."""
    if not name.startswith("snapshot"):
        return data
    document = json.loads(data)["snapshot"]
    columns = document["entries"]
    for column in ("numbers", "statuses", "rows"):
        columns[column] = zlib.decompress(base64.b64decode(columns[column])).hex()
    return document


def main() -> int:
    """Write the files, or with `--check` compare them."""
    vectors = build_vectors()
    differing = _differing(vectors)
    if "--check" in sys.argv[1:]:
        print("\n".join(f"differs: {name}" for name in differing) or "the gate's vectors are up to date")
        return 1 if differing else 0
    for name in differing:
        (VECTORS / name).unlink(missing_ok=True)
    for name in vectors.keys() & set(differing):
        (VECTORS / name).parent.mkdir(parents=True, exist_ok=True)
        (VECTORS / name).write_bytes(vectors[name])
    print(f"{len(differing)} of {len(vectors)} files written or removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
