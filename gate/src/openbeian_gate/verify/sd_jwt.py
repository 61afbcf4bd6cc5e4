"""A certificate as SD-JWT VC (RFC 9901; draft-ietf-oauth-sd-jwt-vc): its holder may leave out some facts.

What is left out stays vouched for by a salted hash and can't be guessed; what is shown can't be altered. Only
what the register issues is read: EdDSA, SHA-256, hidden members of objects, no binding to a holder's key.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.refusals import ExpiredError
from openbeian_gate.verify.canonical import JSONValue, parse_json
from openbeian_gate.verify.fields import Fields
from openbeian_gate.verify.keys import ED25519, PublicKeySet, Signature

__all__ = [
    "CREDENTIAL_TYPE",
    "HIDDEN",
    "MEDIA_TYPE",
    "Credential",
    "SignedCredential",
    "check_credential_in_force",
    "digest_of",
    "encode_part",
    "is_sd_jwt",
    "parse_sd_jwt",
    "verify_sd_jwt",
]

CREDENTIAL_TYPE: Final = "urn:openbeian:certificate:1"
"""The `vct` of certificates."""
MEDIA_TYPE: Final = "dc+sd-jwt"
HIDDEN: Final = "_sd"
"""The member of an object that lists the hashes of its hidden members."""
_ALGORITHM_OF_HASHES: Final = "_sd_alg"
_HASH: Final = "sha-256"
_ALGORITHM: Final = "EdDSA"
_RESERVED: Final = frozenset({HIDDEN, "...", _ALGORITHM_OF_HASHES})
_ALWAYS_SHOWN: Final = frozenset({"iss", "iat", "nbf", "exp", "cnf", "vct", "status"})
_MAX_BYTES: Final = 1 << 17
_MAX_DISCLOSURES: Final = 100
_PARTS: Final = 3
_DISCLOSURE_PARTS: Final = 3
_LAST_SECOND: Final = 253_402_300_799


@dataclass(frozen=True, slots=True)
class SignedCredential:
    """A credential as it claims to be."""

    payload: dict[str, JSONValue]
    disclosures: Mapping[str, tuple[str, JSONValue]]
    """Name and value of each fact shown, by the hash of its disclosure."""
    signature: Signature
    message: bytes
    """The bytes the signature is over."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a verified credential says."""

    claims: Mapping[str, JSONValue]
    """Everything that is shown, as if nothing had been hidden."""
    number: str
    service: str
    issuer: str
    """The address of the register that issued it."""
    issued_at: datetime
    expires_at: datetime | None
    withheld: int
    """How many facts its holder has left out."""


def is_sd_jwt(data: bytes) -> bool:
    """Say whether a file looks like an SD-JWT: a JWT, followed by tildes."""
    return data.startswith(b"eyJ") and b"~" in data


