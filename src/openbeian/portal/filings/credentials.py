"""Certificates for wallets: SD-JWT VC, and the metadata by which a wallet finds the issuer's key."""

from django.conf import settings

from openbeian.portal.filings.models import Filing
from openbeian.portal.signing import load_signer
from openbeian.trust.sd_jwt import sign_sd_jwt
from openbeian_gate.verify.canonical import JSONValue, canonical
from openbeian_gate.verify.certificate import parse_certificate
from openbeian_gate.verify.sd_jwt import encode_part

__all__ = ["issuer_metadata", "sd_jwt_of"]


def sd_jwt_of(filing: Filing) -> bytes:
    """Return a filing's certificate as SD-JWT VC with every disclosure; the same each time."""
    signed = parse_certificate(canonical(filing.certificate))
    return sign_sd_jwt(signed, load_signer(), issuer=settings.BEIAN_ORIGIN, at=filing.log_entry.at)


def issuer_metadata() -> dict[str, JSONValue]:
    """Return what stands at `/.well-known/jwt-vc-issuer` (draft-ietf-oauth-sd-jwt-vc)."""
    key = load_signer().public_key()
    jwk: dict[str, JSONValue] = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": encode_part(key.raw),
        "kid": key.key_id,
        "use": "sig",
        "alg": "EdDSA",
    }
    return {"issuer": settings.BEIAN_ORIGIN, "jwks": {"keys": [jwk]}}
