"""The certificate as SD-JWT VC: read by us, by a library nobody here wrote, and with facts left out."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier

from openbeian.trust.certificates import sign_certificate
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.sd_jwt import sign_sd_jwt
from openbeian_gate.errors import BadSignatureError, MalformedError, UntrustedKeyError
from openbeian_gate.refusals import ExpiredError
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.certificate import parse_certificate
from openbeian_gate.verify.sd_jwt import (
    check_credential_in_force,
    digest_of,
    encode_part,
    is_sd_jwt,
    parse_sd_jwt,
    verify_sd_jwt,
)

ISSUER = "https://register.example"
HIDDEN = {"id", "model", "name", "uscc", "round", "evidence_sha256"}


@pytest.fixture
def signed(certificate, signer):
    return parse_certificate(sign_certificate(certificate, signer))


@pytest.fixture
def whole(signed, signer, at) -> bytes:
    return sign_sd_jwt(signed, signer, issuer=ISSUER, at=at)


def read(data: bytes, signer: Ed25519Signer):
    return verify_sd_jwt(parse_sd_jwt(data), public_key_set(signer))


def forge(signer, payload, *disclosures: str, **header) -> bytes:
    """Return an SD-JWT of any payload that the register's key has signed."""
    head = {"alg": "EdDSA", "kid": signer.key_id, "typ": "dc+sd-jwt", **header}
    message = f"{encode_part(canonical(head))}.{encode_part(canonical(payload))}"
    return "~".join([f"{message}.{encode_part(signer.sign(message.encode()))}", *disclosures, ""]).encode()


def disclose(name, value) -> str:
    return encode_part(json.dumps(["c2FsdA", name, value]).encode())


def test_it_says_what_the_certificate_says(whole, signed, certificate, signer, at):
    said = read(whole, signer)
    assert is_sd_jwt(whole)
    assert (said.number, said.service, said.issuer) == (certificate.number, "问山", ISSUER)
    assert (said.issued_at, said.withheld) == (at, 0)
    # The last day in force ends at midnight in China.
    assert said.expires_at == datetime(2029, 11, 22, 16, tzinfo=UTC)
    facts = certificate.to_json()
    del facts["schema"], facts["algorithm"]
    ours = {"vct": "urn:openbeian:certificate:1", "iss": ISSUER, "certificate_sha256": signed.digest}
    times = {"iat": int(at.timestamp()), "exp": int(said.expires_at.timestamp())}
    assert said.claims == {**facts, **ours, **times}


def test_a_library_nobody_here_wrote_reads_it_and_leaves_facts_out(whole, signer):
    raw = signer.public_key().raw
    key = JWK(kty="OKP", crv="Ed25519", x=base64.urlsafe_b64encode(raw).decode().rstrip("="))

    def issuer_key(issuer, header):
        assert (issuer, header["kid"], header["typ"]) == (ISSUER, signer.key_id, "dc+sd-jwt")
        return key

    theirs = SDJWTVerifier(whole.decode(), issuer_key).get_verified_payload()
    assert theirs == read(whole, signer).claims
    holder = SDJWTHolder(whole.decode())
    holder.create_presentation({"service": {"model": True}, "round": True})
    shown = holder.sd_jwt_presentation
    said = read(shown.encode(), signer)
    assert said.withheld == 4
    assert (said.claims["provider"], said.claims["round"]["number"]) == ({}, 3)
    assert said.claims["service"] == {"name": "问山", "model": "Wenshan-7B"}
    assert SDJWTVerifier(shown, issuer_key).get_verified_payload() == said.claims


def test_nothing_hidden_can_be_read_or_guessed_from_what_is_left(whole, signed, signer, at):
    bare = whole.split(b"~")[0]
    payload = base64.urlsafe_b64decode(bare.split(b".")[1] + b"==").decode()
    assert not any(
        secret in payload for secret in ("91440000MA0000001X", "岭南智算", "Wenshan-7B", "svc-001")
    )
    assert read(bare + b"~", signer).withheld == len(HIDDEN)
    # The salts are the issuer's own: another key hides the same facts behind other hashes.
    other = sign_sd_jwt(signed, Ed25519Signer.generate(), issuer=ISSUER, at=at)
    assert set(whole.split(b"~")[1:-1]).isdisjoint(other.split(b"~")[1:-1])
    assert whole == sign_sd_jwt(signed, signer, issuer=ISSUER, at=at)


def test_its_term_ends_with_the_certificates(whole, certificate, signer, at):
    said = read(whole, signer)
    check_credential_in_force(said, at=said.expires_at - timedelta(seconds=1))
    with pytest.raises(ExpiredError):
        check_credential_in_force(said, at=said.expires_at)
    endless = replace(certificate, valid_until=None, round=None)
    endless = parse_certificate(sign_certificate(endless, signer))
    said = read(sign_sd_jwt(endless, signer, issuer=ISSUER, at=at) + b"\n", signer)
    assert (said.expires_at, said.claims["round"]) == (None, None)
    check_credential_in_force(said, at=datetime(9999, 1, 1, tzinfo=UTC))


def test_one_altered_character_anywhere_is_refused(whole, signer):
    for position in range(0, len(whole), 7):
        other = b"A" if whole[position : position + 1] != b"A" else b"B"
        with pytest.raises((MalformedError, BadSignatureError)):
            read(whole[:position] + other + whole[position + 1 :], signer)


def test_another_key_or_another_use_is_not_trusted(whole, signer):
    with pytest.raises(UntrustedKeyError):
        read(whole, Ed25519Signer.generate())
    with pytest.raises(UntrustedKeyError):
        verify_sd_jwt(parse_sd_jwt(whole), public_key_set(signer.public_key(["snapshot"])))


def test_what_the_register_does_not_issue_is_malformed(whole, signer):
    jwt, *_ = whole.decode().split("~")
    uscc = disclose("uscc", "x")
    for wrong in (
        *(
            b"",
            b"~",
            b"!!!!.e30.AA~",
            b"a.b~",
            "证~".encode(),
            b"a" * (1 << 18),
            whole + b"eyJh.e30.AA",
            jwt.encode(),
        ),
        *(forge(signer, {}, **header) for header in ({"alg": "none"}, {"typ": "JWT"}, {"crit": ["x"]})),
        *(forge(signer, {"_sd_alg": "sha-512"}), forge(signer, []), jwt.encode() + b"=~"),
        forge(signer, {}, *(disclose(f"n{n}", n) for n in range(101))),
        *(forge(signer, {}, disclose(name, 1)) for name in ("_sd", "...", "exp", "iss", "status", 7)),
        *(
            forge(signer, {}, encode_part(json.dumps(value).encode()))
            for value in ({}, ["salt", "x"], [1, "x", 2])
        ),
    ):
        with pytest.raises(MalformedError):
            parse_sd_jwt(wrong)
    for payload, disclosures in (
        ({"_sd": "x"}, ()),
        ({"_sd": [1]}, ()),
        ({"_sd": [digest_of(uscc)] * 2}, ()),
        ({"a": {"_sd": [digest_of(uscc)]}, "_sd": [digest_of(uscc)]}, (uscc,)),
        ({"_sd": []}, (uscc,)),
        ({"uscc": "y", "_sd": [digest_of(uscc)]}, (uscc,)),
        ({"vct": "urn:another"}, ()),
        ({"vct": "urn:openbeian:certificate:1", "number": "n"}, ()),
    ):
        with pytest.raises(MalformedError):
            read(forge(signer, payload, *disclosures), signer)