def encode_part(data: bytes) -> str:
    """Return bytes as the parts of a JWT are written: base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def digest_of(disclosure: str) -> str:
    """Return the hash by which a disclosure is vouched for."""
    return encode_part(hashlib.sha256(disclosure.encode("ascii")).digest())


def parse_sd_jwt(data: bytes) -> SignedCredential:
    """Read an SD-JWT file: the JWT and the disclosures its holder shows.

    Raises:
        MalformedError: It is not one, or of a kind that the register does not issue.
    """
    if len(data) > _MAX_BYTES or not data.isascii():
        raise _malformed("过长或含非 ASCII 字符", "too long, or not in ASCII")
    jwt, *disclosures = data.decode("ascii").removesuffix("\n").split("~")
    parts = jwt.split(".")
    if not disclosures or disclosures.pop() or len(parts) != _PARTS or len(disclosures) > _MAX_DISCLOSURES:
        raise _malformed("结构不对，或绑定了持有者的密钥", "not built as one, or bound to a holder's key")
    header = Fields(_parse_object(parts[0]), "header")
    header.check_only("alg", "kid", "typ")
    header.choice("alg", [_ALGORITHM])
    header.choice("typ", [MEDIA_TYPE])
    payload = _parse_object(parts[1])
    if payload.get(_ALGORITHM_OF_HASHES, _HASH) != _HASH:
        raise _malformed("哈希算法未知", "its hashes are in an unknown algorithm")
    signature = Signature(header.text("kid"), ED25519, _decode(parts[2]))
    return SignedCredential(
        payload, _parse_disclosures(disclosures), signature, f"{parts[0]}.{parts[1]}".encode()
    )


def verify_sd_jwt(signed: SignedCredential, keys: PublicKeySet) -> Credential:
    """Return what a credential says that a key trusted for certificates has signed.

    Raises:
        BadSignatureError: None has, or the content was altered.
        MalformedError: What was signed and what is shown don't fit, or it is no certificate.
    """
    keys.check_signed([signed.signature], signed.message, "certificate")
    hashes = list(_hashes_in(signed.payload))
    if len(set(hashes)) != len(hashes) or not signed.disclosures.keys() <= set(hashes):
        raise _malformed("出示了未签名的内容，或哈希重复", "it shows what was not signed, or repeats a hash")
    claims = _with_disclosed(signed.payload, signed.disclosures)
    claims.pop(_ALGORITHM_OF_HASHES, None)
    fields = Fields(claims, "credential")
    fields.choice("vct", [CREDENTIAL_TYPE])
    return Credential(
        claims=claims,
        number=fields.text("number"),
        service=fields.object_("service").text("name"),
        issuer=fields.text("iss"),
        issued_at=_instant(fields, "iat"),
        expires_at=_instant(fields, "exp") if "exp" in claims else None,
        withheld=len(hashes) - len(signed.disclosures),
    )


def check_credential_in_force(credential: Credential, *, at: datetime) -> None:
    """Check that the credential's own term covers the instant `at`.

    Raises:
        ExpiredError: It has ended.
    """
    if credential.expires_at is not None and at >= credential.expires_at:
        raise ExpiredError(credential.number)


def _parse_disclosures(written: Iterable[str]) -> dict[str, tuple[str, JSONValue]]:
    found: dict[str, tuple[str, JSONValue]] = {}
    for disclosure in written:
        value = parse_json(_decode(disclosure), max_bytes=_MAX_BYTES)
        if not isinstance(value, list) or len(value) != _DISCLOSURE_PARTS:
            raise _malformed("披露项不是 [盐, 名称, 值]", "a disclosure is not [salt, name, value]")
        salt, name, shown = value
        if not isinstance(salt, str) or not isinstance(name, str) or name in _RESERVED | _ALWAYS_SHOWN:
            raise _malformed("披露项的名称不对", "a disclosure has a name that it may not have")
        found[digest_of(disclosure)] = (name, shown)
    return found


def _hashes_in(value: JSONValue) -> Iterator[str]:
    """Yield every hash of a hidden member in what was signed."""
    if isinstance(value, dict):
        hidden = value.get(HIDDEN, [])
        if not isinstance(hidden, list):
            raise _malformed("_sd 不是数组", "its _sd is not an array")
        for one in hidden:
            if not isinstance(one, str):
                raise _malformed("_sd 中有非文本", "its _sd holds what is not text")
            yield one
        for name, member in value.items():
            if name != HIDDEN:
                yield from _hashes_in(member)


def _with_disclosed(
    value: Mapping[str, JSONValue], disclosures: Mapping[str, tuple[str, JSONValue]]
) -> dict[str, JSONValue]:
    """Return an object with what is shown of its hidden members in its place."""
    shown: dict[str, JSONValue] = {}
    for name, member in value.items():
        if name != HIDDEN:
            shown[name] = _with_disclosed(member, disclosures) if isinstance(member, dict) else member
    for hashed in _strings(value.get(HIDDEN, [])):
        if hashed in disclosures:
            name, member = disclosures[hashed]
            if name in shown:
                raise _malformed(
                    "披露项与已有内容同名", "a disclosure has the name of a member that is there"
                )
            shown[name] = member
    return shown


def _strings(value: JSONValue) -> Iterator[str]:
    yield from (one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _instant(fields: Fields, name: str) -> datetime:
    return datetime.fromtimestamp(min(fields.integer(name), _LAST_SECOND), UTC)


def _parse_object(part: str) -> dict[str, JSONValue]:
    value = parse_json(_decode(part), max_bytes=_MAX_BYTES)
    if not isinstance(value, dict):
        raise _malformed("其中一部分不是 JSON 对象", "a part of it is no JSON object")
    return value


def _decode(part: str) -> bytes:
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise _malformed("base64url 编码不对", "a part of it is not in base64url") from error
    if encode_part(decoded) != part:
        raise _malformed("base64url 编码不规范", "a part of it is base64url with stray bits")
    return decoded


def _malformed(zh: str, en: str) -> MalformedError:
    return MalformedError(f"SD-JWT 凭证有误：{zh}", f"the SD-JWT cannot be taken: {en}")
